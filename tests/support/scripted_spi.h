// An SPI device that expects exactly the transactions it was told: for sequences that a datasheet
// prescribes.
#pragma once

#include <algorithm>
#include <ostream>
#include <vector>

#include <gtest/gtest.h>

#include "drivers/bus.h"
#include "tests/support/bytes.h"

namespace test {

struct SpiTransaction {
  ByteVector out;
  ByteVector in;  // what is answered behind `out`

  bool operator==(const SpiTransaction&) const = default;
};

inline void PrintTo(const SpiTransaction& transaction, std::ostream* out) {
  const auto print = [&](const ByteVector& bytes) {
    for (const std::byte byte : bytes) {
      *out << ' ' << std::hex << std::to_integer<int>(byte) << std::dec;
    }
  };
  *out << "out";
  print(transaction.out);
  *out << ", in";
  print(transaction.in);
}

class ScriptedSpi final : public drivers::SpiDevice {
 public:
  explicit ScriptedSpi(std::vector<SpiTransaction> script) : script_(std::move(script)) {}
  ~ScriptedSpi() { EXPECT_EQ(next_, script_.size()) << "transactions of the script are left over"; }

  // What comes behind the script is answered with ones instead of failing the test.
  void AllowMore() { allows_more_ = true; }
  size_t done() const { return next_; }

  void WriteThenRead(base::ConstByteSpan out, base::ByteSpan in) override {
    std::ranges::fill(in, std::byte{0xff});
    if (next_ < script_.size()) {
      const ByteVector& answer = script_[next_].in;
      std::ranges::copy_n(answer.begin(),
                          static_cast<std::ptrdiff_t>(std::min(answer.size(), in.size())),
                          in.begin());
    }
    Take({test::ToVector(out), test::ToVector(in)});
  }
  void WriteTwo(base::ConstByteSpan head, base::ConstByteSpan body) override {
    ByteVector out = test::ToVector(head);
    AppendTo(out, body);
    Take({out, {}});
  }

 private:
  void Take(const SpiTransaction& transaction) {
    if (next_ == script_.size()) {
      EXPECT_TRUE(allows_more_) << "behind the script: " << testing::PrintToString(transaction);
      return;
    }
    EXPECT_EQ(transaction, script_[next_]) << "transaction " << next_;
    ++next_;
  }

  std::vector<SpiTransaction> script_;
  size_t next_ = 0;
  bool allows_more_ = false;
};

}  // namespace test
