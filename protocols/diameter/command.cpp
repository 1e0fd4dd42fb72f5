#include "protocols/diameter/command_codec.hpp"

#include <algorithm>

namespace troupe::diameter {

void fields(auto& io, is<supported_features> auto& m) {
  io("Vendor-Id"_avp, m.vendor);
  io("Feature-List-ID"_avp, m.list);
  io("Feature-List"_avp, m.features);
}

void fields(auto& io, is<redirect> auto& m) {
  io("Redirect-Host"_avp, m.hosts);
  if (!m.hosts.empty() || io.reads) {
    io("Redirect-Host-Usage"_avp, m.usage);
    io("Redirect-Max-Cache-Time"_avp, m.cache_seconds);
  }
}

namespace {

constexpr std::uint32_t no_state_maintained = 1;

const rules* grammar_of(const command_id& id) noexcept {
  auto* c = dictionary::instance().command(id.application, id.code);
  return !c ? nullptr : id.request ? &c->request : &c->answer;
}

const rule* find(const rules* grammar, const avp_definition& d) noexcept {
  if (!grammar)
    return nullptr;
  auto it = std::ranges::find_if(*grammar, [&](auto& r) { return r.avp == &d; });
  return it == grammar->end() ? nullptr : &*it;
}

bool allows(const rules* grammar, const avp_definition& d) noexcept { return find(grammar, d) != nullptr; }

bool requires_(const rules* grammar, const avp_definition& d) noexcept {
  auto* r = find(grammar, d);
  return r && r->min > 0;
}

void write_application(builder& out, const rules* grammar, std::uint32_t application) {
  if (requires_(grammar, "Vendor-Specific-Application-Id"_avp))
    out.group("Vendor-Specific-Application-Id"_avp, [&] {
      out.number("Vendor-Id"_avp, tgpp);
      out.number("Auth-Application-Id"_avp, application);
    });
  else if (allows(grammar, "Auth-Application-Id"_avp))
    out.number("Auth-Application-Id"_avp, application);
  else if (allows(grammar, "Acct-Application-Id"_avp))
    out.number("Acct-Application-Id"_avp, application);
  if (requires_(grammar, "Auth-Session-State"_avp))
    out.number("Auth-Session-State"_avp, no_state_maintained);
}

void write_result(builder& out, const result_code& result) {
  if (!result.experimental)
    return out.number("Result-Code"_avp, result.value);
  out.group("Experimental-Result"_avp, [&] {
    out.number("Vendor-Id"_avp, tgpp);
    out.number("Experimental-Result-Code"_avp, result.value);
  });
}

void write_features(builder& out, const std::vector<supported_features>& features) {
  field_writer io(out);
  for (auto& one : features) {
    io("Supported-Features"_avp, one);
    out.mark(one.mandatory);
  }
}

void read_features(field_reader& io, const message_view& message, envelope& about) {
  io("Supported-Features"_avp, about.features);
  std::size_t at = 0;
  for (auto& avp : message.avps)
    if (avp.is("Supported-Features"_avp))
      about.features[at++].mandatory = avp.mandatory();
}

std::vector<std::string> proxy_infos_of(avp_range avps) {
  std::vector<std::string> list;
  for (auto& avp : avps)
    if (avp.is("Proxy-Info"_avp))
      list.emplace_back(avp.octets);
  return list;
}

} // namespace

namespace detail {

header make_header(const command_id& id, const identifiers& ids, const result_code* result) {
  auto error = result && !result->experimental && is_protocol_error(result->value);
  auto flags = flag::proxiable | (id.request ? flag::request : 0) | (error ? flag::error : 0) |
               (id.request && ids.retransmitted ? flag::retransmitted : 0);
  return {static_cast<std::uint8_t>(flags), id.code, id.application, ids.hop_by_hop, ids.end_to_end};
}

void write_preamble(builder& out, const command_id& id, const envelope& about, const result_code* result) {
  auto* grammar = grammar_of(id);
  field_writer io(out);
  io("Session-Id"_avp, about.session_id);
  write_application(out, grammar, id.application);
  if (result)
    write_result(out, *result);
  io("Origin-Host"_avp, about.origin_host);
  io("Origin-Realm"_avp, about.origin_realm);
  if (id.request) {
    io("Destination-Host"_avp, about.destination_host);
    io("Destination-Realm"_avp, about.destination_realm);
  }
  io("Origin-State-Id"_avp, about.origin_state);
  write_features(out, about.features);
}

void write_closing(builder& out, const command_id& id, const envelope& about) {
  field_writer io(out);
  if (!id.request) {
    io("Error-Message"_avp, about.error_message);
    if (!about.failed_avp.empty())
      out.group("Failed-AVP"_avp, [&] { out.raw(about.failed_avp); });
    fields(io, about.redirect);
  }
  for (auto& info : about.proxy_infos)
    out.raw(info);
  if (id.request)
    io("Route-Record"_avp, about.route_records);
}

outcome<envelope> read_envelope(const message_view& message) {
  envelope about;
  field_reader io(message.avps);
  io("Session-Id"_avp, about.session_id);
  io("Origin-Host"_avp, about.origin_host);
  io("Origin-Realm"_avp, about.origin_realm);
  io("Destination-Host"_avp, about.destination_host);
  io("Destination-Realm"_avp, about.destination_realm);
  io("Origin-State-Id"_avp, about.origin_state);
  io("Route-Record"_avp, about.route_records);
  io("Error-Message"_avp, about.error_message);
  fields(io, about.redirect);
  read_features(io, message, about);
  about.proxy_infos = proxy_infos_of(message.avps);
  if (auto failed = message.find("Failed-AVP"_avp))
    about.failed_avp = failed->value;
  if (io.fault())
    return tl::unexpected(std::move(*io.fault()));
  return about;
}

} // namespace detail

envelope answer_to(const envelope& request, std::string origin_host, std::string origin_realm) {
  envelope answer;
  answer.session_id = request.session_id;
  answer.origin_host = std::move(origin_host);
  answer.origin_realm = std::move(origin_realm);
  answer.proxy_infos = request.proxy_infos;
  return answer;
}

std::optional<std::string> refusal(std::string_view octets, const failure& why, std::string_view origin_host,
                                   std::string_view origin_realm) {
  if (octets.size() < header_size)
    return std::nullopt;
  auto h = decode_header(octets);
  if (!h.is_request())
    return std::nullopt;
  avp_range avps(octets.substr(header_size));
  envelope about;
  if (auto session = avps.find("Session-Id"_avp); session && check_value("Session-Id"_avp, *session))
    about.session_id = session->value;
  about.origin_host = origin_host;
  about.origin_realm = origin_realm;
  about.failed_avp = why.failed_avp;
  about.error_message = why.what;
  about.proxy_infos = proxy_infos_of(avps);
  command_id id{h.application, h.command, false};
  result_code result{why.result, false};
  auto answer = detail::make_header(id, {h.hop_by_hop, h.end_to_end, false}, &result);
  answer.flags = static_cast<std::uint8_t>((answer.flags & ~flag::proxiable) | (h.flags & flag::proxiable));
  std::string out;
  builder into(out, answer);
  detail::write_preamble(into, id, about, &result);
  detail::write_closing(into, id, about);
  return into.finish() ? std::optional(std::move(out)) : std::nullopt;
}

outcome<error_answer> decode_error(const message_view& answer) {
  auto result = result_of(answer);
  if (!result)
    return tl::unexpected(std::move(result.error()));
  auto about = detail::read_envelope(answer);
  if (!about)
    return tl::unexpected(std::move(about.error()));
  return error_answer{std::move(*about), *result};
}

} // namespace troupe::diameter
