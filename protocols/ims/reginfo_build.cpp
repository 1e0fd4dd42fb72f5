// The writing half of reginfo.hpp.
#include <sstream>

#include <pugixml.hpp>

#include "protocols/ims/reginfo.hpp"

namespace troupe::ims::reginfo {

namespace {

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

} // namespace

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

} // namespace troupe::ims::reginfo
