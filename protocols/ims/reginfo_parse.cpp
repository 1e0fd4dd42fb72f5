// The reading half of reginfo.hpp.
#include <algorithm>

#include <pugixml.hpp>

#include "protocols/base/text.hpp"
#include "protocols/ims/reginfo.hpp"
#include "protocols/ims/reginfo_names.hpp"

namespace troupe::ims::reginfo {

namespace {

std::optional<std::uint16_t> q_value(std::string_view text) {
  auto dot = std::min(text.find('.'), text.size());
  auto whole = to_number<std::uint16_t>(text.substr(0, dot));
  std::uint16_t fraction = 0;
  std::uint16_t unit = 100;
  for (auto digits = text.substr(std::min(dot + 1, text.size())); !digits.empty(); digits.remove_prefix(1)) {
    if (!is_digit(digits.front()))
      return std::nullopt;
    fraction = static_cast<std::uint16_t>(fraction + unit * (digits.front() - '0'));
    unit /= 10;
  }
  if (!whole || *whole > 1)
    return std::nullopt;
  return static_cast<std::uint16_t>(std::min(1000, *whole * 1000 + fraction));
}

tl::unexpected<error> broken(const char* what) { return fail(std::string("reginfo: ") + what); }

std::string_view local_name(pugi::xml_node node) {
  std::string_view name = node.name();
  auto colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

template <class Enum, std::size_t Size>
std::optional<Enum> named(const std::array<std::string_view, Size>& names, pugi::xml_attribute attribute) {
  auto found = std::find(names.begin(), names.end(), trim(attribute.value()));
  if (found == names.end())
    return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

template <class Number>
std::optional<Number> number(pugi::xml_node node, const char* name) {
  return to_number<Number>(trim(node.attribute(name).value()));
}

std::string text_of(pugi::xml_node node) { return std::string(trim(node.text().get())); }

/// Some notifiers leave the quotes of the Contact field in place.
std::string without_quotes(std::string text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return text.substr(1, text.size() - 2);
  return text;
}

void read_children(pugi::xml_node node, contact& c) {
  for (auto child : node.children()) {
    auto name = local_name(child);
    if (name == "uri") {
      c.uri = text_of(child);
    } else if (name == "display-name") {
      c.display_name = text_of(child);
    } else if (name == "unknown-param" && c.unknown_params.size() < 64) {
      auto value = without_quotes(text_of(child));
      bool has_value = !value.empty();
      c.unknown_params.push_back({child.attribute("name").value(), std::move(value), has_value});
    } else if (name == "pub-gruu") {
      c.pub_gruu = child.attribute("uri").value();
    } else if (name == "temp-gruu") {
      c.temp_gruu = child.attribute("uri").value();
      c.temp_gruu_first_cseq = number<std::uint32_t>(child, "first-cseq");
    }
  }
}

result<contact> read_contact(pugi::xml_node node) {
  contact c;
  c.id = node.attribute("id").value();
  auto status = named<contact_status>(contact_states, node.attribute("state"));
  auto event = named<contact_event>(contact_events, node.attribute("event"));
  if (c.id.empty() || !status || !event)
    return broken("a contact without a known id, state and event");
  c.status = *status;
  c.event = *event;
  c.expires = number<std::uint32_t>(node, "expires");
  c.retry_after = number<std::uint32_t>(node, "retry-after");
  c.duration_registered = number<std::uint64_t>(node, "duration-registered");
  c.q = q_value(node.attribute("q").value());
  c.call_id = node.attribute("callid").value();
  c.cseq = number<std::uint32_t>(node, "cseq");
  read_children(node, c);
  if (c.uri.empty())
    return broken("a contact without a URI");
  return c;
}

result<registration> read_registration(pugi::xml_node node, const limits& most) {
  registration r;
  r.aor = trim(node.attribute("aor").value());
  r.id = node.attribute("id").value();
  auto status = named<registration_status>(registration_states, node.attribute("state"));
  if (r.aor.empty() || r.id.empty() || !status)
    return broken("a registration without a known aor, id and state");
  r.status = *status;
  for (auto child : node.children()) {
    auto name = local_name(child);
    if (name == "wildcardedIdentity")
      r.wildcard = text_of(child);
    if (name != "contact")
      continue;
    auto c = read_contact(child);
    if (!c)
      return tl::unexpected(c.error());
    r.contacts.push_back(std::move(*c));
    if (r.contacts.size() > most.contacts)
      return broken("more contacts than allowed");
  }
  return r;
}

bool too_deep(pugi::xml_node root, std::size_t limit) {
  struct walker : pugi::xml_tree_walker {
    explicit walker(std::size_t most) : limit(most) {}
    bool for_each(pugi::xml_node&) override { return static_cast<std::size_t>(depth()) < limit; }
    std::size_t limit;
  } check(limit);
  return !root.traverse(check);
}

} // namespace

result<document> parse(std::string_view xml, const limits& most) {
  if (xml.size() > most.octets)
    return broken("larger than allowed");
  pugi::xml_document tree;
  auto parsed = tree.load_buffer(xml.data(), xml.size());
  if (!parsed)
    return fail(std::string("reginfo is no XML: ") + parsed.description(),
                static_cast<std::size_t>(std::max<std::ptrdiff_t>(parsed.offset, 0)));
  if (too_deep(tree, most.depth))
    return broken("nested more deeply than allowed");
  auto root = tree.find_child([](pugi::xml_node n) { return local_name(n) == "reginfo"; });
  document d;
  auto version = number<std::uint32_t>(root, "version");
  auto state = named<document_state>(document_states, root.attribute("state"));
  if (!root || !version || !state)
    return broken("no reginfo element with version and state");
  d.version = *version;
  d.state = *state;
  for (auto node : root.children()) {
    if (local_name(node) != "registration")
      continue;
    auto r = read_registration(node, most);
    if (!r)
      return tl::unexpected(r.error());
    d.registrations.push_back(std::move(*r));
    if (d.registrations.size() > most.registrations)
      return broken("more registrations than allowed");
  }
  return d;
}

} // namespace troupe::ims::reginfo
