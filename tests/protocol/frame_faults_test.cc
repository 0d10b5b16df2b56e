// No fault of the line may turn into a frame, or cost a frame that it did not touch.
#include <random>

#include <gtest/gtest.h>

#include "protocol/frame.h"
#include "tests/protocol/raw_frames.h"
#include "tests/support/bytes.h"

namespace protocol {
namespace {

using test::ByteVector;

constexpr size_t kFrames = 5;

ByteVector PayloadOf(size_t index) {
  ByteVector payload = test::Pattern(40 + 60 * index);
  payload[0] = static_cast<std::byte>(index);
  return payload;
}

// A delimiter between frames, as a session sends them.
ByteVector Exchange() {
  ByteVector bytes;
  for (size_t index = 0; index < kFrames; ++index) {
    ByteVector out(kMaxEncodedFrame);
    out.resize(EncodeFrame({.type = FrameType::kData, .session = 77, .seq = uint16_t(index)},
                           PayloadOf(index), {},
                           index == 0 ? LeadingDelimiter::kWrite : LeadingDelimiter::kOmit, out));
    test::AppendTo(bytes, out);
  }
  return bytes;
}

// Only frames that were sent, in order; at most two are missing, when their delimiter was hit.
void ExpectOnlyWhatWasSent(const Decoding& decoding, size_t most_missing) {
  size_t next = 0;
  for (const RawFrame& frame : decoding.frames) {
    ASSERT_GE(frame.header.seq, next);
    ASSERT_LT(frame.header.seq, kFrames);
    ASSERT_EQ(frame.payload, PayloadOf(frame.header.seq));
    next = frame.header.seq + 1u;
  }
  ASSERT_GE(decoding.frames.size(), kFrames - most_missing);
}

TEST(FrameFaults, EveryByteDropped) {
  const ByteVector sent = Exchange();
  for (size_t offset = 0; offset < sent.size(); ++offset) {
    ByteVector bytes = sent;
    bytes.erase(bytes.begin() + static_cast<ptrdiff_t>(offset));
    Decoding decoding;
    decoding.Push(bytes);
    const bool delimiter = sent[offset] == std::byte{0} && offset != 0 && offset + 1 < sent.size();
    ExpectOnlyWhatWasSent(decoding, delimiter ? 2 : 1);
  }
}

TEST(FrameFaults, EveryBitFlipped) {
  const ByteVector sent = Exchange();
  for (size_t offset = 0; offset < sent.size(); ++offset) {
    for (int bit = 0; bit < 8; ++bit) {
      ByteVector bytes = sent;
      bytes[offset] ^= static_cast<std::byte>(1 << bit);
      Decoding decoding;
      decoding.Push(bytes);
      const bool delimiter =
          sent[offset] == std::byte{0} && offset != 0 && offset + 1 < sent.size();
      ExpectOnlyWhatWasSent(decoding, delimiter ? 2 : 1);
    }
  }
}

TEST(FrameFaults, EveryByteInsertedEverywhere) {
  const ByteVector sent = Exchange();
  for (size_t offset = 0; offset <= sent.size(); ++offset) {
    for (const int value : {0x00, 0x01, 0x0a, 0x41, 0x7e, 0xff}) {
      ByteVector bytes = sent;
      bytes.insert(bytes.begin() + static_cast<ptrdiff_t>(offset), static_cast<std::byte>(value));
      Decoding decoding;
      decoding.Push(bytes);
      ExpectOnlyWhatWasSent(decoding, 1);
    }
  }
}

TEST(FrameFaults, TextInsertedEverywhere) {
  const ByteVector sent = Exchange();
  for (size_t offset = 0; offset <= sent.size(); ++offset) {
    ByteVector bytes = sent;
    const ByteVector text = test::ToBytes("\r\n\x1b[32mboot\x1b[0m\r\n");
    bytes.insert(bytes.begin() + static_cast<ptrdiff_t>(offset), text.begin(), text.end());
    Decoding decoding;
    decoding.Push(bytes);
    ExpectOnlyWhatWasSent(decoding, 1);
  }
}

TEST(FrameFaults, FrameFollowsAMegabyteOfNoise) {
  std::mt19937 random(3);
  Decoding decoding;
  ByteVector noise(1 << 20);
  for (std::byte& byte : noise) {
    byte = static_cast<std::byte>(random());
  }
  decoding.Push(noise);
  EXPECT_TRUE(decoding.frames.empty());
  decoding.Push(Encode({.type = FrameType::kAck}));
  EXPECT_EQ(decoding.frames.size(), 1u);
}

// Several random errors in every frame: bits, bytes lost, inserted, and two frames run together.
void Corrupt(ByteVector& bytes, std::mt19937& random) {
  for (uint32_t errors = 1 + random() % 4; errors != 0; --errors) {
    const auto position = bytes.begin() + static_cast<ptrdiff_t>(random() % bytes.size());
    switch (random() % 4) {
      case 0:
        *position ^= static_cast<std::byte>(1 << random() % 8);
        break;
      case 1:
        bytes.insert(position, static_cast<std::byte>(random()));
        break;
      case 2:
        *position = static_cast<std::byte>(random());
        break;
      default:
        if (bytes.size() > 1) {
          bytes.erase(position);
        }
    }
  }
}

TEST(FrameFaults, NoCorruptedFrameIsAccepted) {
  std::mt19937 random(20);
  Decoding decoding;
  for (uint32_t round = 0; round < 200'000; ++round) {
    ByteVector payload(random() % 48);
    for (std::byte& byte : payload) {
      byte = static_cast<std::byte>(random());
    }
    const ByteVector sent = Encode({.type = FrameType::kData,
                                    .session = static_cast<uint32_t>(random()),
                                    .seq = static_cast<uint16_t>(round)},
                                   payload);
    ByteVector bytes(sent.begin() + 1, sent.end() - 1);
    Corrupt(bytes, random);
    const bool changed =
        !std::ranges::equal(bytes, base::ConstByteSpan(sent).subspan(1, sent.size() - 2));
    decoding.Push(bytes);
    decoding.Push(test::ToBytes({0}));
    if (changed) {
      for (const RawFrame& frame : decoding.frames) {
        // An inserted delimiter may leave the whole frame as it was.
        ASSERT_EQ(frame.header.seq, static_cast<uint16_t>(round));
        ASSERT_EQ(frame.payload, payload);
      }
    }
    decoding.frames.clear();
  }
}

}  // namespace
}  // namespace protocol
