// Reads the messages of tests/corpus.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/sip/message.hpp"

namespace troupe::sip::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder, std::string_view extension) {
  std::vector<std::filesystem::path> found;
  for (auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == extension)
      found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

/// What write() must give for octets that were read: folds as spaces, white space behind values and leading empty lines
/// gone, a wrong or missing Content-Length at the end. Made from the text alone, without the parser.
inline std::string normal_form(std::string text) {
  text.erase(0, text.find_first_not_of("\r\n"));
  auto end = text.find("\r\n\r\n");
  auto header = text.substr(0, end + 2);
  for (std::size_t at; (at = std::min(header.find("\r\n "), header.find("\r\n\t"))) != header.npos;)
    header.replace(at, 2, "  ");
  for (std::size_t at = header.find("\r\n") + 2; (at = header.find("\r\n", at)) != header.npos; at += 2)
    while (header[at - 1] == ' ' || header[at - 1] == '\t')
      header.erase(--at, 1);
  return header + text.substr(end + 2);
}

} // namespace troupe::sip::test
