#include "tests/support/stm32_eth_descriptors.h"

#include <string>

#include "tests/support/stm32_eth_model_registers.h"
#include "tests/support/vboard/hex.h"

namespace test {
namespace {

using namespace stm32_eth;

constexpr uint32_t kSizeMask = 0x1fff;

uint32_t Size1(const EthDescriptor& descriptor) { return descriptor.words[1] & kSizeMask; }
uint32_t Size2(const EthDescriptor& descriptor) { return descriptor.words[1] >> 16 & kSizeMask; }

}  // namespace

void EthDescriptorList::SetBase(uint32_t address) {
  if (address % 4 != 0) {
    violations_.Add(std::string(name()) + " list is not word aligned");
  }
  base_ = position_ = address & ~3u;
  has_base_ = true;
}

std::optional<EthDescriptor> EthDescriptorList::Fetch() {
  EthDescriptor descriptor{.address = position_};
  if (!memory_.Read(position_, std::as_writable_bytes(std::span(descriptor.words)))) {
    return std::nullopt;
  }
  if ((descriptor.words[0] & kOwn) != 0) {
    Check(descriptor);
  }
  return descriptor;
}

void EthDescriptorList::Report(const EthDescriptor& descriptor, const char* what) {
  violations_.Add(std::string(name()) + " at " + Hex(descriptor.address) + ": " + what);
}

void EthDescriptorList::Check(const EthDescriptor& descriptor) {
  const bool is_chained = is_transmit()
                              ? (descriptor.words[0] & (kTdChained | kTdEndOfRing)) == kTdChained
                              : (descriptor.words[1] & (kRdChained | kRdEndOfRing)) == kRdChained;
  if (is_chained && descriptor.words[3] % 4 != 0) {
    Report(descriptor, "the next one is not word aligned");
  }
  if (Size1(descriptor) == 0 && (is_chained || Size2(descriptor) == 0)) {
    Report(descriptor, "given to the DMA without a buffer");
  }
  if (is_transmit()) {
    CheckTransmit(descriptor);
  } else {
    CheckReceive(descriptor);
  }
}

// RM0090 33.6.8.
void EthDescriptorList::CheckReceive(const EthDescriptor& descriptor) {
  if ((descriptor.words[1] & kRdReserved1) != 0) {
    Report(descriptor, "reserved bits of RDES1 are set");
  }
  const bool is_chained = (descriptor.words[1] & kRdChained) != 0;
  if (Size1(descriptor) % 4 != 0 || (!is_chained && Size2(descriptor) % 4 != 0)) {
    Report(descriptor, "a buffer size is no multiple of 4");
  }
}

// RM0090 33.6.7.
void EthDescriptorList::CheckTransmit(const EthDescriptor& descriptor) {
  if ((descriptor.words[0] & kTdReserved) != 0 || (descriptor.words[1] & kTdReserved1) != 0) {
    Report(descriptor, "reserved bits are set");
  }
}

void EthDescriptorList::StepPast(const EthDescriptor& descriptor) {
  const uint32_t control = is_transmit() ? descriptor.words[0] : descriptor.words[1];
  if ((control & (is_transmit() ? kTdEndOfRing : kRdEndOfRing)) != 0) {
    position_ = base_;
  } else if ((control & (is_transmit() ? kTdChained : kRdChained)) != 0) {
    position_ = descriptor.words[3] & ~3u;
  } else {
    position_ = descriptor.address + (is_enhanced_ ? 32 : 16) + 4 * skip_words_;
  }
}

bool EthDescriptorList::Close(const EthDescriptor& descriptor, uint32_t status, uint32_t extended) {
  std::array<uint32_t, 4> words{};
  if (!memory_.Read(descriptor.address, std::as_writable_bytes(std::span(words)))) {
    return false;
  }
  if (words != descriptor.words) {
    Report(descriptor, "written while the DMA owned it");
  }
  if (is_enhanced_ && !is_transmit() && (status & (kRdLast | kRdExtended)) != 0) {
    const std::array<uint32_t, 1> word = {extended};
    if (!memory_.Write(descriptor.address + 16, std::as_bytes(std::span(word)))) {
      return false;
    }
  }
  const std::array<uint32_t, 1> word = {status & ~kOwn};
  return memory_.Write(descriptor.address, std::as_bytes(std::span(word)));
}

}  // namespace test
