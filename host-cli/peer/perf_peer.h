// The host's end of `netctl perf tcp`: takes the board's connections, sends or receives, and keeps
// the figures.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host-cli/peer/listener.h"
#include "stack/base/address.h"

namespace netctl {

struct PeerFlow {
  bool board_sends = false;  // seen from the board
  uint64_t bytes = 0;
  double seconds = 0;        // first to last byte
  uint32_t retransmits = 0;  // of this host's TCP
  bool finished = false;     // ended with FIN; false: broken off
  std::string error;
};

struct PerfPeerOptions {
  base::Ipv4Address address;                   // where to listen
  std::chrono::milliseconds duration{10'000};  // of what this host sends
  uint64_t bytes = 0;                          // 0: by duration
};

// Serves until destroyed. Every wait has a limit, so destruction takes at most some 100 ms.
class PerfPeer {
 public:
  // Throws SocketError.
  explicit PerfPeer(const PerfPeerOptions& options);
  ~PerfPeer();

  uint16_t port() const { return listener_.port(); }
  // What the connections have done so far.
  std::vector<PeerFlow> flows() const;

 private:
  void Serve();
  void RunFlow(UniqueFd socket, size_t index);
  void Receive(int fd, PeerFlow& flow);
  void Send(int fd, PeerFlow& flow);
  void Store(size_t index, const PeerFlow& flow);

  PerfPeerOptions options_;
  Listener listener_;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;  // guards flows_
  std::vector<PeerFlow> flows_;
  std::vector<std::thread> workers_;
  std::thread server_;
};

}  // namespace netctl
