#include "protocols/ims/reginfo.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <pugixml.hpp>

#include "protocols/base/text.hpp"

namespace troupe::ims::reginfo {

namespace {

constexpr std::array<std::string_view, 2> document_states = {"full", "partial"};
constexpr std::array<std::string_view, 3> registration_states = {"init", "active", "terminated"};
constexpr std::array<std::string_view, 2> contact_states = {"active", "terminated"};
constexpr std::array<std::string_view, 9> contact_events = {"registered", "created",      "refreshed",
                                                            "shortened",  "expired",      "deactivated",
                                                            "probation",  "unregistered", "rejected"};

/// What XML 1.0 cannot hold becomes '?': one UE's odd Contact must not spoil the document for its watchers.
std::string sane(const std::string& text) {
  std::string out = text;
  for (std::size_t i = 0; i < out.size();) {
    auto lead = static_cast<unsigned char>(out[i]);
    std::size_t length = lead < 0x80                   ? 1
                         : lead >= 0xC2 && lead < 0xE0 ? 2
                         : lead >= 0xE0 && lead < 0xF0 ? 3
                         : lead >= 0xF0 && lead < 0xF5 ? 4
                                                       : 0;
    bool good = length != 0 && i + length <= out.size() && (lead >= 0x20 || lead == '\t') && lead != 0x7F;
    for (std::size_t k = 1; good && k < length; ++k)
      good = (static_cast<unsigned char>(out[i + k]) & 0xC0) == 0x80;
    if (!good)
      out[i] = '?';
    i += good ? length : 1;
  }
  return out;
}

void add_text(pugi::xml_node parent, const char* name, const std::string& text) {
  parent.append_child(name).text().set(sane(text).c_str());
}

void set_text(pugi::xml_node node, const char* name, const std::string& text) {
  node.append_attribute(name).set_value(sane(text).c_str());
}

template <class Number>
void set_number(pugi::xml_node node, const char* name, const std::optional<Number>& value) {
  if (value)
    node.append_attribute(name).set_value(std::to_string(*value).c_str());
}

/// "1", "0.5", "0.333": qvalue of RFC 3261 clause 25.1.
std::string q_text(std::uint16_t thousandths) {
  if (thousandths >= 1000)
    return "1";
  auto text = std::to_string(1000 + thousandths).replace(0, 1, "0.");
  while (text.back() == '0')
    text.pop_back();
  return text.back() == '.' ? "0" : text;
}

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

void write_contact(pugi::xml_node parent, const contact& c) {
  auto node = parent.append_child("contact");
  set_text(node, "id", c.id);
  node.append_attribute("state").set_value(to_string(c.status).data());
  node.append_attribute("event").set_value(to_string(c.event).data());
  set_number(node, "duration-registered", c.duration_registered);
  set_number(node, "expires", c.expires);
  set_number(node, "retry-after", c.retry_after);
  if (c.q)
    node.append_attribute("q").set_value(q_text(*c.q).c_str());
  if (!c.call_id.empty())
    set_text(node, "callid", c.call_id);
  set_number(node, "cseq", c.cseq);
  add_text(node, "uri", c.uri);
  if (!c.display_name.empty())
    add_text(node, "display-name", c.display_name);
  for (auto& p : c.unknown_params) {
    auto param = node.append_child("unknown-param");
    set_text(param, "name", p.name);
    param.text().set(sane(p.value).c_str());
  }
  if (!c.pub_gruu.empty())
    set_text(node.append_child("gr:pub-gruu"), "uri", c.pub_gruu);
  if (!c.temp_gruu.empty()) {
    auto gruu = node.append_child("gr:temp-gruu");
    set_text(gruu, "uri", c.temp_gruu);
    set_number(gruu, "first-cseq", c.temp_gruu_first_cseq);
  }
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

template <class Item>
Item* by_id(std::vector<Item>& items, const std::string& id) {
  auto found = std::find_if(items.begin(), items.end(), [&](const Item& i) { return i.id == id; });
  return found == items.end() ? nullptr : &*found;
}

void merge_registration(registration& into, const registration& from) {
  into.status = from.status;
  into.aor = from.aor;
  if (!from.wildcard.empty())
    into.wildcard = from.wildcard;
  for (auto& c : from.contacts) {
    if (auto known = by_id(into.contacts, c.id))
      *known = c;
    else
      into.contacts.push_back(c);
  }
}

void drop_terminated(std::vector<registration>& registrations) {
  for (auto& r : registrations)
    std::erase_if(r.contacts, [](const contact& c) { return c.status == contact_status::terminated; });
  std::erase_if(registrations, [](const registration& r) { return r.status == registration_status::terminated; });
}

} // namespace

std::string_view to_string(document_state s) noexcept { return document_states[static_cast<std::size_t>(s)]; }
std::string_view to_string(registration_status s) noexcept { return registration_states[static_cast<std::size_t>(s)]; }
std::string_view to_string(contact_status s) noexcept { return contact_states[static_cast<std::size_t>(s)]; }
std::string_view to_string(contact_event e) noexcept { return contact_events[static_cast<std::size_t>(e)]; }

contact_status status_after(contact_event e) noexcept {
  switch (e) {
  case contact_event::registered:
  case contact_event::created:
  case contact_event::refreshed:
  case contact_event::shortened: return contact_status::active;
  default: return contact_status::terminated;
  }
}

std::string build(const document& d) {
  pugi::xml_document xml;
  auto root = xml.append_child("reginfo");
  root.append_attribute("xmlns").set_value("urn:ietf:params:xml:ns:reginfo");
  root.append_attribute("xmlns:gr").set_value("urn:ietf:params:xml:ns:gruuinfo");
  root.append_attribute("version").set_value(std::to_string(d.version).c_str());
  root.append_attribute("state").set_value(to_string(d.state).data());
  for (auto& r : d.registrations) {
    auto node = root.append_child("registration");
    set_text(node, "aor", r.aor);
    set_text(node, "id", r.id);
    node.append_attribute("state").set_value(to_string(r.status).data());
    for (auto& c : r.contacts)
      write_contact(node, c);
    if (!r.wildcard.empty()) {
      auto wildcard = node.append_child("ere:wildcardedIdentity");
      wildcard.append_attribute("xmlns:ere").set_value("urn:3gpp:ns:extRegExp:1.0");
      wildcard.text().set(sane(r.wildcard).c_str());
    }
  }
  std::ostringstream out;
  out << "<?xml version=\"1.0\"?>\n";
  xml.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  return out.str();
}

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

merge_result merge(view& v, const document& d) {
  if (v.have_full && d.version <= v.version)
    return merge_result::old;
  if (d.state == document_state::partial && (!v.have_full || d.version != v.version + 1))
    return merge_result::missing;
  if (d.state == document_state::full)
    v.registrations = d.registrations;
  else
    for (auto& r : d.registrations) {
      if (auto known = by_id(v.registrations, r.id))
        merge_registration(*known, r);
      else
        v.registrations.push_back(r);
    }
  drop_terminated(v.registrations);
  v.version = d.version;
  v.have_full = true;
  return merge_result::taken;
}

} // namespace troupe::ims::reginfo
