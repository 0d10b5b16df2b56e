// Our TCP, and the test as the host at the other end, on a virtual clock. Sequence numbers are
// relative: each side's SYN has 0.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "stack/tcp/listener.h"
#include "stack/tcp/socket.h"
#include "stack/tcp/storage.h"
#include "stack/wire/tcp.h"
#include "tests/support/test_host.h"

namespace test {

using namespace std::chrono_literals;

// A segment as packdrill scripts write it. Flags in the order F S R P U E W, then '.' for ACK. What
// is not set in an expected segment (window, mss, size) may be anything; an unset payload means
// that `size` alone counts when that is set.
struct Segment {
  std::string flags;
  uint32_t seq = 0;
  uint32_t ack = 0;
  std::optional<uint16_t> window = {};
  std::optional<uint16_t> mss = {};
  std::optional<size_t> size = {};
  std::string payload = {};
};
bool operator==(const Segment& a, const Segment& b);
void PrintTo(const Segment& segment, std::ostream* out);

class TcpPeer {
 public:
  static constexpr uint16_t kPeerPort = 1234;
  static constexpr uint16_t kOurPort = 80;
  static constexpr uint16_t kConnectPort = 50000;  // ours when we connect

  struct Settings {
    std::optional<uint32_t> our_iss;  // of the first connection; else as the stack chooses
    uint32_t peer_iss = 1000;
    bool sums_received_frames = false;
  };
  TcpPeer() : TcpPeer(Settings{}) {}
  explicit TcpPeer(const Settings& settings);

  void Listen(const stack::TcpOptions& options = {}, uint8_t backlog = 4);
  // Starts a connection to the peer; socket() is it.
  void Connect(stack::TcpOptions options = {});
  // The handshake, from either side, with this window and MSS of the peer; socket() is the result.
  void AcceptConnection(const stack::TcpOptions& options = {}, uint16_t window = 65535,
                        uint16_t mss = 1460);
  void ConnectEstablished(const stack::TcpOptions& options = {}, uint16_t window = 65535,
                          uint16_t mss = 1460);
  // Takes the connection that is ready into socket().
  void Accept();

  void Inject(const Segment& segment);
  // The same, damaged by `damage` after the checksum was computed, or before it.
  using Damage = std::function<void(ByteVector&)>;
  void InjectDamaged(const Segment& segment, const Damage& damage, bool fix_checksum);
  // From another port of the peer.
  void InjectFrom(uint16_t port, const Segment& segment);
  // ICMP destination unreachable that quotes a segment of ours beginning at `seq`.
  void InjectUnreachable(uint8_t code, uint32_t seq, uint16_t mtu = 0);

  // The next segment that the stack sent; fails the test when there is none.
  Segment Next();
  bool Silent();
  // Swallows what was sent; its checksums must be right all the same.
  void Drain();
  void Advance(base::Duration duration);

  // Queues `text` for sending / what can be read now, as text.
  void Send(std::string_view text);
  std::string Read(size_t limit = 100'000);

  stack::TcpSocket& socket() { return socket_; }
  stack::TcpListener& listener() { return *listener_; }
  stack::Tcp& tcp() { return tcp_; }
  Wire& wire() { return wire_; }
  stack::TcpStats& stats() { return wire_.stack().stats().tcp; }
  stack::TcpState state() const { return socket_.state(); }
  // Buffers that are not in their pools.
  size_t buffers_in_use() { return wire_.host().buffers_in_use(); }
  // Connections of the pool in use.
  size_t connections();
  // Forgets the numbers of the first connection: the next SYN of ours has 0 again.
  void ForgetOurIss() { our_iss_.reset(); }
  // Of our SYN, absolute.
  uint32_t our_iss() const { return *our_iss_; }
  void set_peer_iss(uint32_t iss) { settings_.peer_iss = iss; }

 private:
  ByteVector Build(uint16_t from, const Segment& segment) const;
  Segment Parse(const Packet& packet);
  void AimIss(uint32_t wanted);
  void AnswerArp();

  Settings settings_;
  Wire wire_;
  stack::TcpStorage<4> storage_;
  stack::Tcp tcp_{wire_.stack(), storage_.memory()};
  std::optional<stack::TcpListener> listener_;
  stack::TcpSocket socket_;
  std::optional<uint32_t> our_iss_;
  uint16_t our_port_ = kOurPort;
};

}  // namespace test
