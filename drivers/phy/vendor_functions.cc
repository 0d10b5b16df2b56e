#include "drivers/phy/vendor_functions.h"

#include "drivers/phy/phy.h"
#include "drivers/phy/vendor_registers.h"

namespace drivers {
namespace {

constexpr base::LinkMode Up(uint16_t speed_mbit, bool is_full) {
  return {.state = base::LinkState::kUp,
          .speed_mbit = speed_mbit,
          .duplex = is_full ? base::Duplex::kFull : base::Duplex::kHalf};
}

constexpr auto kNotSettled = std::unexpected(base::Status::kUnavailable);

template <PhyRegister R>
base::Status SetBits(Phy& phy, uint16_t bits, bool on) {
  auto value = phy.Read<R>();
  if (!value) {
    return value.error();
  }
  value->raw = static_cast<uint16_t>(on ? value->raw | bits : value->raw & ~bits);
  return phy.Write(*value);
}

// KSZ8081 and IP101G count their modes alike: 1 and 2 half, 5 and 6 full duplex, 10 before 100.
template <PhyRegister R>
base::Result<base::LinkMode> ReadOperationMode(Phy& phy) {
  const auto status = phy.ReadPlausible<R>();
  if (!status) {
    return std::unexpected(status.error());
  }
  switch (status->operation_mode()) {
    case 1:
      return Up(10, false);
    case 2:
      return Up(100, false);
    case 5:
      return Up(10, true);
    case 6:
      return Up(100, true);
    default:
      return kNotSettled;
  }
}

}  // namespace

base::Result<base::LinkMode> ReadForcedMode(Phy& phy) {
  const auto control = phy.ReadPlausible<BasicControl>();
  if (!control) {
    return std::unexpected(control.error());
  }
  return Up(control->has(BasicControl::kSpeed100) ? 100 : 10,
            control->has(BasicControl::kFullDuplex));
}

base::Result<base::LinkMode> ReadKsz8081(Phy& phy) {
  return ReadOperationMode<Ksz8081Control1>(phy);
}

base::Result<base::LinkMode> ReadIp101g(Phy& phy) { return ReadOperationMode<Ip101gStatus>(phy); }

base::Result<base::LinkMode> ReadLan87xx(Phy& phy) {
  const auto status = phy.ReadPlausible<Lan87xxStatus>();
  if (!status) {
    return std::unexpected(status.error());
  }
  switch (status->speed_indication()) {
    case 1:
      return Up(10, false);
    case 2:
      return Up(100, false);
    case 5:
      return Up(10, true);
    case 6:
      return Up(100, true);
    default:
      return kNotSettled;
  }
}

base::Result<base::LinkMode> ReadDp83848(Phy& phy) {
  const auto status = phy.ReadPlausible<Dp83848Status>();
  if (!status) {
    return std::unexpected(status.error());
  }
  if ((status->raw & Dp83848Status::kLink) == 0) {
    return kNotSettled;
  }
  return Up((status->raw & Dp83848Status::kSpeed10) != 0 ? 10 : 100,
            (status->raw & Dp83848Status::kFullDuplex) != 0);
}

base::Result<base::LinkMode> ReadDm9161(Phy& phy) {
  const auto status = phy.ReadPlausible<Dm9161Status>();
  if (!status) {
    return std::unexpected(status.error());
  }
  constexpr uint16_t kAny100 = Dm9161Status::k100Full | Dm9161Status::k100Half;
  constexpr uint16_t kAnyFull = Dm9161Status::k100Full | Dm9161Status::k10Full;
  constexpr uint16_t kAny = kAny100 | Dm9161Status::k10Full | Dm9161Status::k10Half;
  if ((status->raw & kAny) == 0) {
    return kNotSettled;
  }
  return Up((status->raw & kAny100) != 0 ? 100 : 10, (status->raw & kAnyFull) != 0);
}

base::Result<base::LinkMode> ReadEnc28j60(Phy& phy) {
  const auto status = phy.ReadPlausible<Enc28j60Status2>();
  if (!status) {
    return std::unexpected(status.error());
  }
  return Up(10, (status->raw & Enc28j60Status2::kFullDuplex) != 0);
}

base::Status ConfigureKsz8081(Phy& phy) {
  // One that answers at the broadcast address 0 too would answer for its neighbours.
  auto strap = phy.Read<Ksz8081OperationOverride>();
  if (!strap) {
    return strap.error();
  }
  if (phy.address() != 0) {
    strap->raw |= Ksz8081OperationOverride::kBroadcastOff;
  }
  RETURN_IF_ERROR(phy.Write(*strap));
  return SetBits<Ksz8081ExpandedControl>(phy, Ksz8081ExpandedControl::kEnergyDetectOff, true);
}

base::Status KeepReceiverPowered(Phy& phy) {
  return SetBits<Lan87xxModeControl>(phy, Lan87xxModeControl::kEnergyDetectPowerDown, false);
}

base::Status SetKsz8081FarLoopback(Phy& phy, bool on) {
  return SetBits<Ksz8081Control2>(phy, Ksz8081Control2::kRemoteLoopback, on);
}

base::Status SetLan87xxFarLoopback(Phy& phy, bool on) {
  return SetBits<Lan87xxModeControl>(phy, Lan87xxModeControl::kFarLoopback, on);
}

}  // namespace drivers
