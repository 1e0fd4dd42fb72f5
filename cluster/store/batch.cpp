#include "cluster/store/batch.hpp"

namespace troupe::store {

void batch::add(change::what does, entity_view id, const record& value, std::string_view reason) {
  entries_.push_back({does, id.type, value.version, value.deadline, octets_.size(),
                      static_cast<std::uint32_t>(id.key.size()), static_cast<std::uint32_t>(value.value.size()),
                      static_cast<std::uint32_t>(reason.size())});
  octets_ += id.key;
  octets_ += value.value;
  octets_ += reason;
}

change batch::operator[](std::size_t index) const noexcept {
  auto& from = entries_[index];
  std::string_view rest = std::string_view(octets_).substr(from.at);
  auto key = rest.substr(0, from.key);
  auto value = rest.substr(from.key, from.value);
  return {from.does,
          {from.type, key},
          {from.version, from.deadline, value},
          rest.substr(from.key + from.value, from.reason)};
}

} // namespace troupe::store
