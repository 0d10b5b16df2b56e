// The receiver of the ENC28J60 model: filters and the ring (DS39662E chapters 7.2 and 8).
#include <algorithm>

#include "tests/support/enc28j60_model.h"
#include "tests/support/ethernet_crc.h"

namespace test {

using namespace enc28j60_model;

namespace {

constexpr size_t kAddressSize = 6;
constexpr size_t kHeaderSize = 6;  // next packet pointer and status vector
constexpr size_t kPreambleSize = 8;
constexpr size_t kGapSize = 12;
constexpr size_t kFcsSize = 4;
constexpr size_t kLargestType = 1500;
constexpr size_t kHangAfter = 8;
constexpr size_t kCorruptEach = 16;
constexpr uint16_t kAddressRegisters[kAddressSize] = {0x304, 0x305, 0x302, 0x303, 0x300, 0x301};

bool IsBroadcastFrame(base::ConstByteSpan frame) {
  return std::ranges::all_of(frame.first(kAddressSize),
                             [](std::byte byte) { return byte == std::byte{0xff}; });
}
bool IsGroupFrame(base::ConstByteSpan frame) { return (frame[0] & std::byte{1}) != std::byte{}; }

// Six bytes FFh, then the address sixteen times (8.3).
bool HasMagicPattern(base::ConstByteSpan frame, base::ConstByteSpan address) {
  ByteVector pattern(kAddressSize, std::byte{0xff});
  for (int i = 0; i < 16; ++i) {
    AppendTo(pattern, address);
  }
  return !std::ranges::search(frame, pattern).empty();
}

}  // namespace

bool Enc28j60Model::IsListening() const {
  return Has(kEcon1, kReceiveEnable) && Has(kMacon1, kMacReceive) && !is_hung_;
}

bool Enc28j60Model::IsWanted(base::ConstByteSpan frame, uint32_t errors) const {
  const uint8_t filter = reg(kErxfcon);
  if ((errors & kVectorCrcError) != 0 && (filter & kCheckCrc) != 0) {
    return false;
  }
  if (frame.size() + kFcsSize > pointer(kMamxfl) && !Has(kMacon3, kHugeFrames)) {
    return false;
  }
  if ((filter & kPattern) != 0) {
    violations_.Add("ENC28J60: the pattern match filter is not modelled");
  }
  ByteVector own;
  for (const uint16_t address : kAddressRegisters) {
    own.push_back(static_cast<std::byte>(reg(address)));
  }
  const bool is_broadcast = IsBroadcastFrame(frame);
  const uint32_t bucket = EthernetCrcRegister(frame.first(kAddressSize)) >> 23 & 0x3f;
  const bool is_in_table =
      (reg(static_cast<uint16_t>(kEht0 + bucket / 8)) >> (bucket % 8) & 1) != 0;
  const std::pair<uint8_t, bool> tests[] = {
      {kUnicast, std::ranges::equal(frame.first(kAddressSize), own)},
      {kMagic, (filter & kMagic) != 0 && HasMagicPattern(frame, own)},
      {kHash, is_in_table},
      {kMulticast, IsGroupFrame(frame) && !is_broadcast},
      {kBroadcast, is_broadcast}};
  const auto is_on = [&](const auto& test) { return (filter & test.first) != 0; };
  const auto passes = [&](const auto& test) { return is_on(test) && test.second; };
  if (std::ranges::none_of(tests, is_on)) {
    return true;
  }
  return (filter & kAllMustMatch) != 0
             ? std::ranges::all_of(tests, [&](auto& test) { return !is_on(test) || test.second; })
             : std::ranges::any_of(tests, passes);
}

// Example 7-2.
size_t Enc28j60Model::ReceiveRoom() const {
  const size_t size = pointer(kErxnd) - pointer(kErxst);
  const size_t write = write_pointer_;
  const size_t read = pointer(kErxrdpt);
  if (write > read) {
    return size - (write - read);
  }
  return write == read ? size : read - write - 1;
}

bool Enc28j60Model::Deliver(base::ConstByteSpan frame, uint32_t errors) {
  Advance();
  const bool is_looped = (phy_.at(kPhcon1) & kPhyLoopback) != 0;
  if (!link_up() || is_looped || !IsListening() || !IsWanted(frame, errors)) {
    return false;
  }
  if (!options_.is_paced) {
    return Receive(frame, errors);
  }
  if (incoming_.size() == kMostWaiting) {
    return false;
  }
  const size_t bytes = kPreambleSize + frame.size() + kFcsSize + kGapSize;
  wire_free_at_ =
      std::max(wire_free_at_, clock_.now()) + static_cast<VirtualTime>(bytes) * kByteTime;
  incoming_.push_back({.frame = ToVector(frame), .errors = errors, .end = wire_free_at_});
  return true;
}

// False: no room. What has changed since the frame was wanted drops it silently.
bool Enc28j60Model::Receive(base::ConstByteSpan frame, uint32_t errors) {
  if (!IsListening() || !IsWanted(frame, errors)) {
    return false;
  }
  // Collisions that only this end sees as such; what the PHY hands back was on no wire.
  const bool is_looped = (phy_.at(kPhcon1) & kPhyLoopback) != 0;
  if (!is_looped && is_full_duplex() && !partner_is_full_duplex() && received_ % 4 == 3) {
    ++received_;
    return false;
  }
  const size_t used = kHeaderSize + frame.size() + kFcsSize;
  if (packet_count() == 0xff || used + used % 2 > ReceiveRoom()) {
    Raise(kReceiveError);
    return false;
  }
  StoreFrame(frame, errors);
  ++received_;
  is_hung_ = HasFault(kRxHang) && received_ % kHangAfter == 0;
  return true;
}

uint16_t Enc28j60Model::PutIntoRing(uint16_t at, base::ConstByteSpan bytes) const {
  for (const std::byte byte : bytes) {
    buffer_.at(at) = byte;
    at = at == pointer(kErxnd) ? pointer(kErxst) : static_cast<uint16_t>((at + 1) % kBufferSize);
  }
  return at;
}

void Enc28j60Model::StoreFrame(base::ConstByteSpan frame, uint32_t errors) {
  ByteVector rest = ToVector(frame);
  AppendTo(rest, FrameCheckSequence(frame));
  const size_t length = rest.size();
  rest.resize(length + length % 2);
  const bool is_broadcast = IsBroadcastFrame(frame);
  const size_t type = frame.size() < 14 ? 0
                                        : std::to_integer<size_t>(frame[12]) << 8 |
                                              std::to_integer<size_t>(frame[13]);
  uint32_t status = static_cast<uint32_t>(length) | errors;
  status |= (errors & kVectorCrcError) != 0 ? 0 : kVectorOk;
  status |= type > kLargestType ? kVectorIsType : 0;
  status |= is_broadcast ? kVectorBroadcast : IsGroupFrame(frame) ? kVectorMulticast : 0;

  const uint16_t body = PutIntoRing(write_pointer_, ByteVector(kHeaderSize));
  uint16_t next = PutIntoRing(body, rest);
  const uint16_t end = next;
  // Erratum 14: with an even ERXRDPT the receiver may destroy what it keeps there.
  if ((pointer(kErxrdpt) & 1) == 0) {
    violations_.Add("ENC28J60 erratum 14: a frame is received with an even ERXRDPT");
    next = static_cast<uint16_t>(random_());
  }
  if (HasFault(kCorruptNextPointer) && received_ % kCorruptEach == kCorruptEach - 1) {
    next = static_cast<uint16_t>(random_() | 0x4001);
  }
  ByteVector header;
  for (const uint32_t byte :
       {uint32_t{next}, uint32_t{next} >> 8, status, status >> 8, status >> 16, status >> 24}) {
    header.push_back(static_cast<std::byte>(byte));
  }
  PutIntoRing(write_pointer_, header);
  write_pointer_ = end;
  SetPointer(kErxwrpt, end);
  set_reg(kEpktcnt, static_cast<uint8_t>(packet_count() + 1));
}

// 11.4: only the receive logic; what is in the buffer stays, and so does EPKTCNT.
void Enc28j60Model::ResetReceiver() {
  ++receive_resets_;
  is_hung_ = false;
  if (!incoming_.empty()) {
    incoming_.pop_front();
  }
  set_reg(kEcon1, static_cast<uint8_t>(reg(kEcon1) & ~kReceiveEnable));
}

}  // namespace test
