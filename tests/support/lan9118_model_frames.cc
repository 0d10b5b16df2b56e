// The LAN9118 model's way of frames: filter, FIFOs, status words.
#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "stack/base/address.h"
#include "tests/support/lan9118_model.h"
#include "tests/support/lan9118_model_registers.h"

namespace test {
namespace {

using namespace lan9118_model;

constexpr size_t RoundUpToWord(size_t size) { return (size + 3) & ~size_t{3}; }

}  // namespace

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

}  // namespace test
