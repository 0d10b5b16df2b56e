// The MAC of the simulated board: a ring of received frames in front of a Wire.
#pragma once

#include <array>

#include "agent/boards/sim/wire.h"
#include "drivers/phy/phy.h"
#include "drivers/phy/stand_in_phy.h"
#include "stack/device/ethernet_driver.h"

namespace agent::sim {

// What this MAC counts beyond the common counters.
struct SimEthernetStats {
  uint32_t wire_refused = 0;  // frames that the wire did not take
  static constexpr auto kFields =
      base::FieldList{base::Field{"wire_refused", &SimEthernetStats::wire_refused}};
};

class SimEthernet final : public stack::EthernetDriver, public FrameSink {
 public:
  explicit SimEthernet(base::PbufPools& pools) : EthernetDriver(pools) {}

  // Before Start. `wire` outlives this object.
  void Plug(Wire& wire) { wire_ = &wire; }
  drivers::Phy& phy() { return phy_; }
  const SimEthernetStats& details() const { return details_; }
  bool has_frames() const { return count_ != 0; }

  void OnFrame(base::ConstByteSpan frame) override;
  void CheckLink() override { phy_.CheckNow(); }
  base::Capabilities capabilities() const override {
    return {.sums_received_frames = true,
            .mac_loopback = true,
            .phy_loopback = true,
            .receive_window_frames = kRing};
  }
  std::string_view name() const override { return "simulated"; }

 private:
  static constexpr uint16_t kRing = 64;
  struct Slot {
    uint16_t size = 0;
    std::array<std::byte, kMaxFrame> data;
  };

  base::Status DoStart(const base::MacAddress& address) override;
  base::Result<base::Pbuf> DoReceive() override;
  base::Status DoTransmit(base::Pbuf&& frame) override;
  size_t DoTransmitRoom() const override { return kRing; }
  void DoReapTransmitted() override {}
  base::Instant DoPoll(base::Instant now, base::LinkMode& link) override;
  base::Status DoSetLoopback(base::Loopback loopback) override;

  Wire* wire_ = nullptr;
  drivers::StandInPhy mdio_;
  drivers::Phy phy_{mdio_, drivers::StandInPhy::kAddress};
  base::Loopback loopback_ = base::Loopback::kOff;
  SimEthernetStats details_;
  std::array<Slot, kRing> ring_;
  size_t first_ = 0;
  size_t count_ = 0;
};

}  // namespace agent::sim
