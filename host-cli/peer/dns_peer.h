// A name server for the length of one bring-up step: answers every A query with one address.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "host-cli/peer/listener.h"
#include "stack/base/address.h"

namespace netctl {

class DnsPeer {
 public:
  // Listens on `address`, answers with `answer`. Throws SocketError.
  DnsPeer(base::Ipv4Address address, base::Ipv4Address answer);
  ~DnsPeer();

  uint16_t port() const { return port_; }
  uint32_t queries() const { return queries_; }

 private:
  void Serve();

  base::Ipv4Address answer_;
  uint16_t port_ = 0;
  UniqueFd socket_;
  std::atomic<uint32_t> queries_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace netctl
