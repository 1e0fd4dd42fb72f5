#include "actors/dialog/own_requests.hpp"

#include "actors/dialog/entrance.hpp"
#include "protocols/sip/proxy.hpp"

namespace troupe {

void own_requests::connect(transports& net, transaction_table& transactions, locator& addresses) {
  net_ = &net;
  transactions_ = &transactions;
  addresses_ = &addresses;
}

void own_requests::send(sip::message request, answered done) {
  auto number = next_++;
  auto& p = pending_[number];
  p.request = std::move(request);
  p.done = std::move(done);
  sip::count_hop(p.request);
  if (next_here(p.request, own_))
    return send_over(number, {transport::local, sip::side::core, 0, home_.index(), 0, 0, {}});
  std::vector<candidate> found;
  auto now = addresses_->locate(sip::next_hop(p.request), p.request.size_hint() + 200, found,
                                [this, number](std::vector<candidate> late) {
                                  if (auto still = pending_.find(number); still != pending_.end()) {
                                    still->second.candidates.assign(late.rbegin(), late.rend());
                                    go(number);
                                  }
                                });
  if (!now)
    return;
  p.candidates.assign(found.rbegin(), found.rend());
  go(number);
}

void own_requests::go(std::uint32_t number) {
  auto& p = pending_.at(number);
  while (!p.candidates.empty()) {
    auto next = std::move(p.candidates.back());
    p.candidates.pop_back();
    for (auto where : {sip::side::core, sip::side::access})
      if (auto over = net_->flow_to(next.by, where, next.to, next.host))
        return send_over(number, *over);
  }
  finish(number, 503, nullptr);
}

void own_requests::send_over(std::uint32_t number, const flow& over) {
  auto request = pending_.at(number).request;
  // Any hash of this shard's will do: it only brings the response back here.
  auto hash = home_.random().next() / shards_ * shards_ + home_.index();
  call_id id{{0, hash}, sip::half::none, own_request_stage};
  auto branch =
      sip::make_branch({sip::token_use::via, id.half, sip::side::core, id.stage, number, id.key}, own_.secret);
  std::string sent_by = own_.local_host;
  if (over.transport != transport::local) {
    auto& from = net_->of(over);
    sent_by = from.public_host + ':' + std::to_string(from.public_port);
  }
  sip::push_via(request, via_name(over.transport), sent_by, branch, over.transport == transport::udp);
  transactions_->make_client(branch, make_ref<const sip::message>(std::move(request)), {}, over, id, number);
}

void own_requests::on(const to_call::response& m) {
  if (m.message->status() >= 200)
    finish(m.branch, m.message->status(), m.message.get());
}

void own_requests::on(const to_call::branch_failed& m) {
  auto p = pending_.find(m.branch);
  if (p == pending_.end())
    return;
  if (!p->second.candidates.empty())
    return go(m.branch);
  finish(m.branch, m.timeout ? 408 : 503, nullptr);
}

void own_requests::finish(std::uint32_t number, int status, const sip::message* response) {
  auto p = pending_.extract(number);
  if (!p.empty() && p.mapped().done)
    p.mapped().done(status, response);
}

} // namespace troupe
