#include "protocols/diameter/builder.hpp"

#include <stdexcept>

namespace troupe::diameter {
namespace {

void put(std::string& out, std::uint64_t value, std::size_t size) {
  while (size-- > 0)
    out += static_cast<char>(value >> 8 * size);
}

void set_length(std::string& out, std::size_t at, std::size_t value) {
  out[at] = static_cast<char>(value >> 16);
  out[at + 1] = static_cast<char>(value >> 8);
  out[at + 2] = static_cast<char>(value);
}

bool is_number(avp_type type) noexcept {
  return type == avp_type::unsigned32 || type == avp_type::integer32 || type == avp_type::enumerated ||
         type == avp_type::time || type == avp_type::float32;
}

bool is_octets(avp_type type) noexcept {
  return type == avp_type::octet_string || type == avp_type::utf8_string || type == avp_type::identity ||
         type == avp_type::uri || type == avp_type::ip_filter_rule;
}

} // namespace

builder::builder(std::string& out, const header& h) : out_(out), from_(out.size()) {
  out_.append({'\x01', 0, 0, 0});
  put(out_, h.flags, 1);
  put(out_, h.command, 3);
  put(out_, h.application, 4);
  put(out_, h.hop_by_hop, 4);
  put(out_, h.end_to_end, 4);
}

void builder::expect(const avp_definition& d, bool good) const {
  if (!good)
    throw std::logic_error("builder: " + std::string(d.name) + " is of another type");
}

std::size_t builder::open(const avp_definition& d) {
  last_ = out_.size();
  put(out_, d.code, 4);
  put(out_, (d.vendor ? avp_flag::vendor : 0u) | (d.m == m_bit::must ? avp_flag::mandatory : 0u), 1);
  put(out_, 0, 3);
  if (d.vendor)
    put(out_, d.vendor, 4);
  return last_;
}

void builder::close(std::size_t from) {
  auto size = out_.size() - from;
  set_length(out_, from + 5, std::min(size, largest_avp)); // finish() refuses what is cut short here
  out_.resize(from + padded(size));
  last_ = from;
}

void builder::text(const avp_definition& d, std::string_view value) {
  expect(d, is_octets(d.type));
  auto from = open(d);
  out_ += value;
  close(from);
}

void builder::number(const avp_definition& d, std::uint32_t value) {
  expect(d, is_number(d.type));
  auto from = open(d);
  put(out_, value, 4);
  close(from);
}

void builder::number64(const avp_definition& d, std::uint64_t value) {
  expect(d, d.type == avp_type::unsigned64 || d.type == avp_type::integer64);
  auto from = open(d);
  put(out_, value, 8);
  close(from);
}

void builder::place(const avp_definition& d, const address& value) {
  expect(d, d.type == avp_type::address);
  auto from = open(d);
  put(out_, value.family, 2);
  out_ += value.octets;
  close(from);
}

void builder::raw(std::string_view octets) {
  last_ = out_.size();
  out_ += octets;
  out_.resize(last_ + padded(octets.size()));
}

void builder::mark(bool mandatory) noexcept {
  if (last_ == 0)
    return;
  auto& flags = out_[last_ + 4];
  flags = static_cast<char>(mandatory ? flags | avp_flag::mandatory : flags & ~avp_flag::mandatory);
}

outcome<void> builder::finish() {
  auto size = out_.size() - from_;
  if (size > largest_message) {
    out_.resize(from_);
    return refuse(code::unable_to_comply, "the message would be longer than this node sends");
  }
  set_length(out_, from_ + 1, size);
  return {};
}

} // namespace troupe::diameter
