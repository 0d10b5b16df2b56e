// Supervises one PHY: reset, identification, negotiation, link. A state machine that Poll drives;
// nothing here waits.
//
//            Start                BMCR.15 clear              link, and negotiation done
//   stopped -------> resetting ------------------> down <---------------------------> up
//                      ^  |                          |        link lost               |
//         every 500 ms |  | 500 ms passed, or        |                                |
//                      |  v no PHY answers           |  3 implausible reads in a row  |
//                     missing <----------------------+--------------------------------+
//
// A cable test begins in any state behind the reset and ends with a reset.
#pragma once

#include <array>
#include <cstdint>

#include "drivers/bus.h"
#include "drivers/phy/cable_test.h"
#include "drivers/phy/phy_models.h"
#include "drivers/phy/registers.h"
#include "stack/base/fields.h"
#include "stack/base/link.h"
#include "stack/base/result.h"
#include "stack/base/time.h"

namespace drivers {

// What the PHY shall do with its partner.
struct PhyRequest {
  bool negotiate = true;
  uint16_t advertise = Abilities::kAllSpeeds | Abilities::kPause;  // of Abilities
  // Without negotiation:
  bool speed_100 = true;
  base::Duplex duplex = base::Duplex::kFull;
};

struct PhyStats {
  uint32_t resets = 0;
  uint32_t link_losses = 0;     // seen in the latched link bit, short ones included
  uint32_t negotiations = 0;    // started
  uint32_t bad_reads = 0;       // the bus failed, or what it said was implausible or changed
  uint32_t reset_timeouts = 0;  // BMCR.15 stayed set for 500 ms

  static constexpr auto kFields = base::FieldList{
      base::Field{"resets", &PhyStats::resets}, base::Field{"link_losses", &PhyStats::link_losses},
      base::Field{"negotiations", &PhyStats::negotiations},
      base::Field{"bad_reads", &PhyStats::bad_reads},
      base::Field{"reset_timeouts", &PhyStats::reset_timeouts}};
};

// The ids that the 32 addresses answer with: 0xffffffff is nobody, 0 a line held low.
using PhyScan = std::array<uint32_t, kPhyAddresses>;

constexpr bool IsPhyId(uint32_t id) { return id != 0xffffffff && id != 0; }

// Reads registers 2 and 3 of `address`. kDeadlineExceeded.
base::Result<uint32_t> ReadPhyId(MdioBus& bus, uint8_t address);
// Reads all 32 ids. kDeadlineExceeded.
base::Result<PhyScan> ScanPhys(MdioBus& bus);
// The address to use of a scan. Address 0 is passed over when another one has the same id: it is
// the broadcast address of some PHYs. kNotFound.
base::Result<uint8_t> PickPhy(const PhyScan& scan);

// Speed, duplex and pause that both sides can do, best first (IEEE 802.3 annex 28B.3). Down when
// they have nothing in common. Symmetric pause only.
base::LinkMode ResolveAbilities(Advertisement own, PartnerAbility partner);

class Phy {
 public:
  enum class State : uint8_t { kStopped, kMissing, kResetting, kDown, kUp, kLoopback, kCableTest };
  static constexpr uint8_t kScanForAddress = 0xff;

  // `address` is 0 to 31, or kScanForAddress: the first PHY that answers.
  Phy(MdioBus& bus, uint8_t address) : bus_(bus), wanted_address_(address) {}

  // Reset and negotiation begin with the next Poll.
  void Start();
  // Moves on. Returns when to call again; sooner does nothing.
  base::Instant Poll(base::Instant now);
  // The next Poll looks at once, for example after an interrupt.
  void CheckNow() { next_poll_ = base::Instant::min(); }
  base::Instant next_poll() const { return next_poll_; }

  // These take effect with the next Poll.
  void Request(const PhyRequest& request);
  void RestartNegotiation();
  // Near-end loopback (BMCR.14), full duplex. While it is on, link() says that the link is up.
  void SetLoopback(bool on);
  // Far-end loopback, until the next reset: the partner gets back what it sends. kUnimplemented:
  // the model has none. Errors of MdioBus.
  base::Status SetFarLoopback(bool on);
  bool far_loopback() const { return far_loopback_; }
  // Measures the cable: the link goes down for some seconds. Begins with the next Poll.
  // kUnimplemented: the model cannot. kUnavailable: no PHY, one that resets, or a test that runs.
  base::Status StartCableTest();
  const CableTest& cable_test() const { return cable_test_; }
  // Interrupts at link changes, if the model has them (PhyModel::interrupts). For boards that wire
  // the pin.
  void EnableInterrupts() { interrupts_wanted_ = true; }
  // Takes the interrupt back and makes the next Poll look. kDeadlineExceeded.
  base::Status AcknowledgeInterrupt();

  State state() const { return state_; }
  const base::LinkMode& link() const { return link_; }
  const PhyRequest& request() const { return request_; }
  uint8_t address() const { return address_; }
  uint32_t id() const { return id_; }  // 0 until identified
  const PhyModel& model() const { return *model_; }
  const PhyStats& stats() const { return stats_; }
  MdioBus& bus() { return bus_; }

  // Register access with the errors of MdioBus.
  template <PhyRegister R>
  base::Result<R> Read() {
    const auto raw = bus_.Read(address_, R::kAddress);
    if (!raw) {
      return std::unexpected(raw.error());
    }
    R value;
    value.raw = *raw;
    return value;
  }
  // As Read, and kUnavailable when all bits are one: nobody drove the bus.
  template <PhyRegister R>
  base::Result<R> ReadPlausible() {
    auto value = Read<R>();
    if (value && value->raw == 0xffff) {
      return std::unexpected(base::Status::kUnavailable);
    }
    return value;
  }
  template <PhyRegister R>
  base::Status Write(R value) {
    return bus_.Write(address_, R::kAddress, value.raw);
  }

  static constexpr base::Duration kPollPeriod{100'000};
  static constexpr base::Duration kSoon{1'000};  // while resetting, and right after a lost link
  static constexpr base::Duration kResetLimit{500'000};  // IEEE 802.3 22.2.4.1.1
  static constexpr base::Duration kRetryPeriod{500'000};
  static constexpr base::Duration kBadReadRetry{10'000};
  static constexpr uint8_t kMaxBadReads = 3;

 private:
  base::Instant Step(base::Instant now);
  base::Instant BeginReset(base::Instant now);
  base::Instant PollReset(base::Instant now);
  base::Instant PollLink(base::Instant now);
  base::Instant PollCableTest(base::Instant now);
  base::Instant OnBadRead(base::Instant now);
  base::Instant GoMissing(base::Instant now);
  base::Status Identify();
  base::Status Configure();
  base::Status ApplyRequest();
  base::Status Negotiate(BasicStatus status);
  base::Status Force(BasicStatus status);
  base::Result<BasicStatus> ReadStatus();
  base::Result<base::LinkMode> ReadMode(BasicStatus status);
  base::Result<base::LinkMode> ReadNegotiated();

  MdioBus& bus_;
  const uint8_t wanted_address_;
  uint8_t address_ = 0;
  uint8_t bad_reads_in_a_row_ = 0;
  State state_ = State::kStopped;
  bool apply_request_ = false;
  bool loopback_ = false;
  bool far_loopback_ = false;
  bool interrupts_wanted_ = false;
  uint32_t id_ = 0;
  CableTest cable_test_;
  const PhyModel* model_ = &phy_models().back();
  PhyRequest request_;
  base::LinkMode link_;
  base::Instant next_poll_ = base::Instant::min();
  base::Instant reset_deadline_;
  PhyStats stats_;
};

}  // namespace drivers
