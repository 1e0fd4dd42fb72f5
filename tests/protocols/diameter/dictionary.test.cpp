// The dictionary's tables: RFC 6733 clauses 3.2, 4.1 and 4.4; TS 29.229, 29.329, 29.214 and 32.299.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "protocols/diameter/dictionary.hpp"

using namespace troupe::diameter;

namespace {

const dictionary& words() { return dictionary::instance(); }

const rule* find(std::span<const rule> rules, std::string_view name) {
  auto it = std::ranges::find_if(rules, [&](auto& r) { return r.avp && r.avp->name == name; });
  return it == rules.end() ? nullptr : &*it;
}

} // namespace

TEST_CASE("Every AVP has a code and a name of its own, and is found by both") {
  std::set<std::pair<std::uint32_t, std::uint32_t>> codes;
  std::set<std::string_view> names;
  REQUIRE(words().avps().size() > 800);
  for (auto* a : words().avps()) {
    INFO(a->name);
    CHECK(codes.emplace(a->vendor, a->code).second);
    CHECK(names.insert(a->name).second);
    CHECK(words().avp(a->name) == a);
    CHECK(words().avp(a->vendor, a->code) == a);
  }
  CHECK_FALSE(words().avp("Public-Identit"));
  CHECK_FALSE(words().avp(tgpp, 599));
  CHECK_FALSE(words().avp(ietf, 601));
}

TEST_CASE("Every AVP of TS 29.229 and TS 29.329 is there, without a gap that the specifications do not have") {
  for (std::uint32_t code = 600; code <= 667; ++code) {
    INFO(code);
    CHECK((words().avp(tgpp, code) == nullptr) == (code == 627)); // removed in Release 6
  }
  for (std::uint32_t code = 700; code <= 722; ++code) {
    INFO(code);
    CHECK(words().avp(tgpp, code));
  }
}

TEST_CASE("Every AVP of TS 29.214 is there") {
  std::set<std::uint32_t> void_codes{506, 508, 514}; // of Gq, and never given away
  for (std::uint32_t code = 500; code <= 586; ++code) {
    INFO(code);
    CHECK((words().avp(tgpp, code) == nullptr) == void_codes.contains(code));
  }
}

TEST_CASE("Two applications' User-Data do not mix") {
  CHECK(words().avp("User-Data")->code == 606);
  CHECK(words().avp("Sh-User-Data")->code == 702);
}

TEST_CASE("A grammar says what must be there, how often, and whether others may be") {
  auto* uar = words().command(application::cx, 300);
  REQUIRE(uar);
  CHECK(uar == words().command(application::cx, "UA"));
  CHECK(uar == words().command(application::cx, "User-Authorization"));
  auto* session = find(uar->request, "Session-Id");
  REQUIRE(session);
  CHECK((session->fixed && session->min == 1 && session->max == 1));
  auto* features = find(uar->request, "Supported-Features");
  REQUIRE(features);
  CHECK((!features->fixed && features->min == 0 && features->max == rule::any_number));
  CHECK(std::ranges::any_of(uar->request, [](auto& r) { return !r.avp; }));
  CHECK(find(words().command(application::sh, "UD")->request, "Data-Reference")->min == 1);
  auto media = words().group(known("Media-Sub-Component"));
  CHECK(find(media, "Flow-Description")->max == 2);
  CHECK(find(words().group(known("Failed-AVP")), "Session-Id") == nullptr);
}

TEST_CASE("One command code has the rules of each application") {
  auto* base = words().command(application::base, 258);
  auto* rx = words().command(application::rx, 258);
  REQUIRE((base && rx));
  CHECK(find(base->request, "Re-Auth-Request-Type"));
  CHECK_FALSE(find(rx->request, "Re-Auth-Request-Type"));
  CHECK(find(rx->answer, "Result-Code")->min == 0);
  CHECK_FALSE(words().command(application::cx, 258));
}

TEST_CASE("Every command of the applications is there") {
  std::multiset<std::uint32_t> cx, sh, rx;
  for (auto& c : words().commands())
    (c.definition->application == application::cx   ? cx
     : c.definition->application == application::sh ? sh
                                                    : rx)
        .insert(c.definition->code);
  CHECK(cx == std::multiset<std::uint32_t>{300, 301, 302, 303, 304, 305});
  CHECK(sh == std::multiset<std::uint32_t>{306, 307, 308, 309});
  CHECK(rx == std::multiset<std::uint32_t>{257, 258, 258, 265, 271, 272, 274, 274, 275, 275, 280, 282});
}

TEST_CASE("What every request and answer of an application begins with is there") {
  for (auto& c : words().commands()) {
    INFO(c.definition->name << " of " << c.definition->application);
    for (auto* rules : {&c.request, &c.answer}) {
      CHECK(find(*rules, "Origin-Host")->min == 1);
      CHECK(find(*rules, "Origin-Realm")->min == 1);
    }
    CHECK(find(c.answer, "Result-Code"));
    CHECK(find_application(c.definition->application));
  }
  CHECK_FALSE(find_application(16777999));
}

TEST_CASE("A group names each AVP once, and no group is another's only way to nothing") {
  for (auto* a : words().avps()) {
    std::set<const avp_definition*> seen;
    for (auto& r : words().group(*a)) {
      INFO(a->name << ": " << (r.avp ? r.avp->name : "AVP"));
      CHECK(seen.insert(r.avp).second);
      CHECK(r.min <= r.max);
    }
    CHECK((a->type == avp_type::grouped || words().group(*a).empty()));
  }
}

TEST_CASE("TS 32.299 7.2.77: IMS-Information is whole") {
  auto ims = words().group(known("IMS-Information"));
  CHECK(ims.size() == 53);
  CHECK(find(ims, "Node-Functionality")->min == 1);
  for (auto& r : ims)
    CHECK((r.avp->type != avp_type::grouped || !words().group(*r.avp).empty()));
}

TEST_CASE("A wrong grammar is our own fault, and told") {
  for (auto text : {"{No-Such-AVP}", "{User-Name", "2{User-Name}", "[]", "User-Name", "<User-Name]"})
    CHECK_THROWS_AS(parse_grammar(words(), text), std::logic_error);
}
