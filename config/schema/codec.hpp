// How a field of a given C++ type is read from a TOML value and shown as a literal. One codec a type; lists are made of
// their elements'. A codec's read answers whether the value was usable, having said what was wrong when not.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <type_traits>

#include "config/schema/options.hpp"
#include "config/schema/suggest.hpp"
#include "config/schema/words.hpp"

namespace troupe::config {

/// The key at hand, and what the table says of it.
struct slot {
  reading& in;
  const option& of;
  std::string key;

  bool wrong(place at, std::string what, std::string advice = {}) const {
    in.wrong(key, at, std::move(what), advice.empty() ? usual_advice() : std::move(advice));
    return false;
  }
  bool wrong_kind(const value& from, std::string_view wanted) const {
    return wrong(from.at, "is " + std::string(kind_of(from)) + " where " + std::string(wanted) + " is wanted");
  }
  std::string usual_advice() const {
    auto example = of.about.example.empty() ? of.default_text() : std::string(of.about.example);
    return "write for example: " + std::string(of.leaf()) + " = " + example;
  }
};

inline std::string literal(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + '"';
}

template <class T>
struct codec;

template <>
struct codec<bool> {
  static std::string type() { return "true or false"; }
  static std::string show(bool from) { return from ? "true" : "false"; }
  static bool read(const slot& at, const value& from, bool& into) {
    auto* yes = std::get_if<bool>(&from.is);
    if (yes == nullptr)
      return at.wrong_kind(from, "true or false");
    into = *yes;
    return true;
  }
};

template <class T>
requires std::unsigned_integral<T> &&(!std::same_as<T, bool>)struct codec<T> {
  static std::string type() { return "whole number"; }
  static std::string show(T from) { return std::to_string(from); }
  static bool read(const slot& at, const value& from, T& into) {
    auto* number = std::get_if<std::int64_t>(&from.is);
    if (number == nullptr)
      return at.wrong_kind(from, "a whole number");
    auto least = at.of.about.least, most = at.of.about.most;
    if (least == most)
      most = static_cast<std::int64_t>(std::min<std::uint64_t>(std::numeric_limits<T>::max(), INT64_MAX));
    if (*number < least || *number > most)
      return at.wrong(from.at, "is " + std::to_string(*number) + (at.of.unit.empty() ? "" : " " + at.of.unit),
                      "must be " + std::to_string(least) + " to " + std::to_string(most));
    into = static_cast<T>(*number);
    return true;
  }
};

template <class Period>
struct codec<std::chrono::duration<std::int64_t, Period>> {
  using duration = std::chrono::duration<std::int64_t, Period>;
  static std::string type() { return "whole number"; }
  static std::string unit() { return std::is_same_v<duration, seconds> ? "s" : "ms"; }
  static std::string show(duration from) { return std::to_string(from.count()); }
  static bool read(const slot& at, const value& from, duration& into) {
    std::uint64_t count = 0;
    if (!codec<std::uint64_t>::read(at, from, count))
      return false;
    into = duration(static_cast<std::int64_t>(count));
    return true;
  }
};

template <>
struct codec<std::string> {
  static std::string type() { return "text"; }
  static std::string show(const std::string& from) { return literal(from); }
  static bool read(const slot& at, const value& from, std::string& into) {
    auto* text = std::get_if<std::string>(&from.is);
    if (text == nullptr)
      return at.wrong_kind(from, "text");
    if (text->empty() && !at.of.about.empty)
      return at.wrong(from.at, "is empty");
    auto what = at.of.about.wrong == nullptr || text->empty() ? std::string{} : at.of.about.wrong(*text);
    if (!what.empty())
      return at.wrong(from.at, what);
    into = *text;
    return true;
  }
};

template <class T>
struct enumeration; ///< values(), type()

template <class T>
requires std::is_enum_v<T>
struct codec<T> {
  static std::string type() {
    std::string out = "one of ";
    for (auto candidate : enumeration<T>::values)
      out += (candidate == enumeration<T>::values[0] ? "" : ", ") + literal(to_string(candidate));
    return out;
  }
  static std::string show(T from) { return literal(to_string(from)); }
  static bool read(const slot& at, const value& from, T& into) {
    auto* text = std::get_if<std::string>(&from.is);
    if (text == nullptr)
      return at.wrong_kind(from, "text");
    std::vector<std::string_view> names;
    for (auto candidate : enumeration<T>::values) {
      names.push_back(to_string(candidate));
      if (names.back() == *text) {
        into = candidate;
        return true;
      }
    }
    return at.wrong(from.at, "is " + literal(*text) + ", which is not known", did_you_mean(*text, names));
  }
};

template <>
struct codec<endpoint> {
  static std::string type() { return "HOST:PORT"; }
  static std::string show(const endpoint& from) { return literal(from.text()); }
  static bool read(const slot& at, const value& from, endpoint& into) {
    auto* text = std::get_if<std::string>(&from.is);
    if (text == nullptr)
      return at.wrong_kind(from, "text");
    if (text->empty() && at.of.about.empty)
      return into = {}, true;
    auto read = read_endpoint(*text);
    if (!read)
      return at.wrong(from.at, read.error());
    into = *read;
    return true;
  }
};

template <>
struct codec<listener> {
  static std::string type() { return "listener URL"; }
  static std::string show(const listener& from) { return literal(from.url()); }
  static bool read(const slot& at, const value& from, listener& into) {
    auto* text = std::get_if<std::string>(&from.is);
    if (text == nullptr)
      return at.wrong_kind(from, "text");
    auto read = read_listener(*text);
    if (!read)
      return at.wrong(from.at, read.error());
    into = *read;
    return true;
  }
};

template <class T>
struct codec<std::vector<T>> {
  static std::string type() { return "list of " + codec<T>::type(); }
  static std::string show(const std::vector<T>& from) {
    std::string out = "[";
    for (auto& element : from)
      out += (&element == &from.front() ? "" : ", ") + codec<T>::show(element);
    return out + "]";
  }
  static bool read(const slot& at, const value& from, std::vector<T>& into) {
    auto* elements = std::get_if<list>(&from.is);
    if (elements == nullptr)
      return at.wrong_kind(from, "a list");
    if (elements->empty() && !at.of.about.empty)
      return at.wrong(from.at, "is empty");
    std::vector<T> out;
    bool ok = true;
    for (auto& element : *elements)
      ok = read_element(at, element, out) && ok;
    if (ok)
      into = std::move(out);
    return ok;
  }

private:
  static bool read_element(const slot& at, const value& from, std::vector<T>& out) {
    slot inner{at.in, at.of, at.key + "[" + std::to_string(out.size()) + "]"};
    at.in.places[inner.key] = from.at;
    T element{};
    if (!codec<T>::read(inner, from, element))
      return false;
    if (std::find(out.begin(), out.end(), element) != out.end())
      return at.wrong(from.at, "names " + codec<T>::show(element) + " twice", "take one out");
    out.push_back(std::move(element));
    return true;
  }
};

/// [sip.advertise]: "LISTENER URL" = "HOST" or "HOST:PORT".
template <>
struct codec<std::vector<advertisement>> {
  static std::string type() { return "table of listener URL = HOST or HOST:PORT"; }
  static std::string show(const std::vector<advertisement>& from);
  static bool read(const slot& at, const value& from, std::vector<advertisement>& into);
};

/// { name = "sip:...", capabilities = [1, 2] }
template <>
struct codec<scscf_choice> {
  static std::string type() { return "{name, capabilities}"; }
  static std::string show(const scscf_choice& from);
  static bool read(const slot& at, const value& from, scscf_choice& into);
};

/// { id = 1, name = "node-a", link = "192.0.2.1:4500" }
template <>
struct codec<cluster_node> {
  static std::string type() { return "{id, name, link}"; }
  static std::string show(const cluster_node& from);
  static bool read(const slot& at, const value& from, cluster_node& into);
};

/// { access = ["udp://192.0.2.10"], core = ["udp://192.0.2.10:5070"], interface = "eth0" }
template <>
struct codec<cluster_group> {
  static std::string type() { return "{access, core, interface}"; }
  static std::string show(const cluster_group& from);
  static bool read(const slot& at, const value& from, cluster_group& into);
};

/// { identity = "hss.ims.example", address = "192.0.2.9:3868", tls = true }
template <>
struct codec<diameter_peer> {
  static std::string type() { return "{identity, address, tls}"; }
  static std::string show(const diameter_peer& from);
  static bool read(const slot& at, const value& from, diameter_peer& into);
};

/// { realm = "ims.example", peers = ["hss1.ims.example"], backup = ["hss2.ims.example"] }
template <>
struct codec<diameter_route> {
  static std::string type() { return "{realm, peers, backup}"; }
  static std::string show(const diameter_route& from);
  static bool read(const slot& at, const value& from, diameter_route& into);
};

/// { id = 16777251, vendor = 10415, accounting = false }
template <>
struct codec<diameter_application> {
  static std::string type() { return "{id, vendor, accounting}"; }
  static std::string show(const diameter_application& from);
  static bool read(const slot& at, const value& from, diameter_application& into);
};

} // namespace troupe::config
