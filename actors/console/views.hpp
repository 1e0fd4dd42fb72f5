// The admin interface's JSON: one function for each kind of thing that it shows. Times are RFC 3339 in UTC.
#pragma once

#include <nlohmann/json.hpp>

#include "actors/console/metrics_text.hpp"
#include "actors/console/source.hpp"

namespace troupe::console {

using json = nlohmann::ordered_json;

json view(const scrape& status, instant now);
json view(const registration_facts& r);
json view(const call_facts& c);
json view(const peer_facts& p);
json view(const cluster_facts& c);
json view(const link_facts& l);
json view(const subscriber_facts& s);
json view(const import_facts& i);
inline json view(const std::string& text) { return text; }

template <class Item>
json view(const listing<Item>& list) {
  json out{{"items", json::array()}, {"next", list.next.empty() ? json() : json(list.next)}};
  for (auto& each : list.items)
    out["items"].push_back(view(each));
  if (list.partial)
    out["partial"] = true;
  return out;
}

/// Octets that are no UTF-8 become U+FFFD: what phones send must not break the answer.
std::string text_of(const json& value);

/// A TOML basic string on one line.
std::string toml_text(const std::string& text);
/// A subscriber in JSON as a [[subscriber]] table in TOML, for hss::read_subscribers. `impi` is put in where it is absent.
/// Throws std::invalid_argument with a sentence.
std::string subscriber_toml(json value, const std::string& impi);

} // namespace troupe::console
