#include "agent/boot_record.h"

#include <array>
#include <cstring>
#include <new>

#include <gtest/gtest.h>

namespace agent {
namespace {

using protocol::ResetCause;

// Memory that keeps its content while records come and go in it, as RAM does over a warm reset.
class RetainedMemory {
 public:
  explicit RetainedMemory(int fill) { std::memset(memory_.data(), fill, memory_.size()); }

  // What start-up code finds.
  BootRecord& record() { return *std::launder(reinterpret_cast<BootRecord*>(memory_.data())); }
  void FlipBit(size_t bit) { memory_[bit / 8] ^= static_cast<unsigned char>(1 << (bit % 8)); }

 private:
  alignas(BootRecord) std::array<unsigned char, sizeof(BootRecord)> memory_;
};

TEST(BootRecord, TakesGarbageForAPowerOn) {
  for (const int fill : {0x00, 0xff, 0xa5}) {
    RetainedMemory memory(fill);
    const Boot boot = memory.record().Begin();
    EXPECT_EQ(boot.counter, 1u);
    EXPECT_EQ(boot.cause, ResetCause::kPowerOn);
    EXPECT_FALSE(boot.fault);
  }
}

TEST(BootRecord, CountsWarmResets) {
  RetainedMemory memory(0);
  memory.record().Begin();
  EXPECT_EQ(memory.record().Begin().counter, 2u);
  EXPECT_EQ(memory.record().Begin().counter, 3u);
}

TEST(BootRecord, TellsTheCauseOnce) {
  RetainedMemory memory(0);
  memory.record().Begin();
  memory.record().NoteReset(ResetCause::kSoftware);
  EXPECT_EQ(memory.record().Begin().cause, ResetCause::kSoftware);
  EXPECT_EQ(memory.record().Begin().cause, ResetCause::kUnknown);
}

TEST(BootRecord, KeepsTheFaultForOneStart) {
  const Fault fault{
      .kind = FaultKind::kBus, .pc = 0x1234, .lr = 0x5678, .status = 0x8200, .address = 0x60000000};
  RetainedMemory memory(0);
  memory.record().Begin();
  memory.record().NoteFault(fault);
  const Boot boot = memory.record().Begin();
  EXPECT_EQ(boot.cause, ResetCause::kFault);
  EXPECT_EQ(boot.fault, fault);
  EXPECT_FALSE(memory.record().Begin().fault);
}

TEST(BootRecord, DoesNotTrustARecordWithAFlippedBit) {
  for (size_t bit = 0; bit < 8 * sizeof(BootRecord); ++bit) {
    RetainedMemory memory(0);
    memory.record().Begin();
    memory.record().NoteReset(ResetCause::kSoftware);
    memory.FlipBit(bit);
    EXPECT_EQ(memory.record().Begin().cause, ResetCause::kPowerOn) << "bit " << bit;
  }
}

}  // namespace
}  // namespace agent
