// The STM32 Ethernet model's address filter (RM0090 33.5.5) and flow control (33.5.7).
#include <algorithm>
#include <cstring>

#include "tests/support/ethernet_checksums.h"
#include "tests/support/stm32_eth_model.h"

namespace test {

using namespace stm32_eth;

namespace {

constexpr size_t kAddressBytes = 6;
constexpr size_t kHeaderBytes = 14;
constexpr uint32_t kAddresses = 4;
constexpr uint32_t kControlType = 0x8808;
constexpr uint32_t kPauseOpcode = 0x0001;
constexpr std::array<uint8_t, kAddressBytes> kPauseAddress = {0x01, 0x80, 0xc2, 0x00, 0x00, 0x01};

uint32_t Word16(base::ConstByteSpan bytes, size_t at) {
  return std::to_integer<uint32_t>(bytes[at]) << 8 | std::to_integer<uint32_t>(bytes[at + 1]);
}

// The byte of a MAC address that MACAxHR and MACAxLR hold.
std::byte AddressByte(uint32_t high, uint32_t low, size_t i) {
  return static_cast<std::byte>(i < 4 ? low >> (8 * i) : high >> (8 * (i - 4)));
}

// `high` also says which bytes do not count (MBC).
bool Matches(base::ConstByteSpan address, uint32_t high, uint32_t low) {
  for (size_t i = 0; i < kAddressBytes; ++i) {
    const bool is_masked = (high >> (24 + i) & 1) != 0;
    if (!is_masked && address[i] != AddressByte(high, low, i)) {
      return false;
    }
  }
  return true;
}

}  // namespace

// Tables 173 and 174. `status_bits` are those of RDES0.
bool Stm32EthModel::passes_filter(base::ConstByteSpan frame, uint32_t& status_bits) const {
  status_bits = 0;
  if (frame.size() < kHeaderBytes) {
    return true;  // too short for a decision
  }
  const uint32_t filter = Stored(kMacffr);
  const bool is_control = Word16(frame, 12) == kControlType;
  const uint32_t pass_control = filter >> 6 & 3;
  if (is_control && pass_control == 2) {
    return true;
  }
  const bool is_pause = is_control && frame.size() > 15 && Word16(frame, 14) == kPauseOpcode;
  if (is_control && (pass_control == 0 || (pass_control == 1 && is_pause))) {
    return false;
  }
  if ((filter & kFfPromiscuous) != 0) {
    return true;
  }
  bool is_perfect = false;
  bool is_source = false;
  for (uint32_t i = 0; i < kAddresses; ++i) {
    const uint32_t high = Stored(kMaca0hr + 8 * i);
    const uint32_t low = Stored(kMaca0lr + 8 * i);
    if ((high & kAddressEnable) == 0) {
      continue;
    }
    const uint32_t compared = i == 0 ? high & 0xffff : high;
    if (i != 0 && (high & kAddressOfSource) != 0) {
      is_source = is_source || Matches(frame.subspan(kAddressBytes), compared, low);
    } else {
      is_perfect = is_perfect || Matches(frame, compared, low);
    }
  }
  const uint32_t hash = EthernetHash(frame.first(kAddressBytes));
  const bool in_table = (Stored(hash < 32 ? kMachtlr : kMachthr) >> (hash % 32) & 1) != 0;
  const bool is_group = (frame[0] & std::byte{1}) != std::byte{0};
  const bool is_broadcast = std::ranges::all_of(
      frame.first(kAddressBytes), [](std::byte byte) { return byte == std::byte{0xff}; });
  const bool uses_hash = (filter & (is_group ? kFfHashMulticast : kFfHashUnicast)) != 0;
  const bool inverts = (filter & kFfInverse) != 0;
  bool passes = false;
  if (is_broadcast) {
    passes = (filter & kFfNoBroadcast) == 0;
  } else if (is_group && (filter & kFfAllMulticast) != 0) {
    passes = true;
  } else if (uses_hash) {
    passes = (in_table || ((filter & kFfHashOrPerfect) != 0 && is_perfect)) != inverts;
  } else {
    passes = is_perfect != inverts;
  }
  const bool source_passes = is_source != ((filter & kFfSourceInverse) != 0);
  status_bits |= passes ? 0 : kRdFilterFail;
  status_bits |= source_passes || (filter & kFfSource) == 0 ? 0 : kRdSourceFail;
  return passes && (source_passes || (filter & kFfSource) == 0);
}

// MACFCR.RFCE, whether or not the application gets to see the frame.
bool Stm32EthModel::IsPauseFrame(base::ConstByteSpan frame) const {
  if (frame.size() < 18 || Word16(frame, 12) != kControlType || Word16(frame, 14) != kPauseOpcode ||
      !Has(kMacfcr, kFcReceive) || !Has(kMaccr, kCrFullDuplex)) {
    return false;
  }
  const bool is_general =
      std::memcmp(frame.data(), kPauseAddress.data(), kPauseAddress.size()) == 0;
  const bool is_own =
      Has(kMacfcr, kFcUnicast) && Matches(frame, Stored(kMaca0hr) & 0xffff, Stored(kMaca0lr));
  return is_general || is_own;
}

void Stm32EthModel::TakePauseFrame(base::ConstByteSpan frame) {
  constexpr size_t kQuantumBytes = 64;
  if (IsPauseFrame(frame)) {
    pause_until_ = time_ + WireTime(kQuantumBytes * Word16(frame, 16));
  }
}

void Stm32EthModel::WriteMacfcr(uint32_t value) {
  if (Has(kMacfcr, kFcBusy)) {
    Report("MACFCR written while MACFCR.FCB is 1");
  }
  At(kMacfcr) = value & ~kFcBusy;
  if ((value & (kFcBusy | kFcTransmit)) == (kFcBusy | kFcTransmit)) {
    SendPauseFrame();
  }
}

void Stm32EthModel::SendPauseFrame() {
  if (!Has(kMaccr, kCrFullDuplex)) {
    return;  // back-pressure is nothing that a test sees
  }
  ByteVector frame(60);
  std::memcpy(frame.data(), kPauseAddress.data(), kPauseAddress.size());
  for (size_t i = 0; i < kAddressBytes; ++i) {
    frame[kAddressBytes + i] = AddressByte(Stored(kMaca0hr), Stored(kMaca0lr), i);
  }
  const uint32_t quanta = Stored(kMacfcr) >> 16;
  const uint32_t words[] = {kControlType, kPauseOpcode, quanta};
  for (size_t i = 0; i < std::size(words); ++i) {
    frame[12 + 2 * i] = static_cast<std::byte>(words[i] >> 8);
    frame[13 + 2 * i] = static_cast<std::byte>(words[i]);
  }
  if (LinkOfWire().is_up() && Has(kMaccr, kCrTransmitter)) {
    sent_.push_back(std::move(frame));
  }
}

}  // namespace test
