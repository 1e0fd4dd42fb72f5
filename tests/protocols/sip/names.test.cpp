#include <catch2/catch.hpp>
#include <string>

#include "protocols/base/text.hpp"
#include "protocols/sip/names.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

constexpr auto last = static_cast<int>(hdr::www_authenticate);

} // namespace

TEST_CASE("every header field is found by its long form, in any case") {
  for (int i = 1; i <= last; ++i) {
    auto id = static_cast<hdr>(i);
    std::string name(to_string(id));
    INFO(name);
    REQUIRE(name.size() >= 2);
    CHECK(header_of(name) == id);
    CHECK(header_of(to_lower(name)) == id);
    for (auto& c : name)
      c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    CHECK(header_of(name) == id);
  }
}

TEST_CASE("no name that differs by a letter is taken for a known one") {
  for (int i = 1; i <= last; ++i) {
    std::string name(to_string(static_cast<hdr>(i)));
    for (std::size_t at = 0; at < name.size(); ++at) {
      auto changed = name;
      changed[at] = changed[at] == 'q' ? 'w' : 'q';
      INFO(changed);
      CHECK((header_of(changed) == hdr::other || equal_nocase(to_string(header_of(changed)), changed)));
    }
    CHECK(header_of(name + "x") == hdr::other);
    CHECK(header_of(name.substr(1)) != static_cast<hdr>(i));
  }
  for (auto name : {"", "Call_ID", "X-Whatever", "Via ", "\xc3", "P-Asserted-Identitz"})
    CHECK(header_of(name) == hdr::other);
}

TEST_CASE("the compact forms are those of the registry, and no others") {
  const std::pair<char, hdr> forms[] = {{'a', hdr::accept_contact},
                                        {'b', hdr::referred_by},
                                        {'c', hdr::content_type},
                                        {'d', hdr::request_disposition},
                                        {'e', hdr::content_encoding},
                                        {'f', hdr::from},
                                        {'i', hdr::call_id},
                                        {'j', hdr::reject_contact},
                                        {'k', hdr::supported},
                                        {'l', hdr::content_length},
                                        {'m', hdr::contact},
                                        {'o', hdr::event},
                                        {'r', hdr::refer_to},
                                        {'s', hdr::subject},
                                        {'t', hdr::to},
                                        {'u', hdr::allow_events},
                                        {'v', hdr::via},
                                        {'x', hdr::session_expires},
                                        {'y', hdr::identity}};
  int known = 0;
  for (int c = 0; c < 256; ++c)
    known += header_of(std::string(1, static_cast<char>(c))) != hdr::other;
  CHECK(known == 2 * 19);
  for (auto [letter, id] : forms) {
    CHECK(header_of(std::string(1, letter)) == id);
    CHECK(header_of(std::string(1, static_cast<char>(letter - 32))) == id);
  }
}

TEST_CASE("methods are told apart with case") {
  for (int i = 1; i <= static_cast<int>(method::info); ++i) {
    auto m = static_cast<method>(i);
    CHECK(method_of(to_string(m)) == m);
    CHECK(method_of(to_lower(to_string(m))) == method::other);
  }
  CHECK(to_string(method::register_) == "REGISTER");
  CHECK(method_of("INVIT") == method::other);
  CHECK(method_of("") == method::other);
  CHECK(to_string(method::other).empty());
}

TEST_CASE("lists are what RFC 3261 clause 7.3.1 lets join; the authentication family is not") {
  for (auto id :
       {hdr::via, hdr::contact, hdr::route, hdr::record_route, hdr::path, hdr::supported, hdr::security_client})
    CHECK(is_list(id));
  for (auto id : {hdr::authorization, hdr::proxy_authorization, hdr::www_authenticate, hdr::proxy_authenticate,
                  hdr::from, hdr::to, hdr::call_id, hdr::cseq, hdr::date, hdr::other})
    CHECK_FALSE(is_list(id));
}

TEST_CASE("a status has the registry's phrase") {
  CHECK(reason_phrase(100) == "Trying");
  CHECK(reason_phrase(200) == "OK");
  CHECK(reason_phrase(494) == "Security Agreement Required");
  CHECK(reason_phrase(606) == "Not Acceptable");
  CHECK(reason_phrase(299) == "Unknown");
}
