// Structures as AVPs: what belongs to which AVP is told once, in a function fields(io, structure), for both directions.
// Names are looked up while compiling. What a grammar asks for is checked by validate(), before anything is read here.
#pragma once

#include <bit>
#include <concepts>
#include <initializer_list>
#include <memory>
#include <type_traits>
#include <vector>

#include "protocols/diameter/builder.hpp"
#include "protocols/diameter/dictionary.hpp"

namespace troupe::diameter {

/// For `void fields(auto& io, is<uar> auto& m)`: const when it is written.
template <class Given, class Wanted>
concept is = std::same_as<std::remove_const_t<Given>, Wanted>;

template <class Value>
concept skips_when_empty = requires(const Value& v) {
  v.empty();
};

class field_writer {
public:
  explicit field_writer(builder& out) noexcept : out_(out) {}

  /// An empty text, list or structure is no AVP at all.
  template <class Value>
  void operator()(const avp_definition& d, const Value& value) {
    if constexpr (skips_when_empty<Value>) {
      if (value.empty())
        return;
    }
    put(d, value);
  }
  template <class Value>
  void operator()(const avp_definition& d, const std::vector<Value>& list) {
    for (auto& one : list)
      put(d, one);
  }
  template <class Value>
  void operator()(const avp_definition& d, const std::optional<Value>& value) {
    if (value)
      put(d, *value);
  }
  void operator()(const avp_definition& d, const std::shared_ptr<const std::string>& text) {
    if (text)
      put(d, *text);
  }
  /// Octets that have one of these sizes; none is no AVP.
  void octets(const avp_definition& d, const std::string& value, std::initializer_list<std::size_t>) {
    (*this)(d, value);
  }
  /// One bit of an Unsigned32 whose other bits nobody here needs.
  void bit(const avp_definition& d, unsigned number, bool value) {
    if (value)
      put(d, std::uint32_t{1} << number);
  }
  /// An Enumerated with one value, 0, that tells by being there.
  void presence(const avp_definition& d, bool value) {
    if (value)
      put(d, std::uint32_t{0});
  }
  /// An Enumerated 1 for yes; no is said by leaving it out.
  void if_true(const avp_definition& d, bool value) {
    if (value)
      put(d, std::uint32_t{1});
  }
  /// A group that `inside(io)` fills.
  template <class Inside>
  void group(const avp_definition& d, Inside inside) {
    out_.group(d, [&] { inside(*this); });
  }
  /// A group of one list; no list, no group.
  template <class List>
  void group_of(const avp_definition& d, const avp_definition& member, const List& list) {
    if (!list.empty())
      out_.group(d, [&] { (*this)(member, list); });
  }
  /// With the M bit clear, whatever the table says: for AVPs that an application reuses so.
  template <class Value>
  void unmarked(const avp_definition& d, const std::optional<Value>& value) {
    if (!value)
      return;
    put(d, *value);
    out_.mark(false);
  }

  static constexpr bool reads = false;

private:
  void put(const avp_definition& d, const std::string& value) { out_.text(d, value); }
  void put(const avp_definition& d, std::uint32_t value) { out_.number(d, value); }
  void put(const avp_definition& d, std::int32_t value) { out_.number(d, static_cast<std::uint32_t>(value)); }
  void put(const avp_definition& d, std::uint64_t value) { out_.number64(d, value); }
  void put(const avp_definition& d, std::int64_t value) { out_.number64(d, static_cast<std::uint64_t>(value)); }
  void put(const avp_definition& d, bool value) { out_.number(d, value); }
  void put(const avp_definition& d, float value) { out_.number(d, std::bit_cast<std::uint32_t>(value)); }
  void put(const avp_definition& d, timestamp value) { out_.number(d, to_ntp_time(value.unix_seconds)); }
  void put(const avp_definition& d, const address& value) { out_.place(d, value); }
  template <class Value>
  void put(const avp_definition& d, const Value& value) {
    if constexpr (std::is_enum_v<Value>)
      out_.number(d, static_cast<std::uint32_t>(value));
    else
      out_.group(d, [&] { fields(*this, value); });
  }

