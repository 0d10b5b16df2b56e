// Cable tests of PHYs that have a reflectometer. The PHY is reset behind them, which takes back all
// that is set here.
#include "drivers/phy/phy.h"
#include "drivers/phy/vendor_functions.h"
#include "drivers/phy/vendor_registers.h"

namespace drivers {
namespace {

using base::CableState;

constexpr auto kRuns = std::unexpected(base::Status::kUnavailable);

// KSZ8081: LinkMD (DS00002202 section 3.9). A link would confuse it, so nothing is negotiated and
// 10 Mbit/s is forced.
base::Status SelectKsz8081(Phy& phy, uint8_t pair) {
  RETURN_IF_ERROR(phy.Write(BasicControl{BasicControl::kFullDuplex}));
  auto control = phy.Read<Ksz8081Control2>();
  if (!control) {
    return control.error();
  }
  control->raw = static_cast<uint16_t>((control->raw & ~Ksz8081Control2::kMdix) |
                                       Ksz8081Control2::kNoPairSwap |
                                       (pair != 0 ? Ksz8081Control2::kMdix : 0));
  return phy.Write(*control);
}

base::Status StartKsz8081(Phy& phy) { return phy.Write(Ksz8081LinkMd{Ksz8081LinkMd::kStart}); }

base::Result<base::CablePair> ReadKsz8081Result(Phy& phy) {
  constexpr uint16_t kCentimetresPerCount = 38;
  constexpr CableState kStates[] = {CableState::kGood, CableState::kOpen, CableState::kShort,
                                    CableState::kFailed};
  const auto value = phy.ReadPlausible<Ksz8081LinkMd>();
  if (!value) {
    return std::unexpected(value.error());
  }
  if ((value->raw & Ksz8081LinkMd::kStart) != 0) {
    return kRuns;
  }
  base::CablePair pair{.state = kStates[value->result()]};
  if (pair.state == CableState::kOpen || pair.state == CableState::kShort) {
    pair.distance_cm = static_cast<uint16_t>(value->fault_counter() * kCentimetresPerCount);
  }
  return pair;
}

// LAN8742 (DS00001989 section 3.8.11): 100 Mbit/s full duplex, no negotiation, no energy detect
// power-down. The thresholds stand in MMD 30 behind registers 13 and 14.
struct MmdControl {
  static constexpr uint8_t kAddress = 13;
  static constexpr uint16_t kVendor1 = 30;
  static constexpr uint16_t kData = 0x4000;
  uint16_t raw = 0;
};
struct MmdData {
  static constexpr uint8_t kAddress = 14;
  uint16_t raw = 0;
};
struct Threshold {
  uint16_t index;
  uint16_t value;
};
constexpr Threshold kLan8742Thresholds[] = {{11, 0x12 << 5 | 0x09}, {12, 0x09 << 5 | 0x12}};

base::Status WriteThreshold(Phy& phy, const Threshold& threshold) {
  RETURN_IF_ERROR(phy.Write(MmdControl{MmdControl::kVendor1}));
  RETURN_IF_ERROR(phy.Write(MmdData{threshold.index}));
  RETURN_IF_ERROR(phy.Write(MmdControl{MmdControl::kData | MmdControl::kVendor1}));
  return phy.Write(MmdData{threshold.value});
}

base::Status SelectLan8742(Phy& phy, uint8_t pair) {
  RETURN_IF_ERROR(KeepReceiverPowered(phy));
  for (const Threshold& threshold : kLan8742Thresholds) {
    RETURN_IF_ERROR(WriteThreshold(phy, threshold));
  }
  RETURN_IF_ERROR(phy.Write(BasicControl{BasicControl::kSpeed100 | BasicControl::kFullDuplex}));
  constexpr uint16_t kManual = Lan87xxIndication::kManualMdix;
  return phy.Write(Lan87xxIndication{
      static_cast<uint16_t>(pair != 0 ? kManual | Lan87xxIndication::kMdix : kManual)});
}

base::Status StartLan8742(Phy& phy) {
  return phy.Write(Lan8742TdrControl{Lan8742TdrControl::kEnable});
}

base::Result<base::CablePair> ReadLan8742Result(Phy& phy) {
  // Of a cable of unknown kind, per count.
  constexpr uint32_t kOpenMillimetres = 769;
  constexpr uint32_t kShortMillimetres = 793;
  constexpr CableState kStates[] = {CableState::kFailed, CableState::kShort, CableState::kOpen,
                                    CableState::kGood};
  const auto value = phy.ReadPlausible<Lan8742TdrControl>();
  if (!value) {
    return std::unexpected(value.error());
  }
  const bool is_done = (value->raw & Lan8742TdrControl::kDone) != 0;
  if ((value->raw & Lan8742TdrControl::kEnable) != 0 || !is_done) {
    return kRuns;
  }
  base::CablePair pair{.state = kStates[value->cable_type()]};
  if (pair.state == CableState::kOpen || pair.state == CableState::kShort) {
    const uint32_t scale = pair.state == CableState::kOpen ? kOpenMillimetres : kShortMillimetres;
    pair.distance_cm = static_cast<uint16_t>(value->length() * scale / 10);
  }
  return pair;
}

}  // namespace

constexpr PhyCableTest kKsz8081CableTest = {.settle = std::chrono::milliseconds(100),
                                            .select = SelectKsz8081,
                                            .start = StartKsz8081,
                                            .read = ReadKsz8081Result};
constexpr PhyCableTest kLan8742CableTest = {.settle = std::chrono::milliseconds(500),
                                            .select = SelectLan8742,
                                            .start = StartLan8742,
                                            .read = ReadLan8742Result};

}  // namespace drivers
