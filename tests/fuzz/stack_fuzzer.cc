// Frames into a whole stack with open sockets: ARP, IPv4, reassembly, ICMP, UDP, TCP and DHCP at
// once.
//
// Input: for each frame a control byte, a length byte and the frame behind its Ethernet addresses.
// Without help hardly any input would pass the checksums, so control bits ask for right ones.
#include <algorithm>
#include <cstdlib>
#include <optional>

#include "stack/dhcp_client.h"
#include "stack/tcp/listener.h"
#include "stack/tcp/socket.h"
#include "stack/tcp/storage.h"
#include "stack/tcp/tcp.h"
#include "stack/udp.h"
#include "stack/wire/ethernet.h"
#include "tests/support/test_host.h"

namespace {

constexpr uint8_t kFixChecksums = 0x01;
constexpr uint8_t kFixAddresses = 0x02;
constexpr uint8_t kBroadcast = 0x04;
constexpr uint8_t kWait = 0x08;
constexpr uint8_t kUnsummed = 0x10;
constexpr size_t kMaxFrames = 64;
constexpr size_t kIpHeader = 20;

void Require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

// Makes a frame whose IPv4 header and transport checksum are right, whatever the bytes are.
void FixChecksums(test::ByteVector& frame) {
  const size_t at = wire::kEthernetHeaderSize;
  if (frame.size() < at + kIpHeader + 8 ||
      base::LoadBe16(frame.data() + 12) != wire::kEtherTypeIpv4) {
    return;
  }
  std::byte* const ip = frame.data() + at;
  const size_t size = frame.size() - at;
  ip[0] = std::byte{0x45};
  base::StoreBe16(ip + 2, static_cast<uint16_t>(size));
  base::StoreBe16(ip + 10, 0);
  base::StoreBe16(ip + 10, base::FinishChecksum(base::SumBytes({ip, kIpHeader})));
  const auto protocol = static_cast<uint8_t>(ip[9]);
  const size_t offset = protocol == 1 ? 2 : protocol == 17 ? 6 : 16;
  if (size < kIpHeader + offset + 2) {
    return;
  }
  std::byte* const transport = ip + kIpHeader;
  const size_t length = size - kIpHeader;
  if (protocol == 17) {
    base::StoreBe16(transport + 4, static_cast<uint16_t>(length));
  }
  base::StoreBe16(transport + offset, 0);
  base::Sum sum = base::SumBytes({transport, length});
  if (protocol != 1) {
    sum = base::AddSums(sum, base::SumBytes({ip + 12, 8}));
    sum = base::AddSums(sum, base::WordToSum(protocol));
    sum = base::AddSums(sum, base::WordToSum(static_cast<uint16_t>(length)));
  }
  base::StoreBe16(transport + offset, base::FinishChecksum(sum));
}

class Harness {
 public:
  Harness() : echo_(host_.stack(), {}), listener_(host_.stack()) {
    Require(echo_.Bind(7) == base::Status::kOk);
    Require(listener_.Listen(80, 2) == base::Status::kOk);
    Settle();
  }

  void Frame(uint8_t control, base::ConstByteSpan body) {
    test::ByteVector frame(wire::kEthernetHeaderSize - 2);
    const auto mac = (control & kBroadcast) != 0 ? base::kMacBroadcast : test::TestHost::MacOf(1);
    const auto peer = test::TestHost::MacOf(9);
    std::ranges::copy(std::as_bytes(std::span(mac.octets)), frame.begin());
    std::ranges::copy(std::as_bytes(std::span(peer.octets)), frame.begin() + 6);
    frame.insert(frame.end(), body.begin(), body.end());
    if ((control & kFixAddresses) != 0 && frame.size() >= wire::kEthernetHeaderSize + kIpHeader) {
      base::StoreBe16(frame.data() + 12, wire::kEtherTypeIpv4);
      base::StoreBe32(frame.data() + 26, test::TestHost::IpOf(9).value);
      base::StoreBe32(frame.data() + 30, test::TestHost::IpOf(1).value);
    }
    if ((control & kFixChecksums) != 0) {
      FixChecksums(frame);
    }
    host_.driver().SumReceived((control & kUnsummed) == 0);
    host_.driver().Receive(std::move(frame));
    Settle();
    if ((control & kWait) != 0) {
      now_ += std::chrono::milliseconds(300);
      Settle();
    }
  }

  // Nothing may be left behind once everybody let go and all timers ran out.
  void Finish() {
    std::ranges::generate(sockets_, [] { return stack::TcpSocket(); });
    listener_.Close();
    echo_.Close();
    for (int i = 0; i < 2000 && host_.buffers_in_use() != 0; ++i) {
      now_ += std::chrono::seconds(1);
      Settle();
    }
    Require(host_.buffers_in_use() == 0);
  }

 private:
  void Settle() {
    host_.Run(now_);
    while (auto datagram = echo_.Receive()) {
      const auto from = datagram->from;
      (void)echo_.SendTo(std::move(datagram->payload), from);
    }
    while (auto socket = listener_.Accept()) {
      sockets_[next_++ % sockets_.size()] = std::move(*socket);
    }
    for (stack::TcpSocket& socket : sockets_) {
      if (!socket.valid()) {
        continue;
      }
      std::array<std::byte, 100> data;
      if (const auto count = socket.Receive(data)) {
        (void)socket.Send(base::ConstByteSpan(data).first(*count));
      }
    }
    host_.Run(now_);
    host_.driver().sent().clear();
  }

  test::TestHost host_{1};
  stack::TcpStorage<4> tcp_storage_;
  stack::Tcp tcp_{host_.stack(), tcp_storage_.memory()};
  stack::UdpSocket echo_;
  stack::TcpListener listener_;
  std::array<stack::TcpSocket, 3> sockets_;
  size_t next_ = 0;
  base::Instant now_{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Harness harness;
  base::ConstByteSpan rest = std::as_bytes(std::span(data, size));
  for (size_t i = 0; i < kMaxFrames && rest.size() >= 2; ++i) {
    const auto control = static_cast<uint8_t>(rest[0]);
    // Long frames matter for reassembly: the length byte counts in steps of six.
    const size_t length = std::min(static_cast<size_t>(rest[1]) * 6, rest.size() - 2);
    harness.Frame(control, rest.subspan(2, length));
    rest = rest.subspan(2 + length);
  }
  harness.Finish();
  return 0;
}
