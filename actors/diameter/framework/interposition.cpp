// Four functions of libfdcore and libfdproto whose failure is the end of the framework, or of the process: the program
// exports its own under the same names, which the libraries reach through their procedure linkage tables.
#include <cerrno>
#include <dlfcn.h>

#include "actors/diameter/framework/guards.hpp"
#include "actors/diameter/framework/library.hpp"

struct cnxctx;
struct fd_peer;

namespace troupe::diameter_framework::guards {

namespace {

template <class Function>
Function original(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

bool is_request(msg* m) {
  msg_hdr* header = nullptr;
  return fd_msg_hdr(m, &header) == 0 && (header->msg_flags & CMD_FLAG_REQUEST) != 0;
}

void discard(msg** m) {
  fd_msg_free(*m);
  *m = nullptr;
}

/// The answer that says what is wrong with a request, in its place.
int refuse(msg** m, msg** error, fd_pei& why) {
  auto* wrong = *m;
  auto status = fd_msg_new_answer_from_req(fd_g_config->cnf_dict, &wrong, why.pei_protoerr ? MSGFL_ANSW_ERROR : 0);
  if (status != 0)
    status = fd_msg_new_answer_from_req(fd_g_config->cnf_dict, &wrong, MSGFL_ANSW_ERROR);
  if (status == 0)
    status = fd_msg_rescode_set(wrong, why.pei_errcode, why.pei_message, why.pei_avp, 1);
  if (why.pei_avp_free != 0)
    fd_msg_free(why.pei_avp);
  if (status != 0) {
    fd_msg_free(wrong);
    *m = nullptr;
    return EINVAL;
  }
  *m = nullptr;
  *error = wrong;
  return EBADMSG;
}

} // namespace

} // namespace troupe::diameter_framework::guards

using namespace troupe::diameter_framework::guards;

#define TROUPE_INTERPOSED extern "C" __attribute__((visibility("default"), used))

/// On a peer that is not open the original writes to a connection that another thread may be freeing. A request goes to
/// the next candidate instead; an answer is one that nobody waits for any more.
TROUPE_INTERPOSED int fd_out_send(msg** m, cnxctx* connection, fd_peer* peer, int count) {
  static auto next = original<int (*)(msg**, cnxctx*, fd_peer*, int)>("fd_out_send");
  auto closed = connection == nullptr && peer != nullptr && m != nullptr && *m != nullptr && fd_msg_is_routable(*m) &&
                fd_peer_get_state(reinterpret_cast<peer_hdr*>(peer)) != STATE_OPEN;
  if (closed && is_request(*m))
    return ENOTCONN;
  if (closed)
    return discard(m), 0;
  auto status = next(m, connection, peer, count);
  if (status != 0 && m != nullptr && *m != nullptr && !is_request(*m))
    return discard(m), 0;
  return status;
}

/// Proxy-Info that cannot be copied is left out, instead of the answer failing.
TROUPE_INTERPOSED int fd_msg_new_answer_from_req(dictionary* dict, msg** m, int flags) {
  static auto next = original<int (*)(dictionary*, msg**, int)>("fd_msg_new_answer_from_req");
  auto status = next(dict, m, flags);
  return status == 0 ? 0 : next(dict, m, flags | MSGFL_ANSW_NOPROXYINFO);
}

/// Sessions are the node's; the framework's would be found by a hash of 64 buckets, and end it when an identifier is odd.
TROUPE_INTERPOSED int fd_msg_sess_get(dictionary*, msg*, session** found, int* made) {
  *found = nullptr;
  if (made != nullptr)
    *made = 0;
  return 0;
}

/// What is for applications is read by us: the framework knows commands by their code alone, whatever the application, drops
/// some answers without telling anybody, and asserts on others.
TROUPE_INTERPOSED int fd_msg_parse_or_error(msg** m, msg** error) {
  *error = nullptr;
  msg_hdr* header = nullptr;
  if (fd_msg_hdr(*m, &header) != 0)
    return EINVAL;
  if (fd_msg_is_routable(*m))
    return 0;
  fd_pei why{};
  auto status = fd_msg_parse_rules(*m, fd_g_config->cnf_dict, &why);
  if (status != EBADMSG && status != ENOTSUP)
    return status;
  if ((header->msg_flags & CMD_FLAG_REQUEST) != 0)
    return refuse(m, error, why);
  if (why.pei_avp_free != 0)
    fd_msg_free(why.pei_avp);
  *error = *m; // whoever asked gets it, and has to cope
  return EBADMSG;
}

namespace troupe::diameter_framework::guards {

void verify_interposition() {
  auto ours = [](const char* name, void* function) {
    if (::dlsym(RTLD_DEFAULT, name) != function)
      throw std::runtime_error(std::string("this program was linked such that ") + name + " is not its own");
  };
  ours("fd_out_send", reinterpret_cast<void*>(&fd_out_send));
  ours("fd_msg_new_answer_from_req", reinterpret_cast<void*>(&fd_msg_new_answer_from_req));
  ours("fd_msg_sess_get", reinterpret_cast<void*>(&fd_msg_sess_get));
  ours("fd_msg_parse_or_error", reinterpret_cast<void*>(&fd_msg_parse_or_error));
}

} // namespace troupe::diameter_framework::guards
