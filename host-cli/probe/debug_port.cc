#include "host-cli/probe/debug_port.h"

#include <array>

#include <fmt/format.h>

#include "host-cli/probe/memory_error.h"
#include "host-cli/probe/wait.h"

namespace netctl {
namespace {

using Kind = MemoryError::Kind;

// Registers of the debug port (ADIv5.2 B2.2).
constexpr uint8_t kDpidr = 0x0;
constexpr uint8_t kAbort = 0x0;
constexpr uint8_t kControlStatus = 0x4;
constexpr uint8_t kSelect = 0x8;
// Of an access port, in its bank 0xf.
constexpr uint8_t kApIdr = 0xc;
constexpr uint32_t kSelectApIdr = 0xf0;

// ABORT: all four sticky flags; DAPABORT gives up an access that the bus never finishes.
constexpr uint32_t kClearSticky = 0x1e;
constexpr uint32_t kAbandonAccess = 0x01;
// CTRL/STAT: CSYSPWRUPREQ and CDBGPWRUPREQ, and their acknowledges.
constexpr uint32_t kPowerRequests = 0x5000'0000;
constexpr uint32_t kPowerAcknowledges = 0xa000'0000;
constexpr uint32_t kStickyError = 1U << 5;
// IDR.CLASS of a memory access port (C1.3).
constexpr uint32_t kClassMask = 0xf << 13;
constexpr uint32_t kClassMemory = 0x8 << 13;

constexpr int kPowerUpTries = 50;
constexpr auto kPowerUpPause = std::chrono::milliseconds(2);
// WAIT answers, each after all the retries of the probe, before an access is given up.
constexpr uint32_t kPatientWaits = 3;

// Line reset, the sequence that selects SWD on an SWJ-DP (B5.2.1), line reset, idle cycles.
constexpr std::array<uint8_t, 17> kSelectSwd = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                0xff, 0x9e, 0xe7, 0xff, 0xff, 0xff,
                                                0xff, 0xff, 0xff, 0xff, 0x00};

}  // namespace

MemoryError DebugPort::ErrorOf(Ack ack) {
  switch (ack) {
    case Ack::kWait:
      return {Kind::kUnreachable,
              {.code = ExitCode::kChannel,
               .message = "the target stays busy (WAIT on SWD)",
               .hint = "a lower SWD clock, or a reset of the target may help"}};
    case Ack::kFault:
      return {Kind::kFault,
              {.code = ExitCode::kChannel, .message = "the target refused the access (FAULT)"}};
    case Ack::kGarbled:
      return {Kind::kUnreachable,
              {.code = ExitCode::kChannel,
               .message = "the target's answers on SWD are garbled",
               .hint = "shorter wires, a ground wire, or a lower SWD clock"}};
    case Ack::kNone:
    case Ack::kOk:
      break;
  }
  return {Kind::kUnreachable,
          {.code = ExitCode::kChannel,
           .message = "the target does not answer on SWD",
           .hint = "has it power? Check SWDIO, SWCLK and ground; is it held in reset?"}};
}

MemoryResult<TransferReply> DebugPort::Transfer(std::span<const DapTransfer> transfers) {
  auto reply = dap_.Transfers(transfers);
  if (reply && reply->ack != Ack::kOk) {
    return std::unexpected(ErrorOf(reply->ack));
  }
  return reply;
}

MemoryResult<void> DebugPort::Connect() {
  connected_ = false;
  waits_ = 0;
  if (const auto sent = dap_.SendSequence(std::as_bytes(std::span(kSelectSwd))); !sent) {
    return sent;
  }
  auto started = CheckIdcode();
  if (started) {
    started = PowerUp();
  }
  if (!started) {
    // A FAULT here is none of the target's memory.
    if (started.error().kind == Kind::kFault) {
      started.error().kind = Kind::kUnreachable;
    }
    return started;
  }
  const auto checked = CheckAccessPort();
  connected_ = checked.has_value();
  return checked;
}

