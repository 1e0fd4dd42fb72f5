#include <catch2/catch.hpp>

#include "protocols/ims/reginfo.hpp"
#include "tests/protocols/ims/corpus.hpp"

using namespace troupe;
using namespace troupe::ims;
using namespace troupe::ims::reginfo;

namespace {

contact make_contact(std::string id, contact_event event) {
  contact c;
  c.id = std::move(id);
  c.event = event;
  c.status = status_after(event);
  c.uri = "sip:ue@10.0.0.1:5060;a=<b>&c";
  return c;
}

document make_document(std::uint32_t version, document_state state, std::vector<contact> contacts) {
  return {version, state, {{"sip:alice@h", "r1", registration_status::active, std::move(contacts), ""}}};
}

std::string body_of(const std::string& message) { return message.substr(message.find("<?xml")); }

} // namespace

TEST_CASE("RFC 3680 5.3: a document with everything in it is read back as it was written") {
  auto c = make_contact("c1", contact_event::shortened);
  c.expires = 600;
  c.retry_after = 5;
  c.duration_registered = 7322;
  c.q = 750;
  c.call_id = "a\"b@h";
  c.cseq = 12;
  c.display_name = "Alice <A> & \"co\"";
  c.unknown_params = {{"+g.3gpp.smsip", "", false}, {"+sip.instance", "<urn:uuid:1&2>", true}};
  c.pub_gruu = "sip:alice@h;gr=urn:uuid:1";
  c.temp_gruu = "sip:t1@h;gr";
  c.temp_gruu_first_cseq = 11;
  auto d = make_document(4'294'967'295u, document_state::partial, {c});
  d.registrations.push_back({"tel:+15550001", "r2", registration_status::active, {c}, "sip:chat!.*!@h"});
  auto back = parse(build(d));
  REQUIRE(back);
  CHECK(*back == d);
}

TEST_CASE("RFC 3680 5.3: a contact's event and state are told apart and stand by their names") {
  struct row {
    contact_event event;
    const char* name;
    contact_status status;
  };
  auto r = GENERATE(values<row>({{contact_event::registered, "registered", contact_status::active},
                                 {contact_event::created, "created", contact_status::active},
                                 {contact_event::refreshed, "refreshed", contact_status::active},
                                 {contact_event::shortened, "shortened", contact_status::active},
                                 {contact_event::expired, "expired", contact_status::terminated},
                                 {contact_event::deactivated, "deactivated", contact_status::terminated},
                                 {contact_event::probation, "probation", contact_status::terminated},
                                 {contact_event::unregistered, "unregistered", contact_status::terminated},
                                 {contact_event::rejected, "rejected", contact_status::terminated}}));
  CHECK(to_string(r.event) == r.name);
  CHECK(status_after(r.event) == r.status);
  auto text = build(make_document(0, document_state::full, {make_contact("c", r.event)}));
  CHECK(text.find("event=\"" + std::string(r.name) + "\"") != text.npos);
  CHECK(parse(text)->registrations[0].contacts[0].event == r.event);
}

TEST_CASE("RFC 3680 5.2: what a contact holds cannot break out of the document") {
  auto text = build(make_document(0, document_state::full, {make_contact("c", contact_event::created)}));
  CHECK(text.find("<b>") == text.npos);
  CHECK(text.find("a=&lt;b&gt;&amp;c") != text.npos);
}

TEST_CASE("RFC 3680 5.2: octets that XML cannot hold do not reach the document") {
  auto c = make_contact("c", contact_event::created);
  c.display_name = "a\x01"
                   "b\xff"
                   "c\xc3\xa9";
  c.unknown_params = {{"x\x02", "\xe2\x82", true}};
  auto back = parse(build(make_document(0, document_state::full, {c})));
  REQUIRE(back);
  CHECK(back->registrations[0].contacts[0].display_name == "a?b?c\xc3\xa9");
  CHECK(back->registrations[0].contacts[0].unknown_params[0].name == "x?");
  CHECK(back->registrations[0].contacts[0].unknown_params[0].value == "??");
}

TEST_CASE("RFC 3680 5.3: the NOTIFY bodies of two real networks are read") {
  auto file = GENERATE("ipsec_reg/sip/020_NOTIFY.sip", "nonipsec_reg/sip/021_NOTIFY.sip");
  auto d = parse(body_of(test::corpus(std::string("pcap/") + file)));
  INFO((d ? "" : d.error().what));
  REQUIRE(d);
  CHECK(d->state == document_state::full);
  REQUIRE(d->registrations.size() == 2);
  CHECK(d->registrations[0].aor.substr(0, 4) == "tel:");
  auto& c = d->registrations[0].contacts.at(0);
  CHECK(c.event == contact_event::registered);
  CHECK(c.expires.has_value());
  CHECK(c.uri.substr(0, 11) == "sip:192.168");
  auto instance =
      std::find_if(c.unknown_params.begin(), c.unknown_params.end(), [](auto& p) { return p.name == "+sip.instance"; });
  REQUIRE(instance != c.unknown_params.end());
  CHECK(instance->value.substr(0, 15) == "<urn:gsma:imei:");
}

TEST_CASE("a document that is hostile or incomplete is an error and not a crash") {
  auto text = GENERATE(values<std::string>(
      {"", "<", "<reginfo/>", "<reginfo version=\"-1\" state=\"full\"/>", "<reginfo version=\"1\" state=\"half\"/>",
       "<other version=\"1\" state=\"full\"/>",
       "<reginfo version=\"1\" state=\"full\"><registration aor=\"a\" id=\"1\" state=\"odd\"/></reginfo>",
       "<reginfo version=\"1\" state=\"full\"><registration id=\"1\" state=\"active\"/></reginfo>",
       "<reginfo version=\"1\" state=\"full\"><registration aor=\"a\" id=\"1\" state=\"active\">"
       "<contact id=\"1\" state=\"active\" event=\"registered\"/></registration></reginfo>",
       "<reginfo version=\"1\" state=\"full\"><registration aor=\"a\" id=\"1\" state=\"active\">"
       "<contact id=\"1\" state=\"active\" event=\"exploded\"><uri>sip:a@h</uri></contact></registration></reginfo>"}));
  CHECK_FALSE(parse(text));
}

TEST_CASE("a document beyond its limits is refused") {
  limits most;
  most.octets = 2'000;
  CHECK_FALSE(parse(build({1, document_state::full, {}}) + std::string(2'000, ' '), most));
  auto d = make_document(1, document_state::full, {});
  for (int i = 0; i < 300; ++i)
    d.registrations[0].contacts.push_back(make_contact(std::to_string(i), contact_event::registered));
  CHECK_FALSE(parse(build(d)));
  std::string deep = "<reginfo version=\"1\" state=\"full\">";
  for (int i = 0; i < 5'000; ++i)
    deep += "<x>";
  for (int i = 0; i < 5'000; ++i)
    deep += "</x>";
  CHECK_FALSE(parse(deep + "</reginfo>"));
}

TEST_CASE("RFC 3261 25.1: q values are written short and read to the thousandth") {
  struct row {
    std::uint16_t q;
    const char* text;
  };
  auto r = GENERATE(
      values<row>({{0, "q=\"0\""}, {1000, "q=\"1\""}, {500, "q=\"0.5\""}, {333, "q=\"0.333\""}, {5, "q=\"0.005\""}}));
  auto c = make_contact("c", contact_event::registered);
  c.q = r.q;
  auto text = build(make_document(0, document_state::full, {c}));
  CHECK(text.find(r.text) != text.npos);
  CHECK(parse(text)->registrations[0].contacts[0].q == r.q);
}

TEST_CASE("RFC 3680 5.1: a subscriber takes full state, then each next version, and knows when it missed one") {
  view v;
  CHECK(merge(v, make_document(7, document_state::partial, {})) == merge_result::missing);
  CHECK(merge(v, make_document(7, document_state::full, {make_contact("a", contact_event::registered)})) ==
        merge_result::taken);
  CHECK(merge(v, make_document(7, document_state::full, {})) == merge_result::old);
  CHECK(merge(v, make_document(8, document_state::partial, {make_contact("b", contact_event::created)})) ==
        merge_result::taken);
  REQUIRE(v.registrations.size() == 1);
  CHECK(v.registrations[0].contacts.size() == 2);
  CHECK(merge(v, make_document(10, document_state::partial, {})) == merge_result::missing);
  CHECK(v.version == 8);
  CHECK(merge(v, make_document(9, document_state::partial, {make_contact("a", contact_event::expired)})) ==
        merge_result::taken);
  REQUIRE(v.registrations[0].contacts.size() == 1);
  CHECK(v.registrations[0].contacts[0].id == "b");
  CHECK(merge(v, make_document(20, document_state::full, {make_contact("c", contact_event::registered)})) ==
        merge_result::taken);
  CHECK(v.registrations[0].contacts[0].id == "c");
}

TEST_CASE("RFC 3680 4.7.1: a registration that terminated leaves the subscriber's view") {
  view v;
  merge(v, make_document(0, document_state::full, {make_contact("a", contact_event::registered)}));
  auto end = make_document(1, document_state::partial, {make_contact("a", contact_event::unregistered)});
  end.registrations[0].status = registration_status::terminated;
  CHECK(merge(v, end) == merge_result::taken);
  CHECK(v.registrations.empty());
}

TEST_CASE("a good reginfo document with any one octet turned or cut off is read or refused, and never crashes") {
  auto good = body_of(test::corpus("pcap/ipsec_reg/sip/020_NOTIFY.sip"));
  std::size_t refused = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto turned = good;
    turned[i] = static_cast<char>(turned[i] ^ (i % 2 ? 0x1c : 0x80));
    if (auto d = parse(turned))
      CHECK(parse(build(*d)));
    else
      ++refused;
    refused += !parse(std::string_view(good).substr(0, i));
  }
  CHECK(refused > good.size());
}
