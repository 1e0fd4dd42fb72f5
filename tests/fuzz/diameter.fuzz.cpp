// Any octets as a Diameter message: read, validated, walked, mapped to every command, refused and written again.
// seeds: tests/corpus/diameter/base tests/corpus/diameter/ipsec_reg tests/corpus/diameter/nonipsec_reg
#include <cstdlib>

#include "protocols/diameter/charging_commands.hpp"
#include "protocols/diameter/cx_commands.hpp"
#include "protocols/diameter/rx_commands.hpp"
#include "protocols/diameter/sh_commands.hpp"

using namespace troupe;
using namespace troupe::diameter;

namespace {

void require(bool what) {
  if (!what)
    std::abort();
}

/// What a mapping takes it writes, and takes that again.
template <class Command>
void map(const message_view& m) {
  auto in = decode_command<Command>(m);
  if (!in)
    return;
  std::string out;
  if (!encode(out, {m.header.hop_by_hop, m.header.end_to_end, false}, in->envelope, in->command))
    return; // longer than it was: a padded or shared part was written out
  auto again = decode(out);
  require(again.has_value());
}

template <class... Commands>
void map_all(const message_view& m) {
  (map<Commands>(m), ...);
}

void walk(const message_view& m) {
  std::size_t size = 0;
  for (auto& avp : m.avps)
    size += padded(avp.octets.size());
  require(size == m.avps.octets().size());
}

void refuse_it(std::string_view text, const failure& why) {
  require(why.result >= 3000 && why.result < 6000);
  require(check_structure(why.failed_avp).has_value() || why.result == code::invalid_avp_bits);
  if (auto answer = refusal(text, why, "h.example", "example"))
    require(answer->size() <= largest_message);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto m = decode(text);
  if (!m) {
    refuse_it(text, m.error());
    return 0;
  }
  walk(*m);
  if (auto good = validate(*m); !good)
    refuse_it(text, good.error());
  decode_error(*m);
  map_all<cx::uar, cx::uaa, cx::sar, cx::saa, cx::lir, cx::lia, cx::mar, cx::maa, cx::rtr, cx::rta, cx::ppr, cx::ppa>(
      *m);
  map_all<sh::udr, sh::uda, sh::pur, sh::pua, sh::snr, sh::sna, sh::pnr, sh::pna>(*m);
  map_all<rx::aar, rx::aaa, rx::rar, rx::raa, rx::str, rx::sta, rx::asr, rx::asa>(*m);
  map_all<charging::acr, charging::aca, charging::ccr, charging::cca>(*m);
  return 0;
}
