#include "actors/contracts/cx_codec.hpp"

#include <concepts>
#include <limits>
#include <utility>

#include "protocols/base/cursor.hpp"

namespace troupe::cx {

namespace {

constexpr std::uint8_t version = 1;

// The highest values that we know.
constexpr auto last(authorization_type) { return authorization_type::registration_and_capabilities; }
constexpr auto last(assignment_type) { return assignment_type::deregistration_too_much_data; }
constexpr auto last(deregistration_reason) { return deregistration_reason::remove_s_cscf; }
constexpr auto last(session_priority) { return session_priority::priority_4; }

// The fields of each structure in their order on the wire, told once for both directions. Behind later() stands what a
// neighbour of the version before does not send.
template <class Given, class Wanted>
concept is = std::same_as<std::remove_const_t<Given>, Wanted>;

void fields(auto& io, is<result_code> auto& m) { io(m.value, m.experimental); }
void fields(auto& io, is<server_capabilities> auto& m) { io(m.mandatory, m.optional, m.server_names); }
void fields(auto& io, is<charging_addresses> auto& m) {
  io(m.primary_ccf, m.secondary_ccf, m.primary_ecf, m.secondary_ecf);
}
void fields(auto& io, is<uar> auto& m) { io(m.impi, m.impu, m.visited_network, m.type, m.emergency); }
void fields(auto& io, is<uaa> auto& m) { io(m.result, m.server_name, m.capabilities); }
void fields(auto& io, is<lir> auto& m) {
  io(m.impu, m.originating, m.capabilities);
  io.later(m.priority);
}
void fields(auto& io, is<lia> auto& m) {
  io(m.result, m.server_name, m.capabilities, m.wildcarded_impu);
  io.later(m.psi_direct_routing);
}
void fields(auto& io, is<mar> auto& m) { io(m.impi, m.impu, m.server_name, m.auth_scheme, m.items, m.resync); }
void fields(auto& io, is<digest_credential> auto& m) { io(m.algorithm, m.ha1); }
void fields(auto& io, is<auth_item> auto& m) {
  io(m.number, m.scheme, m.authenticate, m.xres, m.ck, m.ik, m.realm, m.qop, m.digests);
}
void fields(auto& io, is<maa> auto& m) { io(m.result, m.impi, m.impu, m.items); }
void fields(auto& io, is<diameter::address> auto& m) { io(m.family, m.octets); }
void fields(auto& io, is<diameter::timestamp> auto& m) { io(m.unix_seconds); }
void fields(auto& io, is<subscription_info> auto& m) { io(m.call_id, m.from, m.to, m.record_route, m.contact); }
void fields(auto& io, is<restoration_info> auto& m) {
  io(m.path, m.contact, m.cseq, m.call_id, m.subscription, m.p_cscf_subscription);
}
void fields(auto& io, is<scscf_restoration_info> auto& m) { io(m.impi, m.contacts, m.expires, m.auth_scheme); }
void fields(auto& io, is<failed_pcscf> auto& m) { io(m.fqdn, m.addresses); }
void fields(auto& io, is<webrtc_identities> auto& m) { io(m.authentication_functions, m.web_servers); }
void fields(auto& io, is<sar> auto& m) {
  io(m.impi, m.impus, m.server_name, m.type, m.user_data_already_available);
  io.later(m.wildcarded_impu, m.restoration, m.multiple_registration, m.priority, m.pcscf_restoration, m.failed);
}
void fields(auto& io, is<saa> auto& m) {
  io(m.result, m.impi, m.user_data, m.charging, m.associated_impis, m.server_name);
  io.later(m.loose_route, m.restoration, m.registered_impis, m.wildcarded_impu, m.privileged_sender, m.webrtc);
}
void fields(auto& io, is<rtr> auto& m) {
  io(m.server_name, m.impi, m.impus, m.associated_impis, m.reason, m.info);
  io.later(m.reference_location_changed);
}
void fields(auto& io, is<ppr> auto& m) {
  io(m.server_name, m.impi, m.user_data, m.charging);
  io.later(m.auth, m.webrtc);
}

class encoder {
public:
  explicit encoder(std::string& out) noexcept : out_(out) {}

