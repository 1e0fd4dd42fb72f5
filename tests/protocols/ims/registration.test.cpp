// The registration set as a value: its key and its stored form.
#include "tests/protocols/ims/registrar_fixture.hpp"

using namespace troupe;
using namespace troupe::ims;
using namespace troupe::test;

TEST_CASE("a set's key follows its profile, whichever identity registered") {
  register_options o;
  o.to = GENERATE(barred_impu, main_impu, tel_impu);
  CHECK(default_impu(registered(o)) == main_impu);
}

TEST_CASE("the stored form of a registration set is read back, fields of a later version and all") {
  register_options o;
  o.contacts = {"\"A\" <sip:ue@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\";+g.3gpp.smsip;q=0.25"};
  o.supported = "path, gruu";
  auto s = registered(o);
  s.bindings[0].unknown = "later";
  s.bindings[0].temp_gruu = "sip:t@h;gr";
  s.bindings[0].temp_gruu_cseq = 4;
  s.bindings[0].contact.gruu_epoch = 2;
  s.unknown = "later still";
  auto back = decode_registration_set(encode(s));
  REQUIRE(back);
  CHECK(*back == s);
  CHECK(back->bindings == s.bindings);
  CHECK(*back->user == *s.user);
  CHECK(back->state == s.state);
  CHECK(*decode_registration_set(encode({})) == registration_set{});
}

TEST_CASE("user data that is known already is not parsed again, other user data is") {
  auto s = registered();
  auto known = snapshot_of(s);
  auto back = decode_registration_set(encode(s), &known);
  REQUIRE(back);
  CHECK(back->user == s.user);
  CHECK(back->user_data == s.user_data);
  CHECK(snapshot_of(*back) == known);

  auto other = s;
  other.user_data = std::make_shared<const std::string>(*s.user_data + " ");
  back = decode_registration_set(encode(other), &known);
  REQUIRE(back);
  CHECK(back->user != s.user);
  CHECK(*back->user_data == *other.user_data);
  known.user = nullptr;
  CHECK(decode_registration_set(encode(s), &known)->user);
}

TEST_CASE("a stored registration set that is cut short or turned is refused and never crashes") {
  auto octets = encode(registered());
  for (std::size_t i = 0; i < octets.size(); ++i) {
    CHECK_FALSE(decode_registration_set(std::string_view(octets).substr(0, i)));
    auto turned = octets;
    turned[i] = static_cast<char>(turned[i] ^ 0xff);
    if (auto read = decode_registration_set(turned))
      CHECK(decode_registration_set(encode(*read)));
  }
}
