// Subscriptions to the registration event package at the S-CSCF: RFC 3680, RFC 6665 clause 4.2, TS 24.229 clause
// 5.4.2.1.
//
// A watcher counts its documents (version) and its NOTIFYs (CSeq). Both are advanced in the value before the NOTIFY
// leaves, so that one that is sent again by a successor never carries a number that was used.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/ims/registrar.hpp"

namespace troupe::ims {

struct watcher {
  std::string call_id;
  std::string local_tag;
  std::string remote_tag;
  std::string local_uri;           ///< To of the SUBSCRIBE, From of NOTIFYs
  std::string remote_uri;          ///< From of the SUBSCRIBE, To of NOTIFYs
  std::string target;              ///< Contact of the SUBSCRIBE: Request-URI of NOTIFYs
  std::vector<std::string> routes; ///< Route values of NOTIFYs, the first on top
  std::string event_id;            ///< id parameter of Event; empty if none
  std::string subscriber;          ///< canonical: who was let in
  std::uint32_t local_cseq = 0;    ///< of the last NOTIFY
  std::uint32_t remote_cseq = 0;   ///< of the last SUBSCRIBE
  std::uint32_t next_version = 0;
  bool full_next = true; ///< the next document is a full one
  instant expires_at;
  std::string unknown;
  friend bool operator==(const watcher&, const watcher&) = default;
};

struct watcher_list {
  std::vector<watcher> all;
  std::string unknown;
  friend bool operator==(const watcher_list&, const watcher_list&) = default;
};

struct watcher_policy {
  std::uint32_t min_expires = 60;
  std::uint32_t default_expires = 3'761; ///< RFC 3680 clause 4.4
  std::uint32_t max_expires = 600'000;   ///< what TS 24.229 UEs ask for (clause 5.1.1.3)
  std::size_t max_watchers = 32;         ///< of one set; one more gets 403
};

/// A SUBSCRIBE as the notifier reads it.
struct subscribe_request {
  std::uint64_t ticket = 0;
  instant at;
  std::string call_id;
  std::string remote_tag;
  std::string local_tag; ///< empty: it begins a dialog
  std::uint32_t cseq = 0;
  std::string local_uri;
  std::string remote_uri;
  std::string target;
  std::vector<std::string> routes;
  std::string package;
  std::string event_id;
  bool accepts_reginfo = true;
  std::optional<std::uint32_t> expires;
  std::string resource;              ///< canonical form of the Request-URI of an initial one
  std::vector<std::string> asserted; ///< canonical forms of P-Asserted-Identity
};
result<subscribe_request> read_subscribe(const sip::message& request, instant at, std::uint64_t ticket);

/// Clause 5.4.2.1.1: the set's own identities that are not barred, a P-CSCF that stands in a Path, an AS of the
/// filter criteria. The answer is the asserted identity that lets in; nothing when none does.
std::optional<std::string> authorised(const registration_set& set, const std::vector<std::string>& asserted);

/// What the registration looks like: full, or only what `change` says. RFC 3680 clause 5; TS 24.229 clause 5.4.2.1.2.
reginfo::document describe(const registration_set& set, const registration_change* change, instant at,
                           reginfo::document_state state, std::uint32_t version);

namespace watcher_event {
struct subscribing {
  subscribe_request request;
  std::string fresh_tag; ///< the dialog's local tag, if one begins
};
struct changed {
  registration_change what;
};
/// A NOTIFY's final response other than 2xx, or 408 when none came.
struct notify_failed {
  std::string call_id;
  std::string local_tag;
  int status = 408;
};
struct time_passed {
  instant at;
};
/// The value was taken over from another node: what it sent last is not known for certain.
struct recovered {
  instant at;
};
} // namespace watcher_event
using watcher_event_type =
    std::variant<watcher_event::subscribing, watcher_event::changed, watcher_event::notify_failed,
                 watcher_event::time_passed, watcher_event::recovered>;

namespace watcher_effect {
struct accept {
  std::uint64_t ticket = 0;
  std::uint32_t expires = 0;
  std::string local_tag;
};
struct refuse {
  std::uint64_t ticket = 0;
  int status = 403;
  std::uint32_t min_expires = 0; ///< with 423
};
/// NOTIFY with the dialog's counters as they stand in `to`.
struct notify {
  watcher to;
  std::string subscription_state; ///< the field's value
  std::string body;               ///< application/reginfo+xml
};
} // namespace watcher_effect
using watcher_effect_type = std::variant<watcher_effect::accept, watcher_effect::refuse, watcher_effect::notify>;

struct watcher_step {
  watcher_list next;
  std::vector<watcher_effect_type> effects;
};

/// `set` as it is after the change that an event tells.
watcher_step on(const watcher_list& list, const watcher_event_type& event, const registration_set& set,
                const watcher_policy& policy);

std::optional<instant> deadline_of(const watcher_list& list) noexcept;

/// The NOTIFY without Via, Max-Forwards and Contact.
sip::message make_notify(const watcher_effect::notify& n);

/// Appends the stored form; or answers it.
void encode_to(std::string& out, const watcher_list& list);
std::string encode(const watcher_list& list);
std::optional<watcher_list> decode_watchers(std::string_view octets);

} // namespace troupe::ims
