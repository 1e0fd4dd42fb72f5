// Any octets from a peer, cut where the input says: the link never delivers more than its window, and holds no more than
// one frame besides.
#include <cstdlib>
#include <string>

#include "cluster/link/entity.hpp"
#include "cluster/link/link.hpp"

using namespace troupe;
using namespace troupe::cluster;

namespace {

void require(bool what) {
  if (!what)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2)
    return 0;
  link_policy policy;
  policy.cluster = "c";
  policy.self = node_id{2};
  policy.life = 9;
  policy.limits = {{{600, 4, 1'000, 8}, {2'000, 8, 4'000, 16}}};
  instant now{1'000};
  auto s = on(make_link(node_id{1}, 1), link_event::start{}, now, policy).next;
  hello h{1, 1, "c", node_id{1}, node_id{2}, 5, 0, {}};
  h.windows = {{{0, 600, 4}, {0, 2'000, 8}}};
  s = on(std::move(s), link_event::greeted{1, h}, now, policy).next;
  for (int i = 0; i < 4; ++i)
    s = on(std::move(s), link_event::send{{frame_kind::entity, {}, 0, "message"}}, now, policy).next;
  s = on(std::move(s), link_event::drain{100}, now, policy).next;

  auto piece = std::size_t{data[0]} + 1;
  std::string_view in(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::uint64_t held = 0;
  while (!in.empty() && s.at == node_link::phase::open) {
    auto octets = in.substr(0, piece);
    in.remove_prefix(octets.size());
    auto got = on(std::move(s), link_event::received{1, octets}, now, policy);
    s = std::move(got.next);
    for (auto& e : got.effects)
      if (auto* d = std::get_if<link_effect::deliver>(&e)) {
        held += d->octets;
        for (auto& m : d->messages) {
          decode_entity_message(m.octets);
          decode_not_owner(m.octets);
        }
      }
    require(held <= policy.limits[0].octets + policy.limits[1].octets);
    require(s.in.left() <= largest_frame + frame_header + octets.size());
    require(s.control.size() <= largest_message + 64);
  }
  frame_reader raw(largest_frame);
  raw.feed({reinterpret_cast<const char*>(data), size});
  while (auto f = raw.next())
    if (f->kind == frame_kind::hello)
      if (auto read = decode_hello(f->content))
        require(decode_hello(encode(*read)) == read);
  return 0;
}
