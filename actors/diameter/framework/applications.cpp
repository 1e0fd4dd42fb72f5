#include "actors/diameter/framework/applications.hpp"

#include "actors/diameter/framework/library.hpp"
#include "protocols/diameter/dictionary.hpp"

namespace troupe::diameter_framework {

namespace {

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

void announce(const diameter_channel::application_settings& what) {
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

} // namespace

void announce_applications(const diameter_channel::settings& how) {
  for (auto& each : diameter::applications)
    if (each.id != diameter::application::base)
      announce({each.id, each.vendor, each.accounting});
  for (auto& each : how.applications)
    announce(each);
}

} // namespace troupe::diameter_framework
