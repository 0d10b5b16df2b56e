#include "host-cli/probe/mem_ap.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "host-cli/clock.h"
#include "host-cli/interrupt.h"
#include "host-cli/probe/memory_error.h"
#include "host-cli/probe/wait.h"

namespace netctl {
namespace {

using Kind = MemoryError::Kind;

// CSW: privileged data access by the debugger, single auto-increment; what AHB-APs of Cortex-M take
// (0x23000052 with a size of 32 bits).
constexpr uint32_t kCswBase = 0x2300'0050;
constexpr base::Duration kRetryPause = std::chrono::milliseconds(5);
constexpr size_t kLeastPacket = 64;
// Beyond this a batch is given up even if it still gets on.
constexpr base::Duration kLongestRun = std::chrono::seconds(1);
constexpr int64_t kMicrosecondsPerByte = 2;
// A signal ends only long batches: what is short is done before anyone notices.
constexpr size_t kPacketsBetweenSignals = 64;

bool Covers(const MemoryAccess& access, uint32_t address) {
  const uint64_t begin = access.address & ~uint32_t{3};
  return access.size() != 0 && address >= begin &&
         address < uint64_t{access.address} + access.size();
}

// Whether `next` may be sent while `in_flight` may still fail: a write only behind packets of its
// own access, so that data are there before the offset that announces them.
bool MayFollow(const std::deque<AccessPacket>& in_flight, const AccessPacket& next) {
  if (in_flight.empty() || !next.writes) {
    return true;
  }
  const bool one_access = next.end.access == next.begin.access ||
                          (next.end.access == next.begin.access + 1 && next.end.offset == 0);
  return one_access && in_flight.front().begin.access == next.begin.access;
}

std::unexpected<MemoryError> Interruption(MemoryError error) {
  error.error.code = Interrupted().value_or(error.error.code);
  return std::unexpected(std::move(error));
}

void StoreReads(const AccessPacket& packet, const TransferReply& reply) {
  for (size_t i = 0; i < packet.reads.size(); ++i) {
    const AccessPacket::Read& read = packet.reads[i];
    for (size_t byte = 0; byte < read.count; ++byte) {
      read.to[byte] = static_cast<std::byte>(reply.reads[i] >> (8 * (read.first + byte)));
    }
  }
}

}  // namespace

MemoryResult<void> MemAp::DropReplies() {
  while (dap_.in_flight() > 0) {
    if (const auto reply = dap_.ReceiveTransfers(); !reply) {
      return std::unexpected(reply.error());
    }
  }
  return {};
}

MemoryResult<MemAp::Failure> MemAp::Stream(std::span<const MemoryAccess> accesses,
                                           AccessCursor& done, size_t packet_size) {
  AccessPlanner planner(accesses, packet_size, kCswBase, csw_);
  // Until all is done; what fails leaves it like that.
  csw_ = kUnknownCsw;
  std::deque<AccessPacket> in_flight;
  AccessPacket next = planner.Next(done);
  for (size_t packets = 1; !next.transfers.empty() || !in_flight.empty(); ++packets) {
    while (!next.transfers.empty() && in_flight.size() < dap_.info().packet_count &&
           MayFollow(in_flight, next)) {
      if (const auto sent = dap_.SubmitTransfers(next.transfers); !sent) {
        return std::unexpected(sent.error());
      }
      const AccessCursor end = next.end;
      in_flight.push_back(std::move(next));
      next = planner.Next(end);
    }
    const auto reply = dap_.ReceiveTransfers();
    if (!reply) {
      return std::unexpected(reply.error());
    }
    const AccessPacket& packet = in_flight.front();
    if (reply->ack != Ack::kOk) {
      const auto dropped = DropReplies();
      return dropped ? MemoryResult<Failure>(Failure{reply->ack, packet.address})
                     : std::unexpected(dropped.error());
    }
    StoreReads(packet, *reply);
    done = packet.end;
    in_flight.pop_front();
    if (packets % kPacketsBetweenSignals == 0 && PauseUntilSignal({})) {
      const auto dropped = DropReplies();
      return dropped ? Interruption({Kind::kUnreachable, {.message = "interrupted"}})
                     : std::unexpected(dropped.error());
    }
  }
  csw_ = planner.csw();
  return Failure{};
}

// TAR stays at the access that failed (C2.2.2); a batch can be of several places.
std::unexpected<MemoryError> MemAp::Fault(std::span<const MemoryAccess> accesses,
                                          uint32_t address) {
  const auto tar = port_.Transfer(std::array{ReadAp(kApTar)});
  if (!tar && tar.error().kind == Kind::kLost) {
    return std::unexpected(tar.error());
  }
  const auto covers = [&](const MemoryAccess& access) { return Covers(access, tar->reads[0]); };
  if (tar && std::ranges::any_of(accesses, covers)) {
    address = tar->reads[0];
  }
  return FailMemory(Kind::kFault,
                    fmt::format("the target's bus refused the access to 0x{:08x}", address),
                    "there is no memory, its clock is off, or it is protected");
}

MemoryResult<void> MemAp::Attempt(std::span<const MemoryAccess> accesses, AccessCursor& done,
                                  size_t packet_size) {
  if (!port_.connected()) {
    csw_ = kUnknownCsw;
    if (const auto connected = port_.Connect(); !connected) {
      return connected;
    }
  }
  const auto failure = Stream(accesses, done, packet_size);
  if (!failure) {
    return std::unexpected(failure.error());
  }
  if (failure->ack == Ack::kOk) {
    port_.ForgetWaits();
    return {};
  }
  const auto recovery = port_.Recover(failure->ack);
  if (!recovery) {
    return std::unexpected(recovery.error());
  }
  if (*recovery == Recovery::kFaulted) {
    return Fault(accesses, failure->address);
  }
  MemoryError error = DebugPort::ErrorOf(failure->ack);
  error.kind = Kind::kUnreachable;
  return std::unexpected(std::move(error));
}

MemoryResult<void> MemAp::Run(std::span<const MemoryAccess> accesses, base::Duration patience) {
  size_t bytes = 0;
  for (const MemoryAccess& access : accesses) {
    if (access.size() > (uint64_t{1} << 32) - access.address) {
      return FailMemory(Kind::kFault, fmt::format("{} bytes at 0x{:08x} leave the address space",
                                                  access.size(), access.address));
    }
    bytes += access.size();
  }
  AccessCursor done;
  const base::Instant limit =
      Now() + kLongestRun + base::Duration(kMicrosecondsPerByte * static_cast<int64_t>(bytes));
  base::Instant give_up = Now() + patience;
  size_t packet_size = dap_.info().packet_size;
  base::Duration pause{};  // most of what goes wrong is over at once
  while (true) {
    const AccessCursor before = done;
    auto attempt = Attempt(accesses, done, packet_size);
    if (attempt || attempt.error().kind != Kind::kUnreachable) {
      return attempt;
    }
    if (done != before) {
      give_up = Now() + patience;
      pause = {};
    }
    if (Now() >= std::min(give_up, limit)) {
      return attempt;
    }
    if (PauseUntilSignal(pause)) {
      return Interruption(std::move(attempt.error()));
    }
    pause = kRetryPause;
    // Where one transfer of many is disturbed, short packets get through.
    packet_size = std::max(packet_size / 2, kLeastPacket);
  }
}

MemoryResult<uint32_t> MemAp::ReadWord(uint32_t address, base::Duration patience) {
  std::array<std::byte, 4> bytes = {};
  const auto read = Run(std::array{MemoryAccess{.address = address, .out = bytes}}, patience);
  if (!read) {
    return std::unexpected(read.error());
  }
  return base::Load<base::ByteOrder::kLittle, uint32_t>(bytes.data());
}

MemoryResult<void> MemAp::WriteWord(uint32_t address, uint32_t value, base::Duration patience) {
  std::array<std::byte, 4> bytes = {};
  base::Store<base::ByteOrder::kLittle>(bytes.data(), value);
  return Run(std::array{MemoryAccess{.address = address, .data = bytes}}, patience);
}

}  // namespace netctl
