#include "tests/support/mdio_model.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace test {

void MdioModel::SetTime(base::Instant now) {
  for (PhyModel* phy : phys_) {
    if (phy != nullptr) {
      phy->SetTime(now);
    }
  }
}

PhyModel* MdioModel::Find(uint8_t phy) const {
  if (phy != 0 || phys_[0] != nullptr) {
    return phys_[phy];
  }
  const auto* const hearer = std::ranges::find_if(phys_, [](const PhyModel* candidate) {
    return candidate != nullptr && candidate->hears_broadcast();
  });
  return hearer == phys_.end() ? nullptr : *hearer;
}

void MdioModel::SpoilReads(uint32_t n, uint32_t count) {
  spoil_from_ = reads_ + n;
  spoil_count_ = count;
}

base::Result<uint16_t> MdioModel::Read(uint8_t phy, uint8_t reg) {
  EXPECT_LT(phy, drivers::kPhyAddresses);
  EXPECT_LT(reg, drivers::kPhyRegisters);
  ++reads_;
  if (fault_ == MdioFault::kTimeout) {
    return std::unexpected(base::Status::kDeadlineExceeded);
  }
  if (fault_ == MdioFault::kStuckLow) {
    return uint16_t{0};
  }
  const bool spoilt = reads_ >= spoil_from_ && reads_ - spoil_from_ < spoil_count_;
  if (fault_ == MdioFault::kStuckHigh || Find(phy) == nullptr || spoilt) {
    return uint16_t{0xffff};
  }
  const uint16_t value = Find(phy)->Read(reg);
  return fault_ == MdioFault::kBitSlip ? static_cast<uint16_t>(value >> 1) : value;
}

base::Status MdioModel::Write(uint8_t phy, uint8_t reg, uint16_t value) {
  EXPECT_LT(phy, drivers::kPhyAddresses);
  EXPECT_LT(reg, drivers::kPhyRegisters);
  if (fault_ == MdioFault::kTimeout) {
    return base::Status::kDeadlineExceeded;
  }
  PhyModel* const found = Find(phy);
  if (fault_ == MdioFault::kNone && found != nullptr) {
    found->Write(reg, value);
  }
  return base::Status::kOk;
}

}  // namespace test
