#include "host-cli/probe/dap.h"

#include <algorithm>
#include <array>
#include <cassert>

#include <fmt/format.h>

#include "host-cli/clock.h"
#include "host-cli/format.h"
#include "host-cli/probe/memory_error.h"

namespace netctl {
namespace {

using Kind = MemoryError::Kind;

enum Id : uint8_t {
  kInfo = 0x00,
  kHostStatus = 0x01,
  kConnect = 0x02,
  kDisconnect = 0x03,
  kTransferConfigure = 0x04,
  kTransfer = 0x05,
  kWriteAbort = 0x08,
  kClock = 0x11,
  kSequence = 0x12,
  kSwdConfigure = 0x13,
};
enum InfoId : uint8_t {
  kProduct = 0x02,
  kSerial = 0x03,
  kFirmware = 0x09,
  kCapabilities = 0xf0,
  kPacketCount = 0xfe,
  kPacketSize = 0xff,
};

// A probe answers in milliseconds; its longest own retries take some tens of them.
constexpr base::Duration kReplyTimeout = std::chrono::seconds(1);
constexpr size_t kLeastPacket = 64;
constexpr size_t kMostPacket = 16384;
constexpr size_t kMostPackets = 64;
constexpr uint8_t kCanSwd = 1;
constexpr uint8_t kPortSwd = 1;

uint8_t At(base::ConstByteSpan bytes, size_t index) {
  return std::to_integer<uint8_t>(bytes[index]);
}

uint32_t LoadLe32(const std::byte* from) {
  return base::Load<base::ByteOrder::kLittle, uint32_t>(from);
}

// Bits 0 to 2 are the target's acknowledge, bit 3 a parity error.
Ack AckOf(uint8_t value) {
  switch (value & 0x0f) {
    case 1:
      return Ack::kOk;
    case 2:
      return Ack::kWait;
    case 4:
      return Ack::kFault;
    case 7:
      return Ack::kNone;
    default:
      return Ack::kGarbled;
  }
}

}  // namespace

MemoryResult<std::unique_ptr<Dap>> Dap::Start(std::unique_ptr<DapTransport> transport) {
  std::unique_ptr<Dap> dap(new Dap(std::move(transport)));
  if (const auto read = dap->ReadInfo(); !read) {
    return std::unexpected(read.error());
  }
  if ((dap->info_.capabilities & kCanSwd) == 0) {
    return FailMemory(Kind::kLost, "the probe cannot do SWD");
  }
  return dap;
}

MemoryResult<void> Dap::ReadInfo() {
  const auto size = ReadNumber(kPacketSize, 2);
  if (!size) {
    return std::unexpected(size.error());
  }
  const auto count = ReadNumber(kPacketCount, 1);
  if (!count) {
    return std::unexpected(count.error());
  }
  const auto capabilities = ReadNumber(kCapabilities, 1);
  if (!capabilities) {
    return std::unexpected(capabilities.error());
  }
  if (*size < kLeastPacket) {
    return FailMemory(Kind::kLost, fmt::format("the probe says its packets have {} bytes", *size));
  }
  info_.packet_size = std::min<size_t>(*size, kMostPacket);
  info_.packet_count = std::clamp<size_t>(*count, 1, kMostPackets);
  info_.capabilities = static_cast<uint8_t>(*capabilities);
  // Before the texts: those of a probe with short endpoints take several USB packets.
  transport_->SetPacketSize(info_.packet_size);
  for (const auto& [id, text] : {std::pair{kSerial, &info_.serial},
                                 {kProduct, &info_.product},
                                 {kFirmware, &info_.firmware}}) {
    auto value = ReadText(id);
    if (!value) {
      return std::unexpected(value.error());
    }
    *text = std::move(*value);
  }
  return {};
}

MemoryResult<std::string> Dap::ReadText(uint8_t id) {
  const auto reply = Exchange(std::array<uint8_t, 2>{kInfo, id}, 2);
  if (!reply) {
    return std::unexpected(reply.error());
  }
  const size_t length = At(*reply, 1);
  if (reply->size() < 2 + length) {
    return Malformed(kInfo, reply->size(), "the text ends early");
  }
  std::string text(reinterpret_cast<const char*>(reply->data()) + 2, length);
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

MemoryResult<uint32_t> Dap::ReadNumber(uint8_t id, size_t bytes) {
  const auto reply = Exchange(std::array<uint8_t, 2>{kInfo, id}, 2 + bytes);
  if (!reply) {
    return std::unexpected(reply.error());
  }
  // Capabilities have grown: more bytes than asked for are fine.
  if (At(*reply, 1) < bytes) {
    return Malformed(kInfo, reply->size(), fmt::format("item 0x{:02x} is too short", id));
  }
  uint32_t number = 0;
  for (size_t i = 0; i < bytes; ++i) {
    number |= static_cast<uint32_t>(At(*reply, 2 + i)) << (8 * i);
  }
  return number;
}

std::unexpected<MemoryError> Dap::Malformed(uint8_t command, size_t size, std::string_view why) {
  auto error =
      FailMemory(Kind::kLost,
                 fmt::format("the probe's reply to command 0x{:02x} is wrong: {} ({} bytes)",
                             command, why, size),
                 "unplug the probe and plug it in again; newer firmware for it may help");
  lost_ = error.error();
  return error;
}

MemoryResult<void> Dap::Submit(base::ConstByteSpan packet) {
  if (lost_) {
    return std::unexpected(*lost_);
  }
  auto sent = transport_->Submit(packet);
  if (!sent) {
    lost_ = sent.error();
  }
  return sent;
}

MemoryResult<base::ConstByteSpan> Dap::Exchange(std::span<const uint8_t> request, size_t least) {
  assert(in_flight_.empty() || lost_);
  if (const auto sent = Submit(std::as_bytes(request)); !sent) {
    return std::unexpected(sent.error());
  }
  return ReceiveReply(request[0], least);
}

MemoryResult<base::ConstByteSpan> Dap::ReceiveReply(uint8_t command, size_t least) {
  if (lost_) {
    return std::unexpected(*lost_);
  }
  const auto reply = transport_->Receive(Now() + kReplyTimeout);
  if (!reply) {
    lost_ = reply.error();
    return reply;
  }
  if (reply->empty() || At(*reply, 0) != command) {
    return Malformed(command, reply->size(), "it answers another command");
  }
  if (reply->size() < least) {
    return Malformed(command, reply->size(), fmt::format("{} were expected", least));
  }
  return reply;
}

MemoryResult<void> Dap::Command(std::span<const uint8_t> request, std::string_view name) {
  const auto reply = Exchange(request, 2);
  if (!reply) {
    return std::unexpected(reply.error());
  }
  if (At(*reply, 1) != 0) {
    return FailMemory(Kind::kUnreachable, fmt::format("the probe refused {}", name));
  }
  return {};
}

MemoryResult<void> Dap::ConnectSwd() {
  const auto reply = Exchange(std::array<uint8_t, 2>{kConnect, kPortSwd}, 2);
  if (!reply) {
    return std::unexpected(reply.error());
  }
  if (At(*reply, 1) != kPortSwd) {
    return FailMemory(Kind::kUnreachable, "the probe refused to use SWD");
  }
  return {};
}

MemoryResult<void> Dap::Disconnect() {
  return Command(std::array<uint8_t, 1>{kDisconnect}, "to let go of the wires");
}

MemoryResult<void> Dap::ShowConnected(bool connected) {
  return Command(std::array<uint8_t, 3>{kHostStatus, 0, static_cast<uint8_t>(connected)},
                 "to switch its lamp");
}

MemoryResult<void> Dap::SetClock(uint32_t hertz) {
  std::array<uint8_t, 5> request = {kClock};
  base::Store<base::ByteOrder::kLittle>(std::as_writable_bytes(std::span(request)).data() + 1,
                                        hertz);
  return Command(request, fmt::format("a clock of {} Hz", hertz));
}

MemoryResult<void> Dap::ConfigureSwd() {
  return Command(std::array<uint8_t, 2>{kSwdConfigure, 0}, "the SWD settings");
}

MemoryResult<void> Dap::ConfigureTransfers(uint8_t idle_cycles, uint16_t wait_retries) {
  const auto low = static_cast<uint8_t>(wait_retries & 0xff);
  const auto high = static_cast<uint8_t>(wait_retries >> 8);
  return Command(std::array<uint8_t, 6>{kTransferConfigure, idle_cycles, low, high, 0, 0},
                 "the settings of transfers");
}

MemoryResult<void> Dap::SendSequence(base::ConstByteSpan bits) {
  assert(!bits.empty() && bits.size() <= 32);
  // 0 stands for 256 bits.
  std::vector<uint8_t> request = {kSequence, static_cast<uint8_t>(8 * bits.size())};
  for (const std::byte byte : bits) {
    request.push_back(std::to_integer<uint8_t>(byte));
  }
  return Command(request, "a sequence of bits");
}

MemoryResult<void> Dap::WriteAbort(uint32_t value) {
  std::array<uint8_t, 6> request = {kWriteAbort, 0};
  base::Store<base::ByteOrder::kLittle>(std::as_writable_bytes(std::span(request)).data() + 2,
                                        value);
  return Command(request, "to write ABORT");
}

MemoryResult<void> Dap::SubmitTransfers(std::span<const DapTransfer> transfers) {
  assert(!transfers.empty() && transfers.size() <= kMaxTransfers);
  assert(in_flight_.size() < info_.packet_count || lost_);
  packet_.assign({std::byte{kTransfer}, std::byte{0}, static_cast<std::byte>(transfers.size())});
  Pending pending{.transfers = transfers.size()};
  for (const DapTransfer& transfer : transfers) {
    packet_.push_back(std::byte{transfer.request});
    if (transfer.is_read()) {
      ++pending.reads;
      continue;
    }
    packet_.resize(packet_.size() + 4);
    base::Store<base::ByteOrder::kLittle>(packet_.data() + packet_.size() - 4, transfer.value);
  }
  assert(packet_.size() <= info_.packet_size);
  if (const auto sent = Submit(packet_); !sent) {
    return std::unexpected(sent.error());
  }
  in_flight_.push_back(pending);
  return {};
}

MemoryResult<TransferReply> Dap::ReceiveTransfers() {
  assert(!in_flight_.empty());
  const Pending pending = in_flight_.front();
  in_flight_.pop_front();
  const auto reply = ReceiveReply(kTransfer, kTransferHeader);
  if (!reply) {
    return std::unexpected(reply.error());
  }
  TransferReply result{.ack = AckOf(At(*reply, 2))};
  if (result.ack != Ack::kOk) {
    return result;
  }
  // A count that is short of an OK would mean that transfers were left out.
  if (At(*reply, 1) != pending.transfers) {
    return Malformed(kTransfer, reply->size(),
                     fmt::format("{} of {} transfers", At(*reply, 1), pending.transfers));
  }
  if (reply->size() < kTransferHeader + 4 * pending.reads) {
    return Malformed(kTransfer, reply->size(), fmt::format("{} words were read", pending.reads));
  }
  for (size_t i = 0; i < pending.reads; ++i) {
    result.reads.push_back(LoadLe32(reply->data() + kTransferHeader + 4 * i));
  }
  return result;
}

MemoryResult<TransferReply> Dap::Transfers(std::span<const DapTransfer> transfers) {
  assert(in_flight_.empty() || lost_);
  if (const auto sent = SubmitTransfers(transfers); !sent) {
    return std::unexpected(sent.error());
  }
  return ReceiveTransfers();
}

}  // namespace netctl