  builder& out_;
};

/// Reads what is there and leaves the rest as it was. The first value that cannot be is the failure: 5004 or 5014.
/// An enumeration has a function `bool is_known(Enumeration)` beside it.
class field_reader {
public:
  explicit field_reader(avp_range in) noexcept : in_(in) {}

  template <class Value>
  void operator()(const avp_definition& d, Value& value) {
    if (auto avp = in_.find(d))
      get(d, *avp, value);
  }
  template <class Value>
  void operator()(const avp_definition& d, std::vector<Value>& list) {
    for (auto& avp : in_)
      if (avp.is(d))
        get(d, avp, list.emplace_back());
  }
  template <class Value>
  void operator()(const avp_definition& d, std::optional<Value>& value) {
    if (auto avp = in_.find(d))
      get(d, *avp, value.emplace());
  }
  void operator()(const avp_definition& d, std::shared_ptr<const std::string>& text) {
    if (auto avp = in_.find(d))
      text = std::make_shared<const std::string>(avp->value);
  }
  void octets(const avp_definition& d, std::string& value, std::initializer_list<std::size_t> sizes);
  void bit(const avp_definition& d, unsigned number, bool& value);
  void presence(const avp_definition& d, bool& value);
  void if_true(const avp_definition& d, bool& value) { (*this)(d, value); }
  template <class Inside>
  void group(const avp_definition& d, Inside inside) {
    if (auto avp = in_.find(d))
      within(d, *avp, inside);
  }
  template <class List>
  void group_of(const avp_definition& d, const avp_definition& member, List& list) {
    group(d, [&](auto& in) { in(member, list); });
  }
  template <class Value>
  void unmarked(const avp_definition& d, std::optional<Value>& value) {
    (*this)(d, value);
  }

  static constexpr bool reads = true;

  /// What a structure asks for beyond its AVPs' types: 5004 with this AVP.
  void refuse_value(const avp_definition& d);
  std::optional<failure>& fault() noexcept { return fault_; }

private:
  void wrong(std::uint32_t result, const avp_definition& d, const avp_view& avp);
  std::optional<std::uint32_t> number(const avp_definition& d, const avp_view& avp);
  std::optional<std::uint64_t> number64(const avp_definition& d, const avp_view& avp);

  void get(const avp_definition&, const avp_view& avp, std::string& value) { value = avp.value; }
  void get(const avp_definition& d, const avp_view& avp, std::uint32_t& value) { value = number(d, avp).value_or(0); }
  void get(const avp_definition& d, const avp_view& avp, std::int32_t& value) {
    value = static_cast<std::int32_t>(number(d, avp).value_or(0));
  }
  void get(const avp_definition& d, const avp_view& avp, std::uint64_t& value) { value = number64(d, avp).value_or(0); }
  void get(const avp_definition& d, const avp_view& avp, std::int64_t& value) {
    value = static_cast<std::int64_t>(number64(d, avp).value_or(0));
  }
  void get(const avp_definition& d, const avp_view& avp, bool& value);
  void get(const avp_definition& d, const avp_view& avp, float& value) {
    value = std::bit_cast<float>(number(d, avp).value_or(0));
  }
  void get(const avp_definition& d, const avp_view& avp, timestamp& value) {
    if (auto seconds = number(d, avp))
      value.unix_seconds = to_unix_time(*seconds);
  }
  void get(const avp_definition& d, const avp_view& avp, address& value);
  template <class Value>
  void get(const avp_definition& d, const avp_view& avp, Value& value) {
    if constexpr (std::is_enum_v<Value>) {
      auto given = static_cast<Value>(number(d, avp).value_or(0));
      if (is_known(given))
        value = given;
      else
        wrong(code::invalid_avp_value, d, avp);
    } else {
      within(d, avp, [&](auto& io) { fields(io, value); });
    }
  }
  template <class Inside>
  void within(const avp_definition& d, const avp_view& avp, Inside inside) {
    field_reader part{avp_range(avp)};
    inside(part);
    if (part.fault_ && !fault_) {
      part.fault_->failed_avp = wrap(d, part.fault_->failed_avp);
      fault_ = std::move(part.fault_);
    }
  }

  avp_range in_;
  std::optional<failure> fault_;
};

} // namespace troupe::diameter
