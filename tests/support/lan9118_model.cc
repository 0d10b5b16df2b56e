#include "tests/support/lan9118_model.h"

#include <algorithm>
#include <cstring>
#include <set>

#include <gtest/gtest.h>

#include "stack/base/address.h"

namespace test {
namespace {

constexpr uint32_t kRxData = 0x00;
constexpr uint32_t kTxData = 0x20;
constexpr uint32_t kWindow = 0x20;
constexpr uint32_t kRxStatus = 0x40;
constexpr uint32_t kTxStatus = 0x48;
constexpr uint32_t kIdRev = 0x50;
constexpr uint32_t kIrqCfg = 0x54;
constexpr uint32_t kIntSts = 0x58;
constexpr uint32_t kIntEn = 0x5c;
constexpr uint32_t kByteTest = 0x64;
constexpr uint32_t kFifoInt = 0x68;
constexpr uint32_t kRxCfg = 0x6c;
constexpr uint32_t kTxCfg = 0x70;
constexpr uint32_t kHwCfg = 0x74;
constexpr uint32_t kRxDpCtrl = 0x78;
constexpr uint32_t kRxFifoInf = 0x7c;
constexpr uint32_t kTxFifoInf = 0x80;
constexpr uint32_t kPmtCtrl = 0x84;
constexpr uint32_t kRxDrop = 0xa0;
constexpr uint32_t kMacCmd = 0xa4;
constexpr uint32_t kMacData = 0xa8;
constexpr uint32_t kE2pCmd = 0xb0;

constexpr uint32_t kBusy = 0x8000'0000;
constexpr uint32_t kRxError = 0x4000;
constexpr uint32_t kTxError = 0x2000;
constexpr uint32_t kPhyInterrupt = 0x4'0000;
constexpr uint32_t kTxStatusLevel = 0x80;
constexpr uint32_t kRxStatusLevel = 0x08;

constexpr uint8_t kMacCr = 1;
constexpr uint8_t kAddrHigh = 2;
constexpr uint8_t kAddrLow = 3;
constexpr uint8_t kMiiAcc = 6;
constexpr uint8_t kMiiData = 7;
constexpr uint32_t kCrLoopback = 0x0020'0000;
constexpr uint32_t kCrFullDuplex = 0x0010'0000;
constexpr uint32_t kCrAllMulticast = 0x0008'0000;
constexpr uint32_t kCrPromiscuous = 0x0004'0000;
constexpr uint32_t kCrNoBroadcast = 0x0800;
constexpr uint32_t kCrTransmit = 0x0008;
constexpr uint32_t kCrReceive = 0x0004;

// Registers that only hold what was written.
const std::map<uint32_t, uint32_t> kPlainRegisters = {
    {kIrqCfg, 0},   {kIntEn, 0}, {kFifoInt, 0x4800'0000},
    {kRxCfg, 0},    {kTxCfg, 0}, {kHwCfg, 0x5'0000},
    {kMacData, 0},  {0x88, 0},   {0x8c, 0xffff},
    {0x90, 0xffff}, {0x98, 0},   {0x9c, 0},
    {0xac, 0},      {0xb4, 0}};
const std::set<uint32_t> kReadOnly = {kIdRev, kRxFifoInf, kTxFifoInf, kRxDrop, 0x90, 0x9c};

constexpr size_t RoundUpToWord(size_t size) { return (size + 3) & ~size_t{3}; }

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

// --- receiving ---

bool Lan9118Model::Accepts(base::ConstByteSpan frame) const {
  const uint32_t control = mac_[kMacCr];
  if ((control & kCrPromiscuous) != 0) {
    return true;
  }
  base::MacAddress to;
  std::memcpy(to.octets.data(), frame.data(), to.octets.size());
  if (to.is_broadcast()) {
    return (control & kCrNoBroadcast) == 0;
  }
  if (to.is_group()) {
    return (control & kCrAllMulticast) != 0;
  }
  uint32_t low = 0;
  std::memcpy(&low, to.octets.data(), sizeof(low));
  return low == mac_[kAddrLow] &&
         (to.octets[4] | to.octets[5] << 8) == static_cast<int>(mac_[kAddrHigh]);
}

bool Lan9118Model::Deliver(base::ConstByteSpan frame, uint32_t errors) {
  if ((mac_[kMacCr] & kCrReceive) == 0 || !Accepts(frame)) {
    return false;
  }
  const size_t offset = registers_[kRxCfg] >> 8 & 0x1f;
  ByteVector bytes(offset, std::byte{0});
  AppendTo(bytes, frame);
  // Not the true check sequence; no byte of it is zero, so that it shows in a sum.
  AppendTo(bytes, ToBytes({0xf1, 0xe2, 0xd3, 0xc4}));
  bytes.resize(RoundUpToWord(bytes.size()), std::byte{0xee});
  if (rx_words() * 4 + bytes.size() > kRxDataBytes || rx_status_.size() == kRxStatusWords) {
    ++dropped_;
    return false;
  }
  RxFrame& queued = rx_frames_.emplace_back();
  queued.words.resize(bytes.size() / 4);
  std::memcpy(queued.words.data(), bytes.data(), bytes.size());
  const bool is_group = (frame[0] & std::byte{1}) != std::byte{0};
  rx_status_.push_back(static_cast<uint32_t>((frame.size() + 4) << 16) | errors |
                       (is_group ? 0x0400 : 0));
  return true;
}

size_t Lan9118Model::rx_words() const {
  size_t words = 0;
  for (const RxFrame& frame : rx_frames_) {
    words += frame.words.size() - frame.next;
  }
  return words;
}

uint32_t Lan9118Model::PopRxStatus() {
  if (rx_status_.empty()) {
    ADD_FAILURE() << "RX status FIFO read while empty";
    return 0;
  }
  ++rx_frames_announced_;
  const uint32_t status = rx_status_.front();
  rx_status_.pop_front();
  return status;
}

uint32_t Lan9118Model::PopRxData() {
  EXPECT_EQ(forward_busy_, 0) << "RX data FIFO read during a fast forward";
  if (rx_frames_announced_ == 0) {
    ADD_FAILURE() << "RX data FIFO read without a frame whose status was read";
    latched_ |= kRxError;
    return 0;
  }
  RxFrame& frame = rx_frames_.front();
  const uint32_t word = frame.words[frame.next++];
  if (frame.next == frame.words.size()) {
    rx_frames_.pop_front();
    --rx_frames_announced_;
  }
  return word;
}

void Lan9118Model::FastForward() {
  ASSERT_NE(rx_frames_announced_, 0u) << "fast forward without a frame whose status was read";
  const RxFrame& frame = rx_frames_.front();
  EXPECT_GE(frame.words.size() - frame.next, 4u) << "fast forward over less than four words";
  rx_frames_.pop_front();
  --rx_frames_announced_;
  ++fast_forwards_;
  forward_busy_ = 2;
}

// --- transmitting ---

void Lan9118Model::PushTxWord(uint32_t word) {
  if (tx_used_ + 4 > kTxDataBytes) {
    ADD_FAILURE() << "TX data FIFO overrun";
    latched_ |= kTxError;
    return;
  }
  // Command B is kept once a packet (3.12.5).
  if (tx_state_ != TxState::kCommandB || pieces_ == 1) {
    tx_used_ += 4;
    tx_.fifo_bytes += 4;
  }
  switch (tx_state_) {
    case TxState::kCommandA:
      BeginPiece(word);
      return;
    case TxState::kCommandB:
      EXPECT_TRUE(pieces_ == 1 || word == tx_.command_b) << "TX command B differs between pieces";
      tx_.command_b = word;
      tx_state_ = piece_left_ == 0 ? TxState::kCommandA : TxState::kData;
      return;
    case TxState::kData:
      break;
  }
  for (size_t i = piece_offset_; i < 4 && piece_left_ > 0; ++i, --piece_left_) {
    tx_.bytes.push_back(static_cast<std::byte>(word >> 8 * i));
  }
  piece_offset_ = 0;
  if (piece_left_ == 0) {
    EndPiece();
  }
}

void Lan9118Model::BeginPiece(uint32_t word) {
  const bool is_first = (word & 0x2000) != 0;
  const bool is_last = (word & 0x1000) != 0;
  command_a_ = word;
  piece_left_ = word & 0x7ff;
  piece_offset_ = word >> 16 & 0x1f;
  EXPECT_EQ(word & 0x7ce0'c800, 0u) << "reserved bits of TX command A";
  EXPECT_LT(piece_offset_, 4u) << "this model takes offsets within a word";
  EXPECT_EQ(is_first, pieces_ == 0) << "first piece flag out of place";
  EXPECT_TRUE(is_first || is_last || piece_left_ >= 4) << "middle piece of less than four bytes";
  EXPECT_NE(piece_left_, 0u) << "empty piece";
  ++pieces_;
  tx_state_ = TxState::kCommandB;
}

void Lan9118Model::EndPiece() {
  tx_state_ = TxState::kCommandA;
  if ((command_a_ & 0x1000) != 0) {
    EndFrame();
  }
}

void Lan9118Model::EndFrame() {
  EXPECT_EQ(tx_.bytes.size(), tx_.command_b & 0x7ff) << "TX command B tells another length";
  EXPECT_LE(tx_.fifo_bytes, 2036u) << "packet too fragmented (3.12.5)";
  tx_pieces_ = std::exchange(pieces_, 0);
  held_.push_back(std::exchange(tx_, {}));
  if (!hold_) {
    ReleaseOne();
  }
}

void Lan9118Model::HoldTransmitter(bool hold) {
  hold_ = hold;
  while (!hold_ && !held_.empty()) {
    ReleaseOne();
  }
}

void Lan9118Model::ReleaseOne() {
  const TxFrame frame = held_.front();
  held_.pop_front();
  tx_used_ -= frame.fifo_bytes;
  Transmit(frame);
}

void Lan9118Model::Transmit(const TxFrame& frame) {
  EXPECT_NE(mac_[kMacCr] & kCrTransmit, 0u) << "transmitter is off (MAC_CR.TXEN)";
  EXPECT_NE(registers_[kTxCfg] & 2, 0u) << "transmitter is off (TX_CFG.TX_ON)";
  uint32_t status = frame.command_b & 0xffff'0000;
  if (fail_ != 0) {
    --fail_;
    status |= fail_status_;
  } else {
    ByteVector bytes = frame.bytes;
    bytes.resize(std::max<size_t>(bytes.size(), 60));
    if ((mac_[kMacCr] & kCrLoopback) != 0) {
      EXPECT_NE(mac_[kMacCr] & kCrFullDuplex, 0u) << "MAC loopback needs full duplex";
      Deliver(bytes);
    } else if (phy_.loopback()) {
      Deliver(bytes);
    } else {
      sent_.push_back(std::move(bytes));
    }
  }
  if (tx_status_.size() == kTxStatusWords) {
    ADD_FAILURE() << "TX status FIFO overrun: the transmitter stops";
    latched_ |= kTxError;
    return;
  }
  tx_status_.push_back(status);
}

uint32_t Lan9118Model::PopTxStatus() {
  if (tx_status_.empty()) {
    ADD_FAILURE() << "TX status FIFO read while empty";
    return 0;
  }
  const uint32_t status = tx_status_.front();
  tx_status_.pop_front();
  return status;
}

// --- interrupts and MAC registers ---

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
