// Subscribers as TOML: what `hss.provision` names and `ctl subscriber add | import` send.
//
//   [[subscriber]]
//   impi = "001010000000001@ims.example"
//   impus = ["sip:001010000000001@ims.example", "tel:+15550000001"]   # an implicit registration set; or, each:
//           # {uri = "sip:...", display_name = "...", barred = true}
//   barred = ["sip:001010000000001@ims.example"]         # those of impus that may not call or be called
//   visited_networks = ["ims.example"]                   # where he may register; absent: everywhere
//   ccf = ["aaa://..."]  ecf = ["aaa://..."]             # charging functions, the primary first
//   capabilities = {mandatory = [1], optional = [2], servers = ["sip:scscf.ims.example"]}
//   # Credentials, one kind of:
//   k = "32 hex"  opc = "32 hex" (or op)  amf = "8000"  sqn = "counter" (or "time")
//   algorithm = "tuak"  k  topc = "64 hex" (or top)  res_bits = 64  ck_bits = 128  ik_bits = 128  iterations = 1
//   password = "..."  (or ha1_md5, ha1_sha256)  realm = "the IMPI's domain"
//   # Services, one of:
//   profile = "file.xml"  profile_xml = "<IMSSubscription>..."
//   [[subscriber.ifc]]
//   priority = 0  server = "sip:as.ims.example"  handling = "continue" (or "terminate")  part = "registered"
//   when = [{method = "INVITE"}, {session_case = "originating"}, {header = "Event", content = "presence"}]
//   any = false           # whether one condition is enough; conditions with one `group` are taken together first
//   [[subscriber.set]]    # a further implicit registration set: impus, barred, profile, profile_xml, ifc
//   [[subscriber.private]] # a further device with the same identities: impi and credentials
#pragma once

#include "actors/roles/hss/subscriber.hpp"

namespace troupe::hss {

/// The error says what is wrong in each place, a line each: "FILE:LINE: KEY: what". `now`: when a time-based sequence
/// begins. `profile` files are read relative to `file`'s folder.
result<std::vector<subscriber>> read_subscribers(std::string_view toml, const std::string& file, services_pool& pool,
                                                 instant now);

/// The same of a file on disk.
result<std::vector<subscriber>> load_subscribers(const std::string& file, services_pool& pool, instant now);

} // namespace troupe::hss
