// PHY registers (IEEE 802.3 clause 22) over MDIO.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/messages/link.h"
#include "protocol/method.h"
#include "stack/base/cable.h"

namespace protocol {

struct PhyFound {
  uint8_t phy = 0;
  uint32_t id = 0;
  base::Text<24> name{};
  static constexpr auto kFields = base::FieldList{
      Field{"phy", &PhyFound::phy}, Field{"id", &PhyFound::id}, Field{"name", &PhyFound::name}};
};
struct PhyList {
  uint8_t used = 0;  // the address that the driver uses
  base::Bounded<PhyFound, 32> phys{};
  static constexpr auto kFields =
      base::FieldList{Field{"used", &PhyList::used}, Field{"phys", &PhyList::phys}};
};

struct PhyRegister {
  uint8_t interface = 0;
  uint8_t phy = 0;  // 0 to 31
  uint8_t reg = 0;  // 0 to 31
  static constexpr auto kFields =
      base::FieldList{Field{"interface", &PhyRegister::interface}, Field{"phy", &PhyRegister::phy},
                      Field{"reg", &PhyRegister::reg}};
};
struct PhyValue {
  uint16_t value = 0;
  static constexpr auto kFields = base::FieldList{Field{"value", &PhyValue::value}};
};
struct PhyWriteRequest {
  PhyRegister target{};
  uint16_t value = 0;
  static constexpr auto kFields = base::FieldList{Field{"target", &PhyWriteRequest::target},
                                                  Field{"value", &PhyWriteRequest::value}};
};

struct PhyDump {
  base::Text<24> name{};
  uint32_t id = 0;
  std::array<uint16_t, 32> registers{};
  static constexpr auto kFields =
      base::FieldList{Field{"name", &PhyDump::name}, Field{"id", &PhyDump::id},
                      Field{"registers", &PhyDump::registers}};
};

// One slice of a bench; the host adds slices up. A slice is bounded, so that a handler does not
// hold up the loop.
inline constexpr uint16_t kMdioBenchSlice = 50;
struct MdioBenchRequest {
  PhyRegister target{};
  uint16_t reads = kMdioBenchSlice;  // 1 to kMdioBenchSlice
  uint16_t expected = 0;
  static constexpr auto kFields = base::FieldList{Field{"target", &MdioBenchRequest::target},
                                                  Field{"reads", &MdioBenchRequest::reads},
                                                  Field{"expected", &MdioBenchRequest::expected}};
};
struct MdioBenchResult {
  uint16_t reads = 0;
  uint16_t deviations = 0;
  uint16_t failures = 0;  // MDIO did not finish in time
  uint16_t last_deviation = 0;
  uint32_t duration_us = 0;
  static constexpr auto kFields = base::FieldList{
      Field{"reads", &MdioBenchResult::reads}, Field{"deviations", &MdioBenchResult::deviations},
      Field{"failures", &MdioBenchResult::failures},
      Field{"last_deviation", &MdioBenchResult::last_deviation},
      Field{"duration_us", &MdioBenchResult::duration_us}};
};

inline constexpr size_t kCablePairs = 2;  // pins 1 and 2 of the connector, pins 3 and 6
struct CableTestRequest {
  uint8_t interface = 0;
  bool start = false;  // measure; else only say how it stands
  static constexpr auto kFields = base::FieldList{Field{"interface", &CableTestRequest::interface},
                                                  Field{"start", &CableTestRequest::start}};
};
// The link is down while it runs.
struct CableTestStatus {
  bool running = false;
  std::array<base::CablePair, kCablePairs> pairs{};  // of the last run
  static constexpr auto kFields = base::FieldList{Field{"running", &CableTestStatus::running},
                                                  Field{"pairs", &CableTestStatus::pairs}};
};

// All: kInvalidArgument (no such interface, address or register), kDeadlineExceeded (MDIO does not
// finish).
using ScanPhys = Method<0x0020, InterfaceReference, PhyList>;
using ReadPhy = Method<0x0021, PhyRegister, PhyValue>;
using WritePhy = Method<0x0022, PhyWriteRequest, Empty>;
using DumpPhy = Method<0x0023, PhyRegister, PhyDump>;  // `reg` is ignored
using BenchMdio = Method<0x0024, MdioBenchRequest, MdioBenchResult>;
// With `start`, kUnimplemented: this PHY cannot; kUnavailable: no PHY, or a test runs already.
using TestCable = Method<0x0025, CableTestRequest, CableTestStatus>;

}  // namespace protocol
