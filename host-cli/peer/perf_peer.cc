#include "host-cli/peer/perf_peer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace netctl {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kSliceMs = 100;  // how long a thread waits before it looks at stop_
constexpr size_t kChunk = 64 * 1024;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

uint32_t Retransmits(int fd) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  return ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_total_retrans : 0;
}

bool WaitWritable(int fd) {
  pollfd entry{.fd = fd, .events = POLLOUT, .revents = 0};
  return ::poll(&entry, 1, kSliceMs) > 0;
}

}  // namespace

PerfPeer::PerfPeer(const PerfPeerOptions& options) : options_(options), listener_(options.address) {
  server_ = std::thread([this] { Serve(); });
}

PerfPeer::~PerfPeer() {
  stop_ = true;
  server_.join();
  for (std::thread& worker : workers_) {
    worker.join();
  }
}

std::vector<PeerFlow> PerfPeer::flows() const {
  const std::lock_guard lock(mutex_);
  return flows_;
}

void PerfPeer::Serve() {
  constexpr size_t kMaxFlows = 16;
  while (!stop_) {
    auto socket = listener_.Accept(kSliceMs);
    if (!socket || workers_.size() >= kMaxFlows) {
      continue;
    }
    const std::lock_guard lock(mutex_);
    const size_t index = flows_.size();
    flows_.emplace_back();
    workers_.emplace_back(
        [this, index, fd = std::move(*socket)]() mutable { RunFlow(std::move(fd), index); });
  }
}

void PerfPeer::RunFlow(UniqueFd socket, size_t index) {
  PeerFlow flow;
  char role = 0;
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  while (!stop_ && Clock::now() < deadline && !WaitReadable(socket.get(), kSliceMs)) {
  }
  if (::recv(socket.get(), &role, 1, MSG_DONTWAIT) != 1 || (role != 's' && role != 'r')) {
    flow.error = "the board did not say what it wants";
    Store(index, flow);
    return;
  }
  flow.board_sends = role == 's';
  if (flow.board_sends) {
    Receive(socket.get(), flow);
  } else {
    Send(socket.get(), flow);
  }
  flow.retransmits = Retransmits(socket.get());
  Store(index, flow);
}

void PerfPeer::Receive(int fd, PeerFlow& flow) {
  std::vector<char> buffer(kChunk);
  const auto start = Clock::now();
  while (!stop_) {
    if (!WaitReadable(fd, kSliceMs)) {
      continue;
    }
    const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count <= 0) {
      flow.finished = count == 0;
      flow.error = count < 0 ? std::strerror(errno) : "";
      return;
    }
    flow.bytes += static_cast<uint64_t>(count);
    flow.seconds = SecondsSince(start);
  }
}

void PerfPeer::Send(int fd, PeerFlow& flow) {
  const std::vector<char> buffer(kChunk, 'n');
  const auto start = Clock::now();
  const auto end = start + options_.duration;
  while (!stop_ && (options_.bytes != 0 ? flow.bytes < options_.bytes : Clock::now() < end)) {
    if (!WaitWritable(fd)) {
      continue;
    }
    size_t size = buffer.size();
    if (options_.bytes != 0) {
      size = static_cast<size_t>(std::min<uint64_t>(size, options_.bytes - flow.bytes));
    }
    const ssize_t count = ::send(fd, buffer.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) {
      flow.error = std::strerror(errno);
      return;
    }
    flow.bytes += count > 0 ? static_cast<uint64_t>(count) : 0;
    flow.seconds = SecondsSince(start);
  }
  ::shutdown(fd, SHUT_WR);
  // The board reads to the end and closes: only then has everything arrived.
  char rest = 0;
  while (!stop_) {
    if (WaitReadable(fd, kSliceMs)) {
      flow.finished = ::recv(fd, &rest, 1, MSG_DONTWAIT) == 0;
      flow.seconds = SecondsSince(start);
      return;
    }
  }
}

void PerfPeer::Store(size_t index, const PeerFlow& flow) {
  const std::lock_guard lock(mutex_);
  flows_[index] = flow;
}

}  // namespace netctl
