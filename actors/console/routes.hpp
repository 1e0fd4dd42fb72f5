// What each path of the admin interface answers.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "actors/console/http.hpp"
#include "actors/console/source.hpp"
#include "actors/console/views.hpp"

namespace troupe::console {

class routes {
public:
  routes(source& of, std::string token) : source_(of), token_(std::move(token)) {}

  void add_to(httplib::Server& server);
  void count_refused() noexcept { refused_.fetch_add(1, std::memory_order_relaxed); }

private:
  using request = httplib::Request;
  using response = httplib::Response;

  /// Before the body is read: may this be asked at all?
  bool admitted(const request& q, response& to);
  bool knows_token(const request& q) const;

  void health(response& to);
  void ready(response& to);
  void metrics_page(response& to);
  void status(response& to);
  void nodes(response& to);
  void registrations(const request& q, response& to);
  void registration(const std::string& id, response& to);
  void calls(const request& q, response& to);
  void call(const std::string& id, response& to);
  void peers(response& to);
  void subscribers(const request& q, response& to);
  void subscriber(const std::string& id, response& to);
  void import_subscribers(const request& q, response& to);
  void put_subscriber(const std::string& id, const request& q, response& to);
  void remove_subscriber(const std::string& id, response& to);
  void drain(response& to);

  void answer(response& to, const result<import_facts>& done);
  scrape gather(milliseconds patience);
  bool has_hss(response& to);

  source& source_;
  std::string token_;
  std::atomic<std::uint64_t> requests_{0}, refused_{0};
};

} // namespace troupe::console
