#include "actors/diameter/framework/dictionary.hpp"

#include "actors/diameter/framework/library.hpp"

extern "C" int fd_dict_iterate_rules(dict_object* parent, void* data, int (*each)(void*, dict_rule_data*));

namespace troupe::diameter_framework {

namespace {

constexpr std::uint32_t vendor_3gpp = 10'415;

dict_object* find(dict_object_type type, int criteria, const void* what) {
  dict_object* found = nullptr;
  fd_dict_search(fd_g_config->cnf_dict, type, criteria, what, &found, 0);
  return found;
}

dict_object* vendor_of(std::uint32_t id) {
  if (id == 0)
    return nullptr;
  vendor_id_t wanted = id;
  if (auto* known = find(DICT_VENDOR, VENDOR_BY_ID, &wanted))
    return known;
  auto name = "vendor " + std::to_string(id);
  dict_vendor_data data{id, name.data()};
  dict_object* made = nullptr;
  need(fd_dict_new(fd_g_config->cnf_dict, DICT_VENDOR, &data, nullptr, &made), "vendor");
  return made;
}

void support(const diameter_channel::application_settings& what) {
  auto* vendor = vendor_of(what.vendor);
  application_id_t id = what.id;
  auto* application = find(DICT_APPLICATION, APPLICATION_BY_ID, &id);
  if (application == nullptr) {
    auto name = "application " + std::to_string(what.id);
    dict_application_data data{what.id, name.data()};
    need(fd_dict_new(fd_g_config->cnf_dict, DICT_APPLICATION, &data, vendor, &application), "application");
  }
  need(fd_disp_app_support(application, vendor, what.accounting ? 0 : 1, what.accounting ? 1 : 0), "application");
}

/// Rules hang on the command's code alone, so those of the base and of NASREQ hold for Rx, too, where other AVPs are a
/// must (TS 29.214 clause 5.6), and Experimental-Result may stand for Result-Code in any answer.
struct loosened {
  const char* command;
  std::initializer_list<const char*> avps;
};

struct to_loosen {
  dict_object* avp;
};

int loosen_rule(void* wanted, dict_rule_data* rule) {
  if (rule->rule_avp != static_cast<to_loosen*>(wanted)->avp)
    return 0;
  rule->rule_position = RULE_OPTIONAL;
  rule->rule_min = 0;
  return 0;
}

void loosen(const loosened& what) {
  auto* command = find(DICT_COMMAND, CMD_BY_NAME, what.command);
  if (command == nullptr)
    return;
  for (auto* name : what.avps) {
    to_loosen one{find(DICT_AVP, AVP_BY_NAME, name)};
    if (one.avp != nullptr)
      fd_dict_iterate_rules(command, &one, loosen_rule);
  }
}

void loosen_all() {
  for (auto& each : std::initializer_list<loosened>{{"AA-Request", {"Auth-Request-Type"}},
                                                    {"AA-Answer", {"Auth-Request-Type", "Result-Code"}},
                                                    {"Re-Auth-Request", {"Re-Auth-Request-Type"}},
                                                    {"Re-Auth-Answer", {"Result-Code"}},
                                                    {"Abort-Session-Answer", {"Result-Code"}},
                                                    {"Session-Termination-Answer", {"Result-Code"}},
                                                    {"Accounting-Answer", {"Result-Code"}},
                                                    {"Credit-Control-Answer", {"Result-Code"}}})
    loosen(each);
}

} // namespace

void extend_dictionary(const diameter_channel::settings& how) {
  loosen_all();
  support({16'777'216, vendor_3gpp, false}); // Cx, TS 29.229
  support({16'777'217, vendor_3gpp, false}); // Sh, TS 29.329
  support({16'777'236, vendor_3gpp, false}); // Rx, TS 29.214
  support({3, 0, true});                     // Rf, TS 32.299
  support({4, 0, false});                    // Ro, TS 32.299
  for (auto& each : how.applications)
    support(each);
}

bool knows_request(std::uint32_t command) {
  command_code_t code = command;
  return find(DICT_COMMAND, CMD_BY_CODE_R, &code) != nullptr;
}

} // namespace troupe::diameter_framework
