// What commands must hold: RFC 6733 clauses 3.2, 7.1.5 and 7.5.
#include "support.hpp"

#include "protocols/diameter/cx_commands.hpp"

using namespace troupe;
using namespace troupe::diameter;

namespace {

constexpr header uar_header{flag::request | flag::proxiable, 300, application::cx, 1, 2};
constexpr header uaa_header{flag::proxiable, 300, application::cx, 1, 2};

void application_of_cx(builder& out) {
  out.group("Vendor-Specific-Application-Id"_avp, [&] {
    out.number("Vendor-Id"_avp, tgpp);
    out.number("Auth-Application-Id"_avp, application::cx);
  });
}

/// A UAR that lacks what `but` names.
void uar_avps(builder& out, std::string_view but = "") {
  out.text("Session-Id"_avp, "s;1;2");
  application_of_cx(out);
  out.number("Auth-Session-State"_avp, 1);
  out.text("Origin-Host"_avp, "i.example");
  out.text("Origin-Realm"_avp, "example");
  out.text("Destination-Realm"_avp, "example");
  if (but != "User-Name")
    out.text("User-Name"_avp, "a@example");
  if (but != "Public-Identity")
    out.text("Public-Identity"_avp, "sip:a@example");
  out.text("Visited-Network-Identifier"_avp, "example");
}

void uaa_avps(builder& out) {
  out.text("Session-Id"_avp, "s;1;2");
  application_of_cx(out);
  out.number("Auth-Session-State"_avp, 1);
  out.text("Origin-Host"_avp, "h.example");
  out.text("Origin-Realm"_avp, "example");
}

template <class Inside>
outcome<void> validate_with(const header& h, Inside inside) {
  auto raw = make(h, inside);
  auto m = decode(raw);
  REQUIRE(m);
  return validate(*m);
}

} // namespace

TEST_CASE(
    "RFC 6733 7.1.5: captured messages are valid, but for three AARs with more descriptions than a flow may have") {
  int too_often = 0;
  for (auto& path : captures()) {
    INFO(path);
    auto raw = read_file(path);
    auto m = decode(raw);
    REQUIRE(m);
    auto good = validate(*m);
    auto result = good ? 0u : good.error().result;
    if (!find_application(m->header.application)) {
      CHECK(result == code::application_unsupported);
    } else if (result) {
      CHECK(m->header.command == 265);
      CHECK(m->header.is_request());
      CHECK(result == code::avp_occurs_too_many_times);
      ++too_often;
    }
  }
  CHECK(too_often == 3); // four Flow-Descriptions where TS 29.214 clause 5.3.18 has two at most
}

TEST_CASE("RFC 6733 7.1.3: an unknown application or command is refused") {
  auto result = [](std::uint32_t application, std::uint32_t command) {
    return validate_with({flag::request, command, application, 1, 2}, [](builder&) {}).error().result;
  };
  CHECK(result(16777999, 300) == code::application_unsupported);
  CHECK(result(application::cx, 306) == code::command_unsupported);
  CHECK(result(application::relay, 300) == code::application_unsupported);
}

TEST_CASE("RFC 6733 7.1.5: what is missing is named, with a value of the least size") {
  auto good = validate_with(uar_header, [](builder& out) { uar_avps(out); });
  CHECK(good);
  auto name = validate_with(uar_header, [](builder& out) { uar_avps(out, "User-Name"); });
  REQUIRE(!name);
  CHECK(name.error().result == code::missing_avp);
  CHECK(hex(name.error().failed_avp) == hex(octets("00000001 40000008")));
  auto identity = validate_with(uar_header, [](builder& out) { uar_avps(out, "Public-Identity"); });
  CHECK(hex(identity.error().failed_avp) == hex(octets("00000259 c000000c 000028af")));
}

TEST_CASE("RFC 6733 7.5: what is missing in a group is told within the group") {
  auto result = validate_with(uar_header, [](builder& out) {
    uar_avps(out);
    out.group("Supported-Features"_avp, [&] {
      out.number("Vendor-Id"_avp, tgpp);
      out.number("Feature-List-ID"_avp, 1);
    });
  });
  REQUIRE(!result);
  CHECK(result.error().result == code::missing_avp);
  CHECK(hex(result.error().failed_avp) ==
        hex(octets("00000274 8000001c 000028af 00000276 80000010 000028af 00000000")));
}

TEST_CASE("RFC 6733 7.1.5: what is there too often, or is not allowed, is shown") {
  auto twice = validate_with(uar_header, [](builder& out) {
    uar_avps(out);
    out.text("User-Name"_avp, "b@example");
  });
  REQUIRE(!twice);
  CHECK(twice.error().result == code::avp_occurs_too_many_times);
  CHECK(avp_range(twice.error().failed_avp).begin()->value == "b@example");
  auto closed = [](bool mandatory) {
    return validate_with(uar_header, [&](builder& out) {
      out.group("Proxy-Info"_avp, [&] {
        out.text("Proxy-Host"_avp, "p.example");
        out.text("Proxy-State"_avp, "x");
      });
      uar_avps(out);
      out.group("Vendor-Specific-Application-Id"_avp, [&] {
        out.number("Vendor-Id"_avp, tgpp);
        out.text("User-Name"_avp, "c");
        out.mark(mandatory);
      });
    });
  };
  CHECK(closed(true).error().result == code::avp_occurs_too_many_times); // the group itself comes first
  auto group =
      validate_with({flag::request | flag::proxiable, 272, application::credit_control, 1, 2}, [](builder& out) {
        out.group("Subscription-Id"_avp, [&] {
          out.number("Subscription-Id-Type"_avp, 0);
          out.text("Subscription-Id-Data"_avp, "1");
          out.text("User-Name"_avp, "c");
        });
      });
  CHECK(group.error().result == code::avp_not_allowed);
  CHECK(avp_range(group.error().failed_avp).begin()->is("Subscription-Id"_avp));
  CHECK(avp_range(*avp_range(group.error().failed_avp).begin()).begin()->is("User-Name"_avp));
}

