#include "tests/support/vprobe/virtual_probe.h"

#include <fmt/format.h>

namespace test {
namespace {

DapSettings DapSettingsOf(const ProbeSettings& settings) {
  return {.vendor = settings.identity.vendor,
          .product = settings.identity.product,
          .serial = settings.identity.serial,
          .packet_size = settings.identity.hid ? kHidReportSize : settings.packet_size,
          .packet_count = settings.packet_count};
}

}  // namespace

VirtualProbe::VirtualProbe(const ProbeSettings& settings, Target& target, const Faults& faults)
    : hid_(settings.identity.hid),
      faults_(faults),
      debug_(target.core()),
      ap_(target.bus(), debug_, settings.address_wrap),
      port_(ap_, faults_, settings.idcode),
      dap_(DapSettingsOf(settings), port_, debug_),
      usb_(
          settings.identity, [this](std::span<const uint8_t> packet) { return Answer(packet); },
          faults_) {
  ap_.set_locked(settings.locked);
  usb_.set_busy(settings.busy);
}

// A HID report has one size only.
std::optional<std::vector<uint8_t>> VirtualProbe::Answer(std::span<const uint8_t> packet) {
  std::optional<std::vector<uint8_t>> answer = dap_.Execute(packet);
  if (answer && hid_) {
    answer->resize(kHidReportSize);
  }
  return answer;
}

void VirtualProbe::SetPower(bool on) {
  const bool was_on = port_.powered();
  port_.SetPower(on);
  if (on && !was_on) {
    debug_.PowerUp();
  }
}

std::string VirtualProbe::DescribeCounters() const {
  const DapCounters& counters = dap_.counters();
  std::string text = fmt::format(
      R"({{"commands":{},"transfers":{},"waits":{},"faults":{},"no_answers":{},"resets":{})",
      counters.commands, counters.transfers, counters.waits, counters.faults, counters.no_answers,
      debug_.resets());
  text += R"(,"injected":{)";
  for (size_t kind = 0; kind < kFaultKinds; ++kind) {
    text += fmt::format(R"({}"{}":{})", kind == 0 ? "" : ",", kFaultNames[kind],
                        faults_.injected(static_cast<FaultKind>(kind)));
  }
  return text + "}}";
}

}  // namespace test
