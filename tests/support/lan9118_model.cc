#include "tests/support/lan9118_model.h"

#include <cstring>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/lan9118_model_registers.h"

namespace test {
namespace {

using namespace lan9118_model;

// Registers that only hold what was written.
const std::map<uint32_t, uint32_t> kPlainRegisters = {
    {kIrqCfg, 0},   {kIntEn, 0}, {kFifoInt, 0x4800'0000},
    {kRxCfg, 0},    {kTxCfg, 0}, {kHwCfg, 0x5'0000},
    {kMacData, 0},  {0x88, 0},   {0x8c, 0xffff},
    {0x90, 0xffff}, {0x98, 0},   {0x9c, 0},
    {0xac, 0},      {0xb4, 0}};
const std::set<uint32_t> kReadOnly = {kIdRev, kRxFifoInf, kTxFifoInf, kRxDrop, 0x90, 0x9c};

}  // namespace

void Lan9118Model::Reset() {
  ++resets_;
  registers_ = kPlainRegisters;
  mac_ = {};
  mac_[kMacCr] = kCrPromiscuous;
  latched_ = 0;
  dropped_ = 0;
  rx_frames_.clear();
  rx_status_.clear();
  rx_frames_announced_ = 0;
  tx_state_ = TxState::kCommandA;
  tx_ = {};
  pieces_ = 0;
  tx_used_ = 0;
  held_.clear();
  tx_status_.clear();
  reset_busy_ = 3;
  csr_busy_ = mii_busy_ = forward_busy_ = 0;
}

// What may be touched while the chip sleeps or resets.
bool Lan9118Model::IsSettled(uint32_t address) const {
  if (!is_ready_) {
    return address == kByteTest || address == kPmtCtrl;
  }
  return reset_busy_ == 0 || address == kHwCfg || address == kE2pCmd || address == kByteTest ||
         address == kPmtCtrl;
}

uint32_t Lan9118Model::DoRead(uint32_t address) {
  if (is_dead_) {
    return dead_value_;
  }
  EXPECT_TRUE(IsSettled(address)) << "read of 0x" << std::hex << address << " too early";
  EXPECT_FALSE(resets_ == 0 && address < kIdRev) << "FIFO read before a reset";
  if (address < kTxData) {
    return PopRxData();
  }
  switch (address) {
    case kRxStatus:
      return PopRxStatus();
    case kTxStatus:
      return PopTxStatus();
    case kIdRev:
      return chip_id_;
    case kIntSts:
      return interrupts();
    case kByteTest:
      return is_ready_ ? 0x8765'4321 : 0;
    case kHwCfg: {
      const bool busy = reset_hangs_ ? reset_busy_ > 0 : reset_busy_ > 0 && --reset_busy_ > 0;
      return registers_[kHwCfg] | (busy ? 1 : 0);
    }
    case kRxDpCtrl:
      return forward_hangs_ || (forward_busy_ > 0 && --forward_busy_ > 0) ? kBusy : 0;
    case kRxFifoInf:
      return static_cast<uint32_t>(rx_status_.size() << 16 | rx_words() * 4);
    case kTxFifoInf:
      return static_cast<uint32_t>(tx_status_.size() << 16 | tx_free());
    case kPmtCtrl:
      return is_ready_ ? 1 : 0;
    case kRxDrop:
      return std::exchange(dropped_, 0);
    case kMacCmd:
      return csr_hangs_ || (csr_busy_ > 0 && --csr_busy_ > 0) ? kBusy : 0;
    case kE2pCmd:
      return reset_busy_ > 0 && --reset_busy_ > 0 ? kBusy : 0;
    default:
      break;
  }
  EXPECT_EQ(csr_busy_, 0) << "read of 0x" << std::hex << address << " during a MAC access";
  const auto found = registers_.find(address);
  EXPECT_NE(found, registers_.end()) << "no register to read at 0x" << std::hex << address;
  return found == registers_.end() ? 0 : found->second;
}

void Lan9118Model::DoWrite(uint32_t address, uint32_t value) {
  if (is_dead_) {
    return;
  }
  EXPECT_TRUE(IsSettled(address)) << "write to 0x" << std::hex << address << " too early";
  EXPECT_FALSE(kReadOnly.contains(address)) << "0x" << std::hex << address << " is read-only";
  if (address >= kTxData && address < kTxData + kWindow) {
    PushTxWord(value);
    return;
  }
  switch (address) {
    case kByteTest:
      is_ready_ = true;
      return;
    case kHwCfg:
      if ((value & 1) != 0) {
        Reset();
        return;
      }
      EXPECT_NE(value & 0x0010'0000, 0u) << "HW_CFG bit 20 must be one";
      EXPECT_EQ(value & 0x000f'0000, 0x0005'0000u) << "this model has TX_FIF_SZ 5";
      registers_[kHwCfg] = value;
      return;
    case kIntSts:
      latched_ &= ~value;
      return;
    case kRxDpCtrl:
      EXPECT_EQ(value, kBusy);
      FastForward();
      return;
    case kMacCmd:
      OnMacCommand(value);
      return;
    default:
      break;
  }
  const auto found = registers_.find(address);
  ASSERT_NE(found, registers_.end()) << "no register to write at 0x" << std::hex << address;
  found->second = value;
}

base::Sum Lan9118Model::DoReadBlock(uint32_t address, base::ByteSpan data, size_t unsummed) {
  EXPECT_EQ(address, kRxData) << "blocks are read from the RX data FIFO alone";
  EXPECT_EQ(data.size() % 4, 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(data.data()) % 4, 0u) << "memory must be word aligned";
  for (size_t i = 0; i < data.size(); i += 4) {
    const uint32_t word = Read(address);
    std::memcpy(data.data() + i, &word, sizeof(word));
  }
  EXPECT_EQ(unsummed % 16, 0u);
  return base::SumBytes(data.subspan(unsummed));
}

void Lan9118Model::DoWriteBlock(uint32_t address, base::ConstByteSpan data) {
  EXPECT_EQ(address, kTxData) << "blocks are written to the TX data FIFO alone";
  EXPECT_EQ(data.size() % 4, 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(data.data()) % 4, 0u) << "memory must be word aligned";
  for (size_t i = 0; i < data.size(); i += 4) {
    uint32_t word;
    std::memcpy(&word, data.data() + i, sizeof(word));
    Write(address, word);
  }
}

uint32_t Lan9118Model::interrupts() {
  const uint32_t levels = registers_[kFifoInt];
  if (rx_status_.size() > (levels & 0xff)) {
    latched_ |= kRxStatusLevel;
  }
  if (tx_status_.size() > (levels >> 16 & 0xff)) {
    latched_ |= kTxStatusLevel;
  }
  if (phy_.interrupt()) {
    latched_ |= kPhyInterrupt;
  }
  return latched_;
}

bool Lan9118Model::interrupt_line() {
  return (registers_[kIrqCfg] & 0x100) != 0 && (interrupts() & registers_[kIntEn]) != 0;
}

void Lan9118Model::OnMacCommand(uint32_t value) {
  EXPECT_EQ(csr_busy_, 0) << "MAC command during another";
  EXPECT_NE(value & kBusy, 0u) << "MAC command without CSR_BUSY does nothing";
  const auto index = static_cast<uint8_t>(value & 0xff);
  ASSERT_TRUE(index >= 1 && index <= 12) << "no MAC register " << int{index};
  csr_busy_ = 2;
  if ((value & 0x4000'0000) != 0) {
    if (index == kMiiAcc) {
      const bool busy = mii_hangs_ || (mii_busy_ > 0 && --mii_busy_ > 0);
      mac_[kMiiAcc] = (mac_[kMiiAcc] & ~1u) | (busy ? 1 : 0);
    }
    registers_[kMacData] = mac_[index];
    return;
  }
  mac_[index] = registers_[kMacData];
  if (index == kMiiAcc) {
    OnMiiAccess(mac_[kMiiAcc]);
  } else if (index == kMiiData) {
    EXPECT_EQ(mii_busy_, 0) << "MII data written during an access";
  }
}

void Lan9118Model::OnMiiAccess(uint32_t value) {
  EXPECT_EQ(mii_busy_, 0) << "MII access during another";
  EXPECT_NE(value & 1, 0u) << "MII access without MII_BUSY does nothing";
  const auto phy = static_cast<uint8_t>(value >> 11 & 0x1f);
  const auto reg = static_cast<uint8_t>(value >> 6 & 0x1f);
  mii_busy_ = 3;
  if ((value & 2) != 0) {
    EXPECT_EQ(mdio_.Write(phy, reg, static_cast<uint16_t>(mac_[kMiiData])), base::Status::kOk);
  } else {
    mac_[kMiiData] = mdio_.Read(phy, reg).value_or(0xffff);
  }
}

}  // namespace test
