// A SIP message: RFC 3261 clause 7.
//
// Two needs pull apart: a message is received once and read by many (transaction, call, roles), and each hop sends
// it on with a few lines changed. So a message is a value whose texts are views into shared, counted, append-only
// storage: copying one copies the list of fields, not the octets, and an edit appends its text to the copy's own
// storage. What nobody edits leaves byte for byte as it came (folded lines have their CRLF turned into spaces).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/ref.hpp"
#include "protocols/base/result.hpp"
#include "protocols/sip/core_values.hpp"
#include "protocols/sip/names.hpp"

namespace troupe::sip {

/// Octets that messages view. Filled at its end while it has one holder; never moved.
class storage : public counted {
public:
  static ref<storage> make(std::size_t capacity);
  static void destroy(const storage* s) noexcept;

  /// Nothing (a null data()) when `text` does not fit any more.
  std::string_view append(std::string_view text) noexcept;
  char* data() noexcept { return reinterpret_cast<char*>(this + 1); }
  std::size_t used() const noexcept { return used_; }
  std::size_t capacity() const noexcept { return capacity_; }
  void set_used(std::size_t n) noexcept { used_ = static_cast<std::uint32_t>(n); }

private:
  explicit storage(std::size_t capacity) noexcept : capacity_(static_cast<std::uint32_t>(capacity)) {}

  std::uint32_t used_ = 0;
  std::uint32_t capacity_;
};

/// Name and value lie in one piece of storage with what stands between them: that is the line, as write() copies it.
/// Made by message only.
struct field {
  hdr id = hdr::other;
  std::string_view name;  ///< as it came, or the long form
  std::string_view value; ///< without surrounding white space; may be empty
};

class message : public counted {
public:
  message() = default;
  /// Shares the octets; has room for a few more fields.
  message(const message& other);
  message(message&&) noexcept = default;
  message& operator=(const message& other);
  message& operator=(message&&) noexcept = default;
  ~message() = default;

  static message request(std::string_view method_name, std::string_view uri);
  /// With the reason phrase of the registry when `reason` is empty.
  static message response(int status, std::string_view reason = {});

  // -- start line ---------------------------------------------------------------------------------------------
  bool is_request() const noexcept { return status_ == 0; }
  sip::method method() const noexcept { return method_; } ///< of a request; method::other in a response
  std::string_view method_name() const noexcept { return start_a_; }
  std::string_view uri() const noexcept { return start_b_; }
  int status() const noexcept { return status_; } ///< 100 to 699; 0 in a request; 999 where parse() could not read it
  std::string_view reason() const noexcept { return start_b_; }
  /// The start line of a request, or of what becomes one.
  void set_method(std::string_view method_name);
  void set_uri(std::string_view uri);
  /// The start line of a response, or of what becomes one.
  void set_status(int status, std::string_view reason = {});

  // -- fields, in the order of the wire -----------------------------------------------------------------------
  const std::vector<field>& fields() const noexcept { return fields_; }
  std::string_view body() const noexcept { return body_; }

  /// The first field of this name, or null.
  const field* find(hdr id) const noexcept;
  const field* find(std::string_view name) const noexcept; ///< for names without a hdr; case-insensitive
  bool has(hdr id) const noexcept { return find(id) != nullptr; }
  /// The first field's value; empty when there is none.
  std::string_view value(hdr id) const noexcept;
  std::size_t count(hdr id) const noexcept; ///< fields, not values
  /// What parse() has read of the core fields; empty in a message that was made or edited there. Readers: values.hpp.
  const core_values& already_read() const noexcept { return read_; }

