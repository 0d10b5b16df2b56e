// The interrupt registers of each family: link changes only, since nothing else is acted upon.
#include "drivers/phy/phy.h"
#include "drivers/phy/vendor_functions.h"
#include "drivers/phy/vendor_registers.h"

namespace drivers {
namespace {

// Reading the register lets go of the pin.
template <PhyRegister R>
base::Status Acknowledge(Phy& phy) {
  const auto value = phy.Read<R>();
  return value ? base::Status::kOk : value.error();
}

base::Status EnableLan87xx(Phy& phy) {
  constexpr uint16_t kLinkChanges =
      Lan87xxInterruptSource::kNegotiationDone | Lan87xxInterruptSource::kLinkDown;
  return phy.Write(Lan87xxInterruptMask{kLinkChanges});
}

base::Status EnableKsz8081(Phy& phy) {
  return phy.Write(
      Ksz8081Interrupt{Ksz8081Interrupt::kLinkDownEnable | Ksz8081Interrupt::kLinkUpEnable});
}

base::Status EnableDp83848(Phy& phy) {
  RETURN_IF_ERROR(phy.Write(Dp83848InterruptStatus{
      Dp83848InterruptStatus::kLinkEnable | Dp83848InterruptStatus::kNegotiationDoneEnable}));
  return phy.Write(Dp83848InterruptControl{Dp83848InterruptControl::kEnable |
                                           Dp83848InterruptControl::kPinIsOutput});
}

// The other bits of the register on page 7 choose what the LEDs show. Page 0 is what everybody
// else expects, so it comes back even after a failure.
base::Status EnableRtl8201f(Phy& phy) {
  RETURN_IF_ERROR(phy.Write(Rtl8201fPage{Rtl8201fPage::kInterrupts}));
  auto enable = phy.Read<Rtl8201fInterruptEnable>();
  base::Status status = enable ? base::Status::kOk : enable.error();
  if (enable) {
    enable->raw |= Rtl8201fInterruptEnable::kLinkChange;
    status = phy.Write(*enable);
  }
  RETURN_IF_ERROR(phy.Write(Rtl8201fPage{Rtl8201fPage::kDefault}));
  return status;
}

base::Status EnableIp101g(Phy& phy) {
  return phy.Write(Ip101gInterrupt{Ip101gInterrupt::kPinUsed});
}

base::Status EnableDm9161(Phy& phy) {
  return phy.Write(Dm9161Interrupt{Dm9161Interrupt::kDuplexMasked | Dm9161Interrupt::kSpeedMasked});
}

base::Status EnableEnc28j60(Phy& phy) {
  return phy.Write(Enc28j60InterruptEnable{Enc28j60InterruptEnable::kLinkChange |
                                           Enc28j60InterruptEnable::kEnable});
}

}  // namespace

constexpr PhyInterrupts kLan87xxInterrupts = {.enable = EnableLan87xx,
                                              .acknowledge = Acknowledge<Lan87xxInterruptSource>};
constexpr PhyInterrupts kKsz8081Interrupts = {.enable = EnableKsz8081,
                                              .acknowledge = Acknowledge<Ksz8081Interrupt>};
constexpr PhyInterrupts kDp83848Interrupts = {.enable = EnableDp83848,
                                              .acknowledge = Acknowledge<Dp83848InterruptStatus>};
constexpr PhyInterrupts kRtl8201fInterrupts = {.enable = EnableRtl8201f,
                                               .acknowledge = Acknowledge<Rtl8201fInterruptStatus>};
constexpr PhyInterrupts kIp101gInterrupts = {.enable = EnableIp101g,
                                             .acknowledge = Acknowledge<Ip101gInterrupt>};
constexpr PhyInterrupts kDm9161Interrupts = {.enable = EnableDm9161,
                                             .acknowledge = Acknowledge<Dm9161Interrupt>};
constexpr PhyInterrupts kEnc28j60Interrupts = {
    .enable = EnableEnc28j60, .acknowledge = Acknowledge<Enc28j60InterruptRequest>};

}  // namespace drivers
