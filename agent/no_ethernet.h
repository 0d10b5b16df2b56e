// In the place of a MAC driver in an image that has none: the link is down, nothing is sent or
// received, no PHY answers. Console, statistics and reset work all the same.
#pragma once

#include "drivers/bus.h"
#include "drivers/phy/phy.h"
#include "stack/device/ethernet_driver.h"

namespace agent {

class NoMdio final : public drivers::MdioBus {
 public:
  // As when no PHY drives the line.
  base::Result<uint16_t> Read(uint8_t, uint8_t) override { return 0xffff; }
  base::Status Write(uint8_t, uint8_t, uint16_t) override { return base::Status::kOk; }
};

class NoEthernet final : public stack::EthernetDriver {
 public:
  using EthernetDriver::EthernetDriver;

  void CheckLink() override {}
  base::Capabilities capabilities() const override { return {}; }
  std::string_view name() const override { return "no MAC driver"; }

  drivers::Phy& phy() { return phy_; }

 private:
  base::Status DoStart(const base::MacAddress&) override { return base::Status::kUnimplemented; }
  base::Result<base::Pbuf> DoReceive() override {
    return std::unexpected(base::Status::kUnavailable);
  }
  base::Status DoTransmit(base::Pbuf&&) override { return base::Status::kUnimplemented; }
  size_t DoTransmitRoom() const override { return 0; }
  void DoReapTransmitted() override {}
  base::Instant DoPoll(base::Instant, base::LinkMode&) override { return base::kNever; }
  base::Status DoSetLoopback(base::Loopback) override { return base::Status::kUnimplemented; }

  NoMdio mdio_;
  drivers::Phy phy_{mdio_, 0};
};

}  // namespace agent