  // -- edits --------------------------------------------------------------------------------------------------
  // A CR or LF in a name, value, URI or reason becomes a space: no text can smuggle in a line.
  // An id is never hdr::other here (std::invalid_argument).
  /// Replaces the first field's value and removes the others; adds the field at the end when there was none.
  void set(hdr id, std::string_view value);
  void set(std::string_view name, std::string_view value);
  /// Behind the last field of this name, else at the end.
  void add(hdr id, std::string_view value);
  void add(std::string_view name, std::string_view value);
  /// Before the first field of this name; a new Via, Route, Record-Route or Path thus becomes the topmost. Where there
  /// is none: Via goes to the very top, others behind the last Via.
  void prepend(hdr id, std::string_view value);
  /// All fields of this name. Answers how many went.
  std::size_t remove(hdr id);
  std::size_t remove(std::string_view name);
  /// The first value of a list field, with its line if it was the only one in it. False when there was none.
  bool remove_first_value(hdr id);
  /// Replaces the first value of a list field in place, leaving others in its line. False when there was none.
  bool replace_first_value(hdr id, std::string_view value);
  /// Keeps the fields for which `keep_it(field)` is true.
  template <class Predicate>
  std::size_t remove_if(Predicate pred) {
    read_ = {};
    return std::erase_if(fields_, pred);
  }
  /// Sets body and Content-Type; Content-Length is always written by write(). An empty body removes both.
  void set_body(std::string_view content_type, std::string_view body);

  /// Copies `text` into the message's storage, unless it lies there already; the view lives as long as any message
  /// that shares it.
  std::string_view keep(std::string_view text);
  /// Like keep, of several pieces joined, without a temporary.
  std::string_view keep(std::initializer_list<std::string_view> pieces);

  /// Appends the octets for the wire. Content-Length is computed (RFC 3261 clause 20.14): one that stands in the
  /// fields stays in its place when it is right, else it is left out and a right one closes the header.
  void write(std::string& out) const;
  std::string to_string() const;
  /// Octets that write() will append, at least.
  std::size_t size_hint() const noexcept;

private:
  friend class parser;

  bool holds(std::string_view text) const noexcept;
  std::string_view keep_in_line(std::string_view text);
  char* room_for(std::size_t octets);
  field line(hdr id, std::string_view name, std::string_view value, std::string_view more = {});
  void write_fields(std::string& out) const;
  void insert_behind_last(hdr id, std::string_view name, std::string_view value);
  void edited(hdr id) noexcept;

  sip::method method_ = method::other;
  std::uint16_t status_ = 0;
  std::string_view start_a_; // request: method; response: unused
  std::string_view start_b_; // request: URI; response: reason
  std::string_view body_;
  std::vector<field> fields_;
  core_values read_;
  ref<storage> octets_;              // as received, if so
  ref<storage> edits_;               // appended to while this message is its only holder
  std::vector<ref<storage>> former_; // edits of the messages that this one was copied from, and filled ones
};

using message_ref = ref<const message>;

/// What came of octets: always the message as far as it could be read, and what was wrong with it, if anything.
/// With a fault whose status is not 0 the message is a request that can be answered: its topmost Via was readable and
/// it is no ACK. From, To, Call-ID or CSeq may be what is wrong with it. With status 0 it can only be dropped and
/// counted.
struct parsed {
  ref<message> msg;
  std::optional<error> fault;
};

struct parse_limits {
  std::size_t fields = 256;     ///< header lines
  std::size_t line = 16 * 1024; ///< octets of one header field, folds included
};

/// A datagram, or one framed message of a stream. Takes the storage that holds exactly these octets and unfolds
/// lines in place. Checks the start line, that the mandatory fields are there once and well-formed, each Via and Contact,
/// CSeq against the method, Content-Length against what is there (RFC 3261 clauses 7, 8.1.1, 18.3; RFC 4475 for what
/// must be refused, and with which status). Header fields that this element need not understand are not looked into.
/// A lone LF ends a line too; a lone CR is a fault. A tag, a Max-Forwards and a Content-Length may lack (RFC 2543).
parsed parse(ref<storage> octets, const parse_limits& limits = {});
parsed parse(std::string_view octets, const parse_limits& limits = {});

} // namespace troupe::sip
