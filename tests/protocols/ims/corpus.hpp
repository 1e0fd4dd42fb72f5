// Reads the files of tests/corpus.
#pragma once

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace troupe::test {

inline std::string corpus(const std::string& path) {
  std::ifstream in(std::string(CORPUS_DIR) + "/" + path, std::ios::binary);
  if (!in)
    throw std::runtime_error("no corpus file " + path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

} // namespace troupe::test
