// A 10/100 PHY as IEEE 802.3 clauses 22 and 28 describe it, on a virtual clock, with the status
// registers of several vendors. An access that the standard does not allow fails the test.
#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/link.h"
#include "stack/base/time.h"

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
  // What registers without a meaning read as; nullopt: reading one is a failure of the test.
  std::optional<uint16_t> undefined;
};

class PhyModel {
 public:
  explicit PhyModel(const PhyOptions& options);

  void SetTime(base::Instant now) { now_ = now; }
  void PlugIn(const PhyPartner& partner = {});
  void Unplug();
  // The cable is out for a moment, shorter than anybody polls.
  void Flap();

  uint16_t Read(uint8_t reg);
  void Write(uint8_t reg, uint16_t value);

  bool link_up();
  bool loopback() const { return (control_ & 0x4000) != 0; }
  base::LinkMode mode();  // what this PHY runs at
  bool interrupt() { return (interrupt_source() & interrupt_mask_) != 0; }
  uint16_t control() const { return control_; }
  uint16_t advertisement() const { return advertisement_; }
  uint32_t resets() const { return resets_; }
  uint16_t vendor_control() const { return vendor_control_; }  // what `configure` wrote

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
  uint16_t ReadVendor(uint8_t reg);
  uint16_t interrupt_source();
  uint16_t ReadModeBits(uint8_t shift);

  PhyOptions options_;
  base::Instant now_;
  std::optional<base::Instant> reset_until_;
  std::optional<PhyPartner> partner_;
  base::Instant negotiated_at_;
  uint16_t control_ = 0x3100;
  uint16_t advertisement_ = 0x01e1;
  uint16_t vendor_control_ = 0;
  uint16_t interrupt_source_ = 0;
  uint16_t interrupt_mask_ = 0;
  bool was_up_ = false;
  bool lost_link_ = true;  // the latch behind BMSR.2
  uint32_t resets_ = 0;
};

}  // namespace test
