#include "host-cli/probe/probe_memory.h"

#include <fmt/format.h>

#include "host-cli/format.h"
#include "host-cli/probe/cortex_m_reset.h"

namespace netctl {
namespace {

// A target that is being reset is back by then.
constexpr base::Duration kPatience = std::chrono::milliseconds(300);
// The probe's own repeats after WAIT: some milliseconds of them.
constexpr uint16_t kWaitRetries = 128;
constexpr uint8_t kIdleCycles = 0;

std::string ClockText(uint32_t hertz) {
  return hertz >= 1'000'000 ? fmt::format("{:g} MHz", hertz / 1e6)
                            : fmt::format("{:g} kHz", hertz / 1e3);
}

}  // namespace

ProbeMemory::ProbeMemory(std::unique_ptr<Dap> dap, const ProbeOptions& options, const Name& name)
    : dap_(std::move(dap)),
      port_(*dap_, options.idcode),
      memory_(*dap_, port_),
      clock_hz_(options.clock_hz),
      name_(name) {
  if (name_.serial.empty()) {
    name_.serial = dap_->info().serial;
  }
  if (name_.product.empty()) {
    name_.product = dap_->info().product;
  }
}

// Best effort: a probe that is gone has let go of the wires.
ProbeMemory::~ProbeMemory() {
  if (dap_->usable() && dap_->ShowConnected(false)) {
    [[maybe_unused]] const auto disconnected = dap_->Disconnect();
  }
}

MemoryResult<void> ProbeMemory::SetUp() {
  if (const auto connected = dap_->ConnectSwd(); !connected) {
    return connected;
  }
  if (const auto set = dap_->SetClock(clock_hz_); !set) {
    return set;
  }
  if (const auto set = dap_->ConfigureSwd(); !set) {
    return set;
  }
  if (const auto set = dap_->ConfigureTransfers(kIdleCycles, kWaitRetries); !set) {
    return set;
  }
  // A probe without a lamp may refuse.
  const auto shown = dap_->ShowConnected(true);
  return dap_->usable() ? MemoryResult<void>() : shown;
}

MemoryResult<std::unique_ptr<ProbeMemory>> ProbeMemory::Connect(
    std::unique_ptr<DapTransport> transport, const ProbeOptions& options, const Name& name) {
  auto dap = Dap::Start(std::move(transport));
  if (!dap) {
    return std::unexpected(dap.error());
  }
  std::unique_ptr<ProbeMemory> memory(new ProbeMemory(std::move(*dap), options, name));
  if (const auto ready = memory->SetUp(); !ready) {
    return std::unexpected(ready.error());
  }
  // Nothing to do, but for the connection.
  if (const auto connected = memory->memory_.Run({}, kPatience); !connected) {
    return std::unexpected(connected.error());
  }
  return memory;
}

MemoryResult<void> ProbeMemory::Run(std::span<const MemoryAccess> accesses) {
  return memory_.Run(accesses, kPatience);
}

MemoryResult<void> ProbeMemory::Reset(ResetKind kind) { return ResetCortexM(memory_, kind); }

std::string ProbeMemory::describe() const {
  return fmt::format("probe {} (CMSIS-DAP, SWD {})",
                     EscapeText(name_.serial.empty() ? name_.selector : name_.serial),
                     ClockText(clock_hz_));
}

Json ProbeMemory::facts() const {
  return {{"probe", name_.selector},
          {"serial", EscapeText(name_.serial)},
          {"product", EscapeText(name_.product)},
          {"firmware", EscapeText(dap_->info().firmware)},
          {"packet_size", dap_->info().packet_size},
          {"packet_count", dap_->info().packet_count},
          {"clock_hz", clock_hz_},
          {"idcode", fmt::format("0x{:08x}", port_.idcode())}};
}

std::string ProbeMemory::advice() const {
  return fmt::format(
      "has the target power? Check SWDIO, SWCLK and ground, or try a lower clock (now {})",
      ClockText(clock_hz_));
}

}  // namespace netctl
