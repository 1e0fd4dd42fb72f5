#include "actors/link/tls.hpp"

#include <stdexcept>

namespace troupe {

namespace {

/// `use` reads the file, and its fault is told with the file's name.
template <class Use>
void with(const std::string& file, Use use) {
  try {
    use(file);
  } catch (const std::exception& e) {
    throw std::runtime_error(file + ": " + e.what());
  }
}

} // namespace

link_tls make_link_tls(const std::string& certificate, const std::string& key, const std::string& authority) {
  link_tls out{std::make_shared<asio::ssl::context>(asio::ssl::context::tlsv13_server),
               std::make_shared<asio::ssl::context>(asio::ssl::context::tlsv13_client)};
  for (auto* x : {out.server.get(), out.client.get()}) {
    with(certificate, [&](auto& file) { x->use_certificate_chain_file(file); });
    with(key, [&](auto& file) { x->use_private_key_file(file, asio::ssl::context::pem); });
    with(authority, [&](auto& file) { x->load_verify_file(file); });
    x->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    // A ticket would let a node in again whose certificate is no longer good.
    SSL_CTX_set_session_cache_mode(x->native_handle(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(x->native_handle(), 0);
  }
  return out;
}

} // namespace troupe
