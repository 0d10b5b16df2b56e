#include "stack/ethernet.h"

#include <array>
#include <cstring>
#include <utility>

#include "stack/config.h"
#include "stack/netif.h"
#include "stack/stack.h"
#include "stack/wire/ethernet.h"

namespace stack {
namespace {

constexpr std::array<std::byte, wire::kMinFrame> kZeros{};

bool SameAddress(const std::byte* on_wire, const base::MacAddress& address) {
  using base::ByteOrder;
  const auto* octets = reinterpret_cast<const std::byte*>(address.octets.data());
  return base::Load<ByteOrder::kLittle, uint32_t>(on_wire) ==
             base::Load<ByteOrder::kLittle, uint32_t>(octets) &&
         base::Load<ByteOrder::kLittle, uint16_t>(on_wire + 4) ==
             base::Load<ByteOrder::kLittle, uint16_t>(octets + 4);
}

}  // namespace

void Ethernet::OnFrame(NetIf& netif, base::Pbuf&& frame) {
  LinkLayerStats& stats = stack_.stats().ethernet;
  if (frame.bytes().size() < wire::kEthernetHeaderSize) {
    ++stats.rx_runt;
    return;
  }
  const std::byte* const header = frame.data();
  const std::byte* const source = header + 6;
  const bool to_group = (header[0] & std::byte{1}) != std::byte{0};
  if (!to_group && !SameAddress(header, netif.mac())) {
    ++stats.rx_not_for_us;
    return;
  }
  if ((source[0] & std::byte{1}) != std::byte{0} || SameAddress(source, base::MacAddress{})) {
    ++stats.rx_source_group;
    return;
  }
  if (SameAddress(source, netif.mac())) {
    ++stats.rx_own_source;
    return;
  }
  const uint16_t type = base::LoadBe16(header + 12);
  frame.StripFront(wire::kEthernetHeaderSize);  // drivers leave it out of the sum
  switch (type) {
    case wire::kEtherTypeIpv4:
      return stack_.ipv4().OnPacket(netif, std::move(frame), to_group);
    case wire::kEtherTypeArp:
      return stack_.arp().OnPacket(netif, frame);
    default:
      ++(type < wire::kMinEtherType ? stats.rx_length_field : stats.rx_unknown_ethertype);
  }
}

base::Status Ethernet::Send(NetIf& netif, const base::MacAddress& destination, uint16_t type,
                            base::Pbuf&& packet) {
  std::byte* const header = packet.Prepend(wire::kEthernetHeaderSize).data();
  std::memcpy(header, destination.octets.data(), 6);
  std::memcpy(header + 6, netif.mac().octets.data(), 6);
  base::StoreBe16(header + 12, type);
  return SendFrame(netif, std::move(packet));
}

inline base::Status Ethernet::Transmit(NetIf& netif, base::Pbuf&& frame) {
  if (stack_.tap() != nullptr) [[unlikely]] {
    Tap(netif, frame);
  }
  return netif.driver().Transmit(std::move(frame));
}

void Ethernet::Tap(NetIf& netif, const base::Pbuf& frame) {
  if (netif.is_up() && netif.driver().transmit_room() != 0) {
    stack_.tap()->OnFrame(netif, Direction::kTransmit, frame, stack_.now());
  }
}

base::Status Ethernet::SendFrame(NetIf& netif, base::Pbuf&& frame) {
  if (frame.bytes().size() < wire::kMinFrame) {
    RETURN_IF_ERROR(Pad(frame));
  }
  if (!netif.output_.empty()) [[unlikely]] {
    return Queue(netif, std::move(frame));
  }
  const base::Status status = Transmit(netif, std::move(frame));
  if (status == base::Status::kUnavailable) {
    return Queue(netif, std::move(frame));
  }
  if (status != base::Status::kOk) {
    ++stack_.stats().ethernet.tx_driver_refused;
  }
  return status;
}

// With zeros, so that nothing of an old packet leaves the board. Bytes behind a shared packet may
// be somebody's data, so those get a part of zeros.
base::Status Ethernet::Pad(base::Pbuf& frame) {
  const size_t size = frame.size();
  if (size >= wire::kMinFrame) {
    return base::Status::kOk;
  }
  const size_t missing = wire::kMinFrame - size;
  if (!frame.is_chain() && !frame.is_shared() && frame.tailroom() >= missing) {
    std::memset(frame.Append(missing).data(), 0, missing);
    return base::Status::kOk;
  }
  auto zeros = stack_.pools().Wrap({kZeros.data(), missing}, base::Holder::kStack);
  if (!zeros) {
    ++stack_.stats().ethernet.tx_no_buffer;
    return base::Status::kResourceExhausted;
  }
  frame.Chain(std::move(*zeros));
  return base::Status::kOk;
}

base::Status Ethernet::Queue(NetIf& netif, base::Pbuf&& frame) {
  if (netif.output_.count() >= kOutputQueueFrames) {
    ++stack_.stats().ethernet.tx_queue_full;
    return base::Status::kUnavailable;
  }
  netif.output_.PushBack(std::move(frame));
  return base::Status::kOk;
}

void Ethernet::Drain(NetIf& netif) {
  while (!netif.output_.empty() && netif.driver().transmit_room() != 0) {
    base::Pbuf frame = netif.output_.PopFront();
    const base::Status status = Transmit(netif, std::move(frame));
    if (status == base::Status::kUnavailable) {
      netif.output_.PushFront(std::move(frame));
      return;
    }
    if (status != base::Status::kOk) {
      ++stack_.stats().ethernet.tx_driver_refused;
    }
  }
}

void Ethernet::DropOutput(NetIf& netif) {
  stack_.stats().ethernet.tx_driver_refused += static_cast<uint32_t>(netif.output_.count());
  netif.output_.Clear();
}

}  // namespace stack
