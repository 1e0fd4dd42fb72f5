// What the tests of Diameter share: captured messages, octets by hand, an envelope.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "protocols/base/text.hpp"
#include "protocols/diameter/command.hpp"
#include "protocols/diameter/fields.hpp"

namespace troupe::diameter {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// "diameter/ipsec_reg/010_Cx_MAA.bin"
inline std::string corpus(const std::string& name) { return read_file(std::string(CORPUS_DIR) + "/" + name); }

inline std::vector<std::filesystem::path> captures() {
  std::vector<std::filesystem::path> list;
  for (auto& entry : std::filesystem::recursive_directory_iterator(std::string(CORPUS_DIR) + "/diameter"))
    if (entry.path().extension() == ".bin")
      list.push_back(entry.path());
  std::ranges::sort(list);
  REQUIRE(list.size() == 48);
  return list;
}

inline std::string octets(std::string_view hex) {
  std::string packed;
  for (char c : hex)
    if (c != ' ')
      packed += c;
  auto bytes = from_hex(packed);
  REQUIRE(bytes);
  return {bytes->begin(), bytes->end()};
}

inline std::string hex(std::string_view text) { return to_hex(as_bytes(text)); }

/// A message of these AVPs.
template <class Inside>
std::string make(const header& h, Inside inside) {
  std::string out;
  builder into(out, h);
  inside(into);
  REQUIRE(into.finish());
  return out;
}

inline envelope some_envelope(bool request) {
  envelope e;
  e.session_id = "icscf.ims.example;1;2;3";
  e.origin_host = "icscf.ims.example";
  e.origin_realm = "ims.example";
  if (request)
    e.destination_realm = "home.example";
  return e;
}

/// There and back: what comes out is what went in, and the octets written again are the same.
template <class Command>
received<Command> there_and_back(const Command& what, const envelope& about) {
  std::string out = "before";
  REQUIRE(encode(out, {0x01020304, 0xa0b0c0d0, false}, about, what));
  CHECK(out.starts_with("before"));
  out.erase(0, 6);
  auto message = decode(out);
  REQUIRE(message);
  CHECK(message->header.hop_by_hop == 0x01020304);
  CHECK(message->header.end_to_end == 0xa0b0c0d0);
  auto in = decode_command<Command>(*message);
  INFO((in ? std::string() : in.error().what + " " + hex(in.error().failed_avp)));
  REQUIRE(in);
  CHECK(in->envelope == about);
  std::string again;
  REQUIRE(encode(again, {0x01020304, 0xa0b0c0d0, false}, in->envelope, in->command));
  CHECK(hex(again) == hex(out));
  return *in;
}

template <class Command>
received<Command> there_and_back(const Command& what) {
  return there_and_back(what, some_envelope(id_of<Command>.request));
}

} // namespace troupe::diameter
