// A bus that expects exactly the accesses it was told: for sequences that a datasheet prescribes.
#pragma once

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "drivers/bus.h"

namespace test {

struct BusAccess {
  enum class Kind : uint8_t { kRead, kWrite } kind;
  uint32_t address;
  uint32_t value;  // what a read returns, or what is written

  bool operator==(const BusAccess&) const = default;
};

inline BusAccess BusRead(uint32_t address, uint32_t value) {
  return {BusAccess::Kind::kRead, address, value};
}
inline BusAccess BusWrite(uint32_t address, uint32_t value) {
  return {BusAccess::Kind::kWrite, address, value};
}
inline void PrintTo(const BusAccess& access, std::ostream* out) {
  *out << (access.kind == BusAccess::Kind::kRead ? "read " : "write ") << std::hex << "0x"
       << access.address << " 0x" << access.value << std::dec;
}

class ScriptedBus final : public drivers::RegisterBus {
 public:
  explicit ScriptedBus(std::vector<BusAccess> script) : script_(std::move(script)) {}
  ~ScriptedBus() { EXPECT_EQ(next_, script_.size()) << "accesses of the script are left over"; }

 private:
  uint32_t DoRead(uint32_t address) override {
    const uint32_t value = next_ < script_.size() ? script_[next_].value : 0;
    Take(BusRead(address, value));
    return value;
  }
  void DoWrite(uint32_t address, uint32_t value) override { Take(BusWrite(address, value)); }
  base::Sum DoReadBlock(uint32_t address, base::ByteSpan, size_t) override {
    ADD_FAILURE() << "unexpected block read of 0x" << std::hex << address;
    return 0;
  }
  void DoWriteBlock(uint32_t address, base::ConstByteSpan) override {
    ADD_FAILURE() << "unexpected block write to 0x" << std::hex << address;
  }

  void Take(const BusAccess& access) {
    ASSERT_LT(next_, script_.size()) << "behind the script: " << testing::PrintToString(access);
    EXPECT_EQ(access, script_[next_]) << "access " << next_;
    ++next_;
  }

  std::vector<BusAccess> script_;
  size_t next_ = 0;
};

}  // namespace test
