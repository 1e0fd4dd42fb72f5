#include "actors/diameter/framework/traffic.hpp"

#include <cstdlib>
#include <cstring>
#include <ctime>

#include "actors/diameter/framework/guards.hpp"
#include "actors/diameter/framework/octets.hpp"
#include "actors/diameter/framework/routing.hpp"
#include "protocols/diameter/command.hpp"

namespace troupe::diameter_framework {

using namespace diameter_channel;

namespace {

traffic* the_one = nullptr; ///< what the framework calls back knows no object

/// The framework's own expiry comes first; ours is for what it forgot.
constexpr auto grace = std::chrono::milliseconds(200);

std::uint64_t key_of(std::uint32_t application, std::uint32_t command) {
  return std::uint64_t{application} << 32 | command;
}

void* as_pointer(std::uint64_t number) { return reinterpret_cast<void*>(number); }
std::uint64_t as_number(void* pointer) { return reinterpret_cast<std::uint64_t>(pointer); }

void discard(msg** m) {
  fd_msg_free(*m);
  *m = nullptr;
}

timespec wall_clock_in(std::chrono::milliseconds patience) {
  timespec at{};
  ::clock_gettime(CLOCK_REALTIME, &at);
  auto nanoseconds = at.tv_nsec + patience.count() % 1'000 * 1'000'000;
  return {at.tv_sec + patience.count() / 1'000 + nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
}

/// Null: the framework cannot read it.
msg* parse(std::string_view octets) {
  auto* buffer = static_cast<unsigned char*>(std::malloc(octets.size()));
  if (buffer == nullptr)
    return nullptr;
  std::memcpy(buffer, octets.data(), octets.size());
  msg* out = nullptr;
  if (fd_msg_parse_buffer(&buffer, octets.size(), &out) == 0)
    return out;
  std::free(buffer);
  return nullptr;
}

/// A message's octets; none when it cannot be put into any.
class octets_of {
public:
  explicit octets_of(msg* m) {
    if (fd_msg_bufferize(m, &data_, &size_) != 0)
      size_ = 0;
  }
  octets_of(const octets_of&) = delete;
  ~octets_of() { std::free(data_); }
  std::string_view view() const { return {reinterpret_cast<char*>(data_), size_}; }

private:
  unsigned char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// The neighbour a message came from; nothing when it was made here.
std::string_view source_of(msg* m) {
  DiamId_t from = nullptr;
  std::size_t size = 0;
  if (fd_msg_source_get(m, &from, &size) != 0 || from == nullptr)
    return {};
  return {from, size};
}

// RFC 6733 clauses 3 and 4.1: an answerless request for nobody.
constexpr std::uint32_t probe_application = 16'777'216, probe_command = 300;

void append_big_endian(std::string& out, std::uint32_t value, int octets) {
  for (int i = octets - 1; i >= 0; --i)
    out += static_cast<char>(value >> (8 * i) & 255);
}

void append_text_avp(std::string& out, std::uint32_t code, std::string_view text) {
  append_big_endian(out, code, 4);
  out += '\x40';
  append_big_endian(out, static_cast<std::uint32_t>(8 + text.size()), 3);
  out += text;
  out.append((4 - text.size() % 4) % 4, '\0');
}

std::string probe_octets(const settings& how) {
  std::string avps;
  append_text_avp(avps, 263, how.identity + ";probe");
  append_text_avp(avps, 264, how.identity);
  append_text_avp(avps, 296, how.realm);
  append_text_avp(avps, 283, routing::nowhere);
  std::string out("\x01", 1);
  append_big_endian(out, static_cast<std::uint32_t>(least_message + avps.size()), 3);
  out += '\xc0';
  append_big_endian(out, probe_command, 3);
  append_big_endian(out, probe_application, 4);
  out.append(8, '\0');
  return out + avps;
}

} // namespace

traffic::traffic(const settings& how, outlet& to_node) : how_(how), node_(to_node) {
  the_one = this;
  disp_when any{};
  disp_hdl* unused = nullptr;
  need(fd_disp_register(on_question, DISP_HOW_ANY, &any, nullptr, &unused), "dispatch");
}

void traffic::serve(const std::vector<served_command>& what) {
  std::lock_guard held(served_mutex_);
  for (const auto& each : what)
    served_[key_of(each.application, each.command)] = each.checked;
}

/// Whether it is checked; nothing when nobody takes it.
std::optional<bool> traffic::service_for(const msg_hdr& header) {
  std::lock_guard held(served_mutex_);
  auto at = served_.find(key_of(header.msg_appl, header.msg_code));
  return at == served_.end() ? std::nullopt : std::optional(at->second);
}

// -- the node's requests ----------------------------------------------------------------------------------------

void traffic::ask(std::uint64_t number, const diameter_channel::ask& what) {
  std::chrono::milliseconds patience(what.patience_ms);
  auto* m = may_leave(what.octets, true) ? parse(what.octets) : nullptr;
  {
    std::lock_guard held(asked_mutex_);
    asked_[number] = clock::now() + patience + grace;
  }
  if (m == nullptr)
    return fail(number, failure::malformed);
  auto until = wall_clock_in(patience);
  if (fd_msg_send_timeout(&m, on_answer, as_pointer(number), on_expiry, &until) == 0)
    return;
  if (m != nullptr)
    discard(&m);
  fail(number, failure::malformed);
}

/// Whether it was under way: else whoever asked has been told.
bool traffic::forget(std::uint64_t number) {
  std::lock_guard held(asked_mutex_);
  return asked_.erase(number) > 0;
}

void traffic::fail(std::uint64_t number, failure why) {
  if (forget(number))
    node_.send(frame_kind::failed, number, std::string(1, static_cast<char>(why)));
}

void traffic::on_answer(void* number, msg** m) {
  uncancelled here;
  auto peer = source_of(*m);
  if (peer.empty()) {
    the_one->fail(as_number(number), failure::no_peer);
  } else {
    routing::answered(peer);
    octets_of octets(*m);
    if (octets.view().empty() || octets.view().size() > largest_message)
      the_one->fail(as_number(number), failure::malformed);
    else if (the_one->forget(as_number(number)))
      the_one->node_.send(frame_kind::answer, as_number(number), octets.view());
  }
  discard(m);
}

void traffic::on_expiry(void* number, DiamId_t peer, std::size_t size, msg** m) {
  uncancelled here;
  if (peer != nullptr)
    routing::silent({peer, size});
  the_one->fail(as_number(number), failure::expired);
  discard(m);
}

void traffic::expire() {
  std::vector<std::uint64_t> over;
  auto now = clock::now();
  {
    std::lock_guard held(asked_mutex_);
    for (auto& [number, until] : asked_)
      if (until <= now)
        over.push_back(number);
  }
  lost_ += over.size();
  for (auto number : over)
    fail(number, failure::expired);
}

// -- peers' questions -------------------------------------------------------------------------------------------

int traffic::on_question(msg** m, avp*, session*, void*, disp_action* then) {
  uncancelled here;
  return the_one->take(m, then);
}

/// Whatever is not consumed here would be for a dictionary that does not know it, which is the end of the framework.
int traffic::take(msg** m, disp_action* then) {
  msg_hdr* header = nullptr;
  *then = DISP_ACT_CONT;
  if (fd_msg_hdr(*m, &header) != 0 || (header->msg_flags & CMD_FLAG_REQUEST) == 0) {
    discard(m);
    return 0;
  }
  auto service = service_for(*header);
  if (!service)
    return refuse(m, then, "DIAMETER_COMMAND_UNSUPPORTED");
  octets_of octets(*m);
  if (auto wrong = *service ? refusal_of(octets.view()) : std::nullopt)
    return answer_at_once(m, then, *wrong);
  auto number = keep(*m);
  if (number == 0) {
    ++shed_;
    return refuse(m, then, "DIAMETER_TOO_BUSY");
  }
  node_.send_content(frame_kind::question, number, question{source_of(*m), octets.view()});
  *m = nullptr;
  return 0;
}

/// 0: there is no room. Nobody else touches it yet: the node does not know the number, and it is not overdue.
std::uint64_t traffic::keep(msg* request) {
  std::lock_guard held(questions_mutex_);
  if (questions_.size() >= how_.most_questions || !node_.roomy())
    return 0;
  questions_[++last_question_] = {request, clock::now() + std::chrono::milliseconds(how_.answer_within_ms)};
  return last_question_;
}

/// What breaks the dictionary does not trouble the node: RFC 6733 clauses 7.1.3 and 7.1.5.
std::optional<std::string> traffic::refusal_of(std::string_view octets) const {
  auto message = diameter::decode(octets);
  auto good = message ? diameter::validate(*message) : tl::unexpected(message.error());
  if (good)
    return std::nullopt;
  return diameter::refusal(octets, good.error(), how_.identity, how_.realm);
}

int traffic::answer_at_once(msg** m, disp_action* then, std::string_view octets) {
  *m = answer_to(*m, octets);
  if (*m != nullptr)
    *then = DISP_ACT_SEND;
  return 0;
}

int traffic::refuse(msg** m, disp_action* then, const char* result) {
  if (fd_msg_new_answer_from_req(fd_g_config->cnf_dict, m, MSGFL_ANSW_ERROR) != 0 ||
      fd_msg_rescode_set(*m, const_cast<char*>(result), nullptr, nullptr, 1) != 0) {
    discard(m);
    return 0;
  }
  *then = DISP_ACT_SEND;
  return 0;
}

void traffic::reply(std::uint64_t number, std::string_view octets) {
  held_question q;
  {
    std::lock_guard held(questions_mutex_);
    auto at = questions_.find(number);
    if (at == questions_.end())
      return; // overdue: it was answered for the node
    q = at->second;
    questions_.erase(at);
  }
  if (may_leave(octets, false))
    send_answer(q.request, octets);
  else
    send_error(q.request, "DIAMETER_UNABLE_TO_DELIVER");
}

/// The answer, which owns the request from then on; null when there can be none, and then the request is gone.
msg* traffic::answer_to(msg* request, std::string_view octets) {
  auto* m = parse(octets);
  msg_hdr *asked = nullptr, *answered = nullptr;
  if (m != nullptr && fd_msg_hdr(request, &asked) == 0 && fd_msg_hdr(m, &answered) == 0) {
    answered->msg_eteid = asked->msg_eteid;
    if (fd_msg_answ_associate(m, request) == 0)
      return m;
  }
  if (m != nullptr)
    fd_msg_free(m);
  fd_msg_free(request);
  return nullptr;
}

void traffic::send_answer(msg* request, std::string_view octets) {
  auto* m = answer_to(request, octets);
  if (m != nullptr && fd_msg_send(&m, nullptr, nullptr) != 0 && m != nullptr)
    fd_msg_free(m);
}

void traffic::send_error(msg* request, const char* result) {
  disp_action unused = DISP_ACT_CONT;
  refuse(&request, &unused, result);
  if (request != nullptr && fd_msg_send(&request, nullptr, nullptr) != 0 && request != nullptr)
    fd_msg_free(request);
}

void traffic::answer_overdue() {
  std::vector<msg*> overdue;
  auto now = clock::now();
  {
    std::lock_guard held(questions_mutex_);
    for (auto at = questions_.begin(); at != questions_.end();) {
      if (at->second.until > now) {
        ++at;
        continue;
      }
      overdue.push_back(at->second.request);
      at = questions_.erase(at);
    }
  }
  unanswered_ += overdue.size();
  for (auto* each : overdue)
    send_error(each, "DIAMETER_UNABLE_TO_DELIVER");
}

// -- whether the framework lives --------------------------------------------------------------------------------

void traffic::probe() {
  if (probe_sent_.load() != 0)
    return;
  auto* m = parse(probe_octets(how_));
  if (m == nullptr)
    return;
  probe_sent_ = clock::now().time_since_epoch().count();
  if (fd_msg_send(&m, on_probe, nullptr) != 0 && m != nullptr)
    fd_msg_free(m); // the probe stays out, which is what is to be known
}

void traffic::on_probe(void*, msg** m) {
  uncancelled here;
  the_one->probe_sent_ = 0;
  discard(m);
}

pulse traffic::counts() {
  pulse out;
  if (auto sent = probe_sent_.load(); sent != 0) {
    auto silent = clock::now().time_since_epoch() - clock::duration(sent);
    out.framework_silent_ms =
        static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(silent).count());
  }
  {
    std::lock_guard held(asked_mutex_);
    out.asked = static_cast<std::uint32_t>(asked_.size());
  }
  {
    std::lock_guard held(questions_mutex_);
    out.questions = static_cast<std::uint32_t>(questions_.size());
  }
  out.rejected_octets = guards::rejected();
  out.shed = shed_;
  out.unanswered = unanswered_;
  out.lost = lost_;
  return out;
}

} // namespace troupe::diameter_framework
