// TLS of links: 1.3 only, with a certificate of the cluster's own authority at both ends.
#pragma once

#include <asio/ssl/context.hpp>
#include <memory>
#include <string>

namespace troupe {

struct link_tls {
  std::shared_ptr<asio::ssl::context> server, client;
};
/// From PEM files. Throws std::runtime_error, naming the file that is wrong.
link_tls make_link_tls(const std::string& certificate, const std::string& key, const std::string& authority);

} // namespace troupe
