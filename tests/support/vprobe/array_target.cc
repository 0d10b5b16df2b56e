#include "tests/support/vprobe/array_target.h"

#include <atomic>
#include <cstdlib>
#include <stdexcept>

namespace test {
namespace {

constexpr uint32_t kDefaultAddress = 0x20000000;
constexpr uint32_t kDefaultSize = 0x10000;
constexpr uint64_t kLargest = 256u << 20;
constexpr uint32_t kXpsr = 16;
constexpr uint32_t kThumb = 1u << 24;

// One access of the bus is one of the host, so that a guest sees words whole.
template <typename T>
uint32_t Load(uint8_t* at) {
  return std::atomic_ref(*reinterpret_cast<T*>(at)).load();
}
template <typename T>
void Store(uint8_t* at, uint32_t value) {
  std::atomic_ref(*reinterpret_cast<T*>(at)).store(static_cast<T>(value));
}

uint64_t ParseHex(const std::string& text, char** end) {
  const uint64_t value = std::strtoull(text.c_str(), end, 16);
  return *end == text.c_str() ? ~uint64_t{0} : value;
}

}  // namespace

uint8_t* Memory::At(uint32_t address, uint32_t width) const {
  const uint64_t offset = uint64_t{address} - base_;
  return address < base_ || offset + width > bytes_.size() ? nullptr : &bytes_[offset];
}

bool Memory::Read(uint32_t address, uint32_t width, uint32_t& value) {
  uint8_t* const at = At(address, width);
  if (at == nullptr) {
    return false;
  }
  value = width == 4 ? Load<uint32_t>(at) : width == 2 ? Load<uint16_t>(at) : Load<uint8_t>(at);
  return true;
}

bool Memory::Write(uint32_t address, uint32_t width, uint32_t value) {
  uint8_t* const at = At(address, width);
  if (at == nullptr) {
    return false;
  }
  width == 4   ? Store<uint32_t>(at, value)
  : width == 2 ? Store<uint16_t>(at, value)
               : Store<uint8_t>(at, value);
  return true;
}

void ArrayCore::Reset(bool halt) {
  registers_ = {};
  registers_[kXpsr] = kThumb;
  halted_ = halt;
}

std::unique_ptr<Target> MakeArrayTarget(const TargetSettings& settings) {
  if (settings.argument.empty()) {
    return std::make_unique<ArrayTarget>(kDefaultAddress, kDefaultSize);
  }
  char* end = nullptr;
  const uint64_t address = ParseHex(settings.argument, &end);
  const bool has_size = *end == ':';
  const uint64_t size = has_size ? ParseHex(end + 1, &end) : 0;
  if (!has_size || *end != '\0' || address > UINT32_MAX || size == 0 || size > kLargest ||
      ((address | size) & 3) != 0) {
    throw std::runtime_error("array:ADDRESS:SIZE takes two hexadecimal multiples of 4, not " +
                             settings.argument);
  }
  return std::make_unique<ArrayTarget>(static_cast<uint32_t>(address), static_cast<uint32_t>(size));
}

}  // namespace test
