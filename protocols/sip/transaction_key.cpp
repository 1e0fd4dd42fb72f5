#include "protocols/sip/transaction_key.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "protocols/base/text.hpp"

namespace troupe::sip {

namespace {

/// The parts, each with its length, in a fixed buffer; a long part stands in as its two hashes.
class parts_text {
public:
  explicit parts_text(const siphash_key& secret, char kind) noexcept : secret_(secret), other_(secret) {
    other_[0] ^= 0x646f7562'6c652d31u;
    other_[1] ^= 0x6b657920'74776f32u;
    octets_[size_++] = kind;
  }

  void text(std::string_view part) noexcept {
    if (part.size() > longest)
      return hashed(part);
    octets_[size_++] = static_cast<char>(part.size());
    std::copy(part.begin(), part.end(), octets_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += part.size();
  }
  void lowered(std::string_view part) noexcept {
    if (part.size() > longest)
      return hashed(part);
    octets_[size_++] = static_cast<char>(part.size());
    for (char c : part)
      octets_[size_++] = lower(c);
  }
  void number(std::uint64_t value) noexcept {
    std::memcpy(octets_.data() + size_, &value, sizeof value);
    size_ += sizeof value;
  }
  transaction_key key() const noexcept {
    std::string_view all(octets_.data(), size_);
    return {siphash(secret_, all), siphash(other_, all)};
  }

private:
  static constexpr std::size_t longest = 100;

  /// Case is left as it is: a repeated message of this kind is the same octet by octet.
  void hashed(std::string_view part) noexcept {
    octets_[size_++] = static_cast<char>(0xff);
    number(siphash(secret_, part));
    number(siphash(other_, part));
  }

  siphash_key secret_, other_;
  std::array<char, 640> octets_;
  std::size_t size_ = 0;
};

std::string_view transaction_method(std::string_view method) { return method == "ACK" ? "INVITE" : method; }

std::uint16_t default_port(std::string_view transport) {
  return starts_with_nocase(transport, "TLS") || equal_nocase(transport, "WSS") ? 5061 : 5060;
}

result<transaction_key> key_as(const siphash_key& secret, const message& request, std::string_view method) {
  auto top = top_via(request);
  if (!top)
    return tl::unexpected(top.error());
  if (auto branch = top_branch(request); has_magic_cookie(branch))
    return server_key(secret, {branch, top->host, top->port.value_or(default_port(top->transport))}, method);
  auto sequence = cseq_of(request);
  if (!sequence)
    return tl::unexpected(sequence.error());
  legacy_parts parts{
      request.uri(),   from_tag(request), to_tag(request), request.value(hdr::call_id), first_value(request, hdr::via),
      sequence->number};
  return legacy_server_key(secret, parts, method);
}

} // namespace

bool has_magic_cookie(std::string_view branch) noexcept {
  return branch.size() > 7 && starts_with_nocase(branch, "z9hG4bK");
}

transaction_key server_key(const siphash_key& secret, const branch_parts& parts, std::string_view method) noexcept {
  parts_text text(secret, 's');
  text.lowered(parts.branch);
  text.lowered(parts.host);
  text.number(parts.port);
  text.text(transaction_method(method));
  return text.key();
}

transaction_key legacy_server_key(const siphash_key& secret, const legacy_parts& parts,
                                  std::string_view method) noexcept {
  auto as = transaction_method(method);
  parts_text text(secret, '2');
  text.text(parts.request_uri);
  text.text(parts.from_tag);
  text.text(as == "INVITE" ? std::string_view{} : parts.to_tag);
  text.text(parts.call_id);
  text.text(parts.top_via);
  text.number(parts.cseq);
  text.text(as);
  return text.key();
}

transaction_key client_key(const siphash_key& secret, std::string_view branch, std::string_view cseq_method) noexcept {
  parts_text text(secret, 'c');
  text.text(branch); // of our making: who changes its case has changed it
  text.text(cseq_method);
  return text.key();
}

result<transaction_key> server_key_of(const siphash_key& secret, const message& request) {
  return key_as(secret, request, request.method_name());
}

result<transaction_key> cancelled_key_of(const siphash_key& secret, const message& cancel) {
  return key_as(secret, cancel, "INVITE");
}

result<transaction_key> client_key_of(const siphash_key& secret, const message& response) {
  auto branch = top_branch(response);
  if (branch.empty())
    return fail("no branch");
  auto sequence = cseq_of(response);
  if (!sequence)
    return tl::unexpected(sequence.error());
  return client_key(secret, branch, sequence->method_name);
}

} // namespace troupe::sip