TEST_CASE("RFC 6733 4.1: an unknown AVP is refused when it must be understood, else left alone") {
  auto with = [](std::string_view unknown) {
    return validate_with(uar_header, [&](builder& out) {
      uar_avps(out);
      out.raw(octets(unknown));
    });
  };
  CHECK(with("0000ffff 8000000f 00001234 01020300"));
  auto refused = with("0000ffff c000000f 00001234 01020300");
  REQUIRE(!refused);
  CHECK(refused.error().result == code::avp_unsupported);
  CHECK(hex(refused.error().failed_avp) == "0000ffffc000000f0000123401020300");
}

TEST_CASE("RFC 6733 7.1.5: a value that its type does not have is refused") {
  auto result = validate_with(uar_header, [](builder& out) {
    uar_avps(out);
    out.text("Destination-Host"_avp, "not a host");
  });
  CHECK(result.error().result == code::invalid_avp_value);
  auto number = validate_with(uar_header, [](builder& out) {
    uar_avps(out);
    out.raw(octets("0000026f c000000f 000028af 01020300"));
  });
  REQUIRE(!number);
  CHECK(number.error().result == code::invalid_avp_length);
  CHECK(hex(number.error().failed_avp) == hex(octets("0000026f c0000010 000028af 00000000")));
}

TEST_CASE("RFC 6733 7.2: an answer must have a result; one that tells of a failure may lack the rest") {
  CHECK(validate_with(uaa_header, [](builder& out) { uaa_avps(out); }).error().result == code::missing_avp);
  CHECK(validate_with(uaa_header, [](builder& out) {
    uaa_avps(out);
    out.number("Result-Code"_avp, code::success);
  }));
  auto bare = [](std::uint8_t flags, std::uint32_t result) {
    return validate_with({flags, 300, application::cx, 1, 2}, [&](builder& out) {
      out.text("Origin-Host"_avp, "h.example");
      out.text("Origin-Realm"_avp, "example");
      out.number("Result-Code"_avp, result);
    });
  };
  CHECK(bare(flag::error, code::unable_to_deliver));
  CHECK(bare(0, code::unable_to_comply));
  CHECK(bare(0, code::success).error().result == code::missing_avp);
  CHECK(validate_with(uaa_header, [&](builder& out) { out.number("Result-Code"_avp, code::unable_to_comply); })
            .error()
            .result == code::missing_avp);
}

TEST_CASE("RFC 6733 7.6: an experimental result is read, and one without a code is refused") {
  auto raw = make(uaa_header, [](builder& out) {
    out.group("Experimental-Result"_avp, [&] {
      out.number("Vendor-Id"_avp, tgpp);
      out.number("Experimental-Result-Code"_avp, 2001);
    });
  });
  CHECK(result_of(*decode(raw)).value() == cx::first_registration);
  auto empty = make(uaa_header, [](builder& out) { out.group("Experimental-Result"_avp, [] {}); });
  auto refused = result_of(*decode(empty));
  CHECK(refused.error().result == code::missing_avp);
  CHECK(hex(refused.error().failed_avp) == hex(octets("00000129 40000014 0000012a 4000000c 00000000")));
}

TEST_CASE("RFC 6733 7.2: a refusal takes the session and the proxies along, and says what was wrong") {
  auto request = make(uar_header, [](builder& out) {
    uar_avps(out, "User-Name");
    for (auto host : {"one.example", "two.example"})
      out.group("Proxy-Info"_avp, [&] {
        out.text("Proxy-Host"_avp, host);
        out.text("Proxy-State"_avp, "state");
      });
  });
  auto why = validate(*decode(request));
  REQUIRE(!why);
  auto answer = refusal(request, why.error(), "h.example", "example");
  REQUIRE(answer);
  auto m = decode(*answer);
  REQUIRE(m);
  CHECK(m->header == header{flag::proxiable, 300, application::cx, 1, 2});
  CHECK(validate(*m));
  auto read = decode_error(*m);
  REQUIRE(read);
  CHECK(read->result == result_code{code::missing_avp, false});
  CHECK(read->envelope.session_id == "s;1;2");
  CHECK(read->envelope.proxy_infos.size() == 2);
  CHECK(read->envelope.proxy_infos[0].find("one.example") != std::string::npos);
  CHECK(hex(read->envelope.failed_avp) == hex(why.error().failed_avp));
}

TEST_CASE("RFC 6733 7.2: what cannot be read at all is refused by its header; an answer never is") {
  auto raw = make(uar_header, [](builder& out) { uar_avps(out); });
  raw[header_size + 7] = 2; // Session-Id's length
  auto why = decode(raw);
  REQUIRE(!why);
  auto answer = refusal(raw, why.error(), "h.example", "example");
  REQUIRE(answer);
  CHECK(result_of(*decode(*answer)).value() == result_code{code::invalid_avp_length, false});
  auto protocol = refusal(raw, {code::command_unsupported, {}, "unknown"}, "h.example", "example");
  CHECK(decode(*protocol)->header.is_error());
  CHECK_FALSE(refusal(make(uaa_header, [](builder&) {}), why.error(), "h", "e"));
  CHECK_FALSE(refusal(raw.substr(0, 19), why.error(), "h", "e"));
}
