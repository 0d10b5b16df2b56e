#include "agent/services/sha256.h"

#include <array>
#include <string>
#include <vector>

#include "agent/services/text_writer.h"
#include "gtest/gtest.h"

namespace agent {
namespace {

std::string Hex(const Sha256::Digest& digest) {
  std::array<char, 64> memory;
  TextWriter out(memory);
  for (const uint8_t byte : digest) {
    out.Hex(byte, 2);
  }
  return std::string(out.view());
}

std::string HashOf(std::string_view text) {
  Sha256 hash;
  hash.Add(base::AsBytes(text));
  return Hex(hash.Finish());
}

// The examples of FIPS 180-2, appendix B, and of NIST's "SHA-256" example file.
TEST(Sha256, FipsVectors) {
  EXPECT_EQ(HashOf(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HashOf("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HashOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, AMillionTimesTheLetterA) {
  Sha256 hash;
  const std::string piece(1000, 'a');
  for (int i = 0; i < 1000; ++i) {
    hash.Add(base::AsBytes(piece));
  }
  EXPECT_EQ(Hex(hash.Finish()), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheDataIsCut) {
  std::vector<std::byte> data(300);
  for (size_t i = 0; i < data.size(); ++i) {
    data[i] = static_cast<std::byte>(i * 7);
  }
  for (size_t size = 0; size <= data.size(); ++size) {
    const auto all = base::ConstByteSpan(data).first(size);
    Sha256 whole;
    whole.Add(all);
    const Sha256::Digest expected = whole.Finish();
    for (const size_t cut : {size / 3, size / 2, size}) {
      Sha256 pieces;
      pieces.Add(all.first(cut));
      pieces.Add(all.subspan(cut));
      ASSERT_EQ(pieces.Finish(), expected) << size << " cut at " << cut;
    }
  }
}

// Lengths around the end of a block, where the padding needs another one; from sha256sum.
TEST(Sha256, PaddingAtTheEndOfABlock) {
  EXPECT_EQ(HashOf(std::string(55, 'x')),
            "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072");
  EXPECT_EQ(HashOf(std::string(56, 'x')),
            "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e");
  EXPECT_EQ(HashOf(std::string(63, 'x')),
            "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2");
  EXPECT_EQ(HashOf(std::string(64, 'x')),
            "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c");
}

TEST(Sha256, IsNewAfterFinish) {
  Sha256 hash;
  hash.Add(base::AsBytes(std::string_view("something else")));
  static_cast<void>(hash.Finish());
  hash.Add(base::AsBytes(std::string_view("abc")));
  EXPECT_EQ(Hex(hash.Finish()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace agent