// Reading DPIDR is also what ends the line reset (B4.3.3).
MemoryResult<void> DebugPort::CheckIdcode() {
  const auto reply = Transfer(std::array{ReadDp(kDpidr)});
  if (!reply) {
    return std::unexpected(reply.error());
  }
  const uint32_t idcode = reply->reads[0];
  const uint32_t expected = expected_idcode_ != 0 ? expected_idcode_ : idcode_;
  if (expected != 0 && idcode != expected) {
    return FailMemory(
        Kind::kLost,
        fmt::format("the target's DPIDR is 0x{:08x}, expected was 0x{:08x}", idcode, expected),
        "another board, or another chip, is on this probe");
  }
  idcode_ = idcode;
  return {};
}

MemoryResult<void> DebugPort::PowerUp() {
  const std::array request = {WriteDp(kAbort, kClearSticky), WriteDp(kSelect, 0),
                              WriteDp(kControlStatus, kPowerRequests)};
  if (const auto reply = Transfer(request); !reply) {
    return std::unexpected(reply.error());
  }
  for (int i = 0; i < kPowerUpTries; ++i) {
    const auto reply = Transfer(std::array{ReadDp(kControlStatus)});
    if (!reply) {
      return std::unexpected(reply.error());
    }
    if ((reply->reads[0] & kPowerAcknowledges) == kPowerAcknowledges) {
      return {};
    }
    if (PauseUntilSignal(kPowerUpPause)) {
      break;
    }
  }
  return FailMemory(Kind::kUnreachable, "the target does not switch its debug power on",
                    "reset the target, or switch its power off and on");
}

MemoryResult<void> DebugPort::CheckAccessPort() {
  const auto reply =
      Transfer(std::array{WriteDp(kSelect, kSelectApIdr), ReadAp(kApIdr), WriteDp(kSelect, 0)});
  if (!reply && reply.error().kind != Kind::kFault) {
    return std::unexpected(reply.error());
  }
  if (!reply || reply->reads[0] == 0) {
    return FailMemory(Kind::kUnreachable,
                      "the target's access port does not answer: it may be locked",
                      "read-out protection must be off; unlocking erases the flash of most chips");
  }
  if ((reply->reads[0] & kClassMask) != kClassMemory) {
    return FailMemory(
        Kind::kLost,
        fmt::format("access port 0 (IDR 0x{:08x}) does not lead to memory", reply->reads[0]),
        "openocd:CONFIG reaches targets whose memory is behind another access port");
  }
  return {};
}

MemoryResult<Recovery> DebugPort::RecoverFault() {
  const auto status = dap_.Transfers(std::array{ReadDp(kControlStatus)});
  if (!status) {
    return std::unexpected(status.error());
  }
  if (status->ack == Ack::kOk) {
    const uint32_t flags = status->reads[0];
    const bool powered = (flags & kPowerAcknowledges) == kPowerAcknowledges;
    const auto cleared = dap_.Transfers(std::array{WriteDp(kAbort, kClearSticky)});
    if (!cleared) {
      return std::unexpected(cleared.error());
    }
    if (powered && cleared->ack == Ack::kOk) {
      // Without STICKYERR it was a parity error of what the probe wrote, or an overrun.
      return (flags & kStickyError) != 0 ? Recovery::kFaulted : Recovery::kReady;
    }
  }
  // The target was reset, or lost its power: nothing of our set-up is left.
  const auto connected = Connect();
  return connected ? MemoryResult<Recovery>(Recovery::kReady) : std::unexpected(connected.error());
}

MemoryResult<Recovery> DebugPort::Recover(Ack ack) {
  if (ack == Ack::kFault) {
    return RecoverFault();
  }
  if (ack == Ack::kWait) {
    const bool give_up = ++waits_ > kPatientWaits;
    const auto aborted = dap_.WriteAbort(kClearSticky | (give_up ? kAbandonAccess : 0));
    if (aborted || aborted.error().kind == Kind::kLost) {
      return aborted ? MemoryResult<Recovery>(Recovery::kReady) : std::unexpected(aborted.error());
    }
  }
  const auto connected = Connect();
  return connected ? MemoryResult<Recovery>(Recovery::kReady) : std::unexpected(connected.error());
}

}  // namespace netctl