  template <class... Fields>
  void operator()(const Fields&... all) {
    (put(all), ...);
  }
  template <class... Fields>
  void later(const Fields&... all) {
    (*this)(all...);
  }

private:
  void put(const std::string& text) { out_.text(text); }
  void put(bool flag) { out_.u8(flag ? 1 : 0); }
  void put(std::uint16_t number) { out_.number(number); }
  void put(std::uint32_t number) { out_.number(number); }
  void put(std::int64_t number) { out_.signed_number(number); }
  void put(const std::shared_ptr<const std::string>& text) {
    put(text != nullptr);
    if (text)
      put(*text);
  }
  template <class Value>
  void put(const std::optional<Value>& value) {
    put(value.has_value());
    if (value)
      put(*value);
  }
  template <class Value>
  void put(const std::vector<Value>& list) {
    out_.number(list.size());
    for (auto& one : list)
      put(one);
  }
  template <class Value>
  void put(const Value& value) {
    if constexpr (std::is_enum_v<Value>) {
      put(static_cast<std::uint32_t>(value));
    } else {
      std::string octets;
      encoder part(octets);
      fields(part, value);
      put(octets);
    }
  }

  writer out_;
};

class decoder {
public:
  explicit decoder(std::string_view in) noexcept : in_(in) {}

  template <class... Fields>
  void operator()(Fields&... all) {
    (get(all), ...);
  }
  template <class... Fields>
  void later(Fields&... all) {
    if (in_.left() > 0)
      (*this)(all...);
  }
  bool good() const noexcept { return good_ && in_.ok(); }

private:
  void get(std::string& text) { text = in_.text(); }
  void get(bool& flag) {
    auto value = in_.u8();
    good_ &= value <= 1;
    flag = value == 1;
  }
  void get(std::unsigned_integral auto& number) {
    auto value = in_.number();
    using Number = std::remove_reference_t<decltype(number)>;
    good_ &= value <= std::numeric_limits<Number>::max();
    number = static_cast<Number>(value);
  }
  void get(std::int64_t& number) { number = in_.signed_number(); }
  void get(std::shared_ptr<const std::string>& text) {
    auto given = false;
    get(given);
    if (given)
      text = std::make_shared<const std::string>(in_.text());
  }
  template <class Value>
  void get(std::optional<Value>& value) {
    auto given = false;
    get(given);
    if (given)
      get(value.emplace());
  }
  /// A count that the octets cannot hold is a fault, not a reason to allocate.
  template <class Value>
  void get(std::vector<Value>& list) {
    auto count = in_.number();
    for (std::uint64_t i = 0; i < count && good(); ++i)
      get(list.emplace_back());
  }
  template <class Value>
  void get(Value& value) {
    if constexpr (std::is_enum_v<Value>) {
      std::uint32_t number = 0;
      get(number);
      good_ &= number <= static_cast<std::uint32_t>(last(Value{}));
      value = static_cast<Value>(number);
    } else {
      decoder part(in_.text());
      fields(part, value);
      good_ &= part.good();
    }
  }

  reader in_;
  bool good_ = true;
};

template <std::size_t Index = 0>
std::optional<message> decode_as(std::size_t index, std::string_view octets) {
  if constexpr (Index < std::variant_size_v<message>) {
    if (index != Index)
      return decode_as<Index + 1>(index, octets);
    std::variant_alternative_t<Index, message> made;
    decoder in(octets);
    fields(in, made);
    if (in.good())
      return made;
  }
  return std::nullopt;
}

void append(std::string& out, const message& what) {
  writer head(out);
  head.u8(version);
  head.u8(static_cast<std::uint8_t>(what.index()));
  std::visit(
      [&](auto& body) {
        encoder fields_of(out);
        fields(fields_of, body);
      },
      what);
}

/// False: it is not whole, or of another version.
bool read_head(reader& in, asker& from) {
  auto known = in.u8() == version;
  from.life = in.number();
  auto shard = in.number();
  from.shard = static_cast<std::uint32_t>(shard);
  return known && in.ok() && shard <= std::numeric_limits<std::uint32_t>::max();
}

} // namespace

std::string encode(const message& what) {
  std::string out;
  append(out, what);
  return out;
}

std::optional<message> decode(std::string_view octets) {
  reader head(octets);
  if (head.u8() != version)
    return std::nullopt;
  auto index = head.u8();
  return head.ok() ? decode_as(index, octets.substr(2)) : std::nullopt;
}

std::string encode(const asker& from, std::uint64_t number, const message& body) {
  std::string out;
  writer head(out);
  head.u8(version);
  head.number(from.life);
  head.number(from.shard);
  head.number(number);
  append(out, body);
  return out;
}

std::optional<envelope> decode_envelope(std::string_view octets) {
  envelope out;
  reader in(octets);
  auto whole = read_head(in, out.from);
  out.number = in.number();
  auto body = whole && in.ok() ? decode(octets.substr(octets.size() - in.left())) : std::nullopt;
  if (!body)
    return std::nullopt;
  out.body = std::move(*body);
  return out;
}

std::optional<asker> asker_of(std::string_view octets) {
  asker from;
  reader in(octets);
  return read_head(in, from) ? std::optional(from) : std::nullopt;
}

} // namespace troupe::cx
