#include "protocols/diameter/fields.hpp"

#include <algorithm>

namespace troupe::diameter {

void field_reader::wrong(std::uint32_t result, const avp_definition& d, const avp_view& avp) {
  if (fault_)
    return;
  auto length = result == code::invalid_avp_length;
  fault_ = failure{result, length ? empty_avp(d) : copy_of(avp),
                   std::string(d.name) + (length ? " has a wrong length" : " has a value that it cannot have")};
}

void field_reader::refuse_value(const avp_definition& d) {
  if (auto avp = in_.find(d))
    wrong(code::invalid_avp_value, d, *avp);
}

std::optional<std::uint32_t> field_reader::number(const avp_definition& d, const avp_view& avp) {
  auto value = to_unsigned32(avp.value);
  if (!value)
    wrong(code::invalid_avp_length, d, avp);
  return value;
}

std::optional<std::uint64_t> field_reader::number64(const avp_definition& d, const avp_view& avp) {
  auto value = to_unsigned64(avp.value);
  if (!value)
    wrong(code::invalid_avp_length, d, avp);
  return value;
}

void field_reader::get(const avp_definition& d, const avp_view& avp, bool& value) {
  auto given = number(d, avp);
  if (given && *given > 1)
    wrong(code::invalid_avp_value, d, avp);
  value = given == 1u;
}

void field_reader::get(const avp_definition& d, const avp_view& avp, address& value) {
  if (auto given = to_address(avp.value))
    value = std::move(*given);
  else
    wrong(code::invalid_avp_length, d, avp);
}

void field_reader::octets(const avp_definition& d, std::string& value, std::initializer_list<std::size_t> sizes) {
  auto avp = in_.find(d);
  if (!avp)
    return;
  if (std::ranges::find(sizes, avp->value.size()) == sizes.end())
    return wrong(code::invalid_avp_value, d, *avp);
  value = avp->value;
}

void field_reader::bit(const avp_definition& d, unsigned number, bool& value) {
  std::uint32_t bits = 0;
  (*this)(d, bits);
  value = bits >> number & 1;
}

void field_reader::presence(const avp_definition& d, bool& value) {
  auto avp = in_.find(d);
  if (!avp)
    return;
  auto given = number(d, *avp);
  if (given && *given != 0)
    wrong(code::invalid_avp_value, d, *avp);
  value = given == 0u;
}

} // namespace troupe::diameter
