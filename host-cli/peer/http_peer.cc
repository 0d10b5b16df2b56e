#include "host-cli/peer/http_peer.h"

#include <array>
#include <chrono>
#include <random>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <httplib.h>
#include <openssl/sha.h>

#include "host-cli/peer/listener.h"

namespace netctl {
namespace {

std::string MakeBody(size_t size, uint32_t seed) {
  std::mt19937 generator(seed);
  std::string body(size, '\0');
  for (char& c : body) {
    c = static_cast<char>(generator());
  }
  return body;
}

std::string Dotted(base::Ipv4Address address) {
  return fmt::format("{}.{}.{}.{}", address.octet(0), address.octet(1), address.octet(2),
                     address.octet(3));
}

}  // namespace

struct HttpPeer::State {
  std::string body;
  std::string sha256;
  httplib::Server server;
  int port = 0;
  std::thread thread;
};

HttpPeer::HttpPeer(base::Ipv4Address address, size_t size, uint32_t seed)
    : state_(std::make_unique<State>()) {
  state_->body = MakeBody(size, seed);
  state_->sha256 = Sha256Hex(state_->body);
  state_->server.Get(kPath,
                     [state = state_.get()](const httplib::Request&, httplib::Response& response) {
                       response.set_content(state->body, "application/octet-stream");
                     });
  state_->port = state_->server.bind_to_any_port(Dotted(address).c_str());
  if (state_->port < 0) {
    throw SocketError{fmt::format("cannot listen on {} for HTTP", Dotted(address))};
  }
  state_->thread = std::thread([state = state_.get()] { state->server.listen_after_bind(); });
  // stop() before the server runs would be lost.
  for (int i = 0; i < 1000 && !state_->server.is_running(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

HttpPeer::~HttpPeer() {
  state_->server.stop();
  state_->thread.join();
}

uint16_t HttpPeer::port() const { return static_cast<uint16_t>(state_->port); }

const std::string& HttpPeer::sha256() const { return state_->sha256; }

std::string Sha256Hex(const std::string& data) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data());
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

}  // namespace netctl
