// A 10/100 PHY as IEEE 802.3 clauses 22 and 28 describe it, on a virtual clock, with the registers
// of several vendors (phy_model_vendor.cc): link, interrupt pin, loopback, cable test. An access
// that the standard or the datasheet does not allow is a violation; without a list of violations
// it fails the test.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "stack/base/cable.h"
#include "stack/base/link.h"
#include "stack/base/time.h"
#include "tests/support/vboard/violations.h"

namespace test {

enum class PhyVendor : uint8_t {
  kNone,  // clause 22 only
  kLan911x,
  kLan87xx,
  kKsz8081,
  kDp83848,
  kRtl8201f,
  kIp101g,
  kDm9161,
  kEnc28j60
};

// The other end of the cable.
struct PhyPartner {
  bool negotiates = true;
  uint16_t abilities = 0x05e1;  // register 5: all speeds, symmetric pause
  // Without negotiation:
  uint16_t speed_mbit = 100;
  base::Duplex duplex = base::Duplex::kHalf;
};

struct PhyOptions {
  uint32_t id = 0x00112230;
  PhyVendor vendor = PhyVendor::kNone;
  base::Duration reset_time = std::chrono::milliseconds(2);
  base::Duration negotiation_time = std::chrono::milliseconds(1500);
  bool resets = true;  // false: BMCR.15 never clears
  // Says that the link is up, and shows what it has of register 5, while it still negotiates.
  bool early_link = false;
  // What registers without a meaning read as; nullopt: reading one is a violation. Writing one is
  // in any case.
  std::optional<uint16_t> undefined{};
  Violations* violations = nullptr;
};

struct PhyVendorRegister;

class PhyModel {
 public:
  explicit PhyModel(const PhyOptions& options);

  void SetTime(base::Instant now) { now_ = now; }
  void PlugIn(const PhyPartner& partner = {});
  void Unplug();
  // The cable is out for a moment, shorter than anybody polls.
  void Flap();
  // What a cable test finds on pair 0 (pins 1 and 2) or 1 (pins 3 and 6).
  void SetCable(uint8_t pair, const base::CablePair& cable) { cable_.at(pair) = cable; }

  uint16_t Read(uint8_t reg);
  void Write(uint8_t reg, uint16_t value);

  bool link_up();
  bool loopback() const { return (control_ & 0x4000) != 0; }
  base::LinkMode mode();  // what this PHY runs at
  bool interrupt();       // the pin is pulled
  bool far_loopback() const;
  uint16_t control() const { return control_; }
  uint16_t advertisement() const { return advertisement_; }
  uint32_t resets() const { return resets_; }
  // It answers at address 0 as well as at its own.
  bool hears_broadcast() const {
    return options_.vendor == PhyVendor::kKsz8081 && (stored_[0x16] & 0x0200) == 0;
  }
  uint16_t vendor_control() const {  // what `configure` wrote
    return stored_[options_.vendor == PhyVendor::kKsz8081 ? 0x16 : 17];
  }
  // What was written to a vendor's register (of page 0).
  uint16_t vendor_register(uint8_t reg) const { return stored_.at(reg); }

 private:
  bool is_resetting() const { return reset_until_ && now_ < *reset_until_; }
  bool negotiates() const { return (control_ & 0x1000) != 0; }
  bool negotiation_done() const;
  void Update();
  void BeginReset();
  void BeginNegotiation();
  uint16_t ReadControl();
  uint16_t ReadStatus();
  uint16_t ReadPartner() const;

  // phy_model_vendor.cc
  const PhyVendorRegister* FindVendorRegister(uint8_t reg) const;
  uint16_t& Stored(uint8_t reg);
  uint8_t page() const;
  void ResetVendor();
  uint16_t ReadVendor(uint8_t reg);
  std::optional<uint16_t> ReadStatusOfVendor(uint8_t reg);
  std::optional<uint16_t> ReadEvents(uint8_t reg);
  void WriteVendor(uint8_t reg, uint16_t value);
  void BeginCableTest(uint8_t reg);
  uint16_t CableTestResult(uint8_t reg) const;
  uint16_t ReadModeBits(uint8_t shift);
  void Violate(const std::string& text) const;

  PhyOptions options_;
  base::Instant now_;
  std::optional<base::Instant> reset_until_;
  std::optional<PhyPartner> partner_;
  base::Instant negotiated_at_;
  uint16_t control_ = 0x3100;
  uint16_t advertisement_ = 0x01e1;
  // Since the interrupt registers were read last.
  bool went_up_ = false;
  bool went_down_ = false;
  std::array<uint16_t, 32> stored_{};
  std::array<uint16_t, 32> stored_page7_{};
  std::array<base::CablePair, 2> cable_{};
  std::optional<base::Instant> cable_test_until_;
  bool was_up_ = false;
  bool lost_link_ = true;  // the latch behind BMSR.2
  uint32_t resets_ = 0;
};

}  // namespace test
