#include "protocol/frame.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/protocol/raw_frames.h"
#include "tests/support/bytes.h"

namespace protocol {
namespace {

using test::ByteVector;
using test::ToBytes;

const FrameHeader kData{.type = FrameType::kData,
                        .flags = kFlagMore,
                        .stream = Stream::kEvents,
                        .session = 0x11223344,
                        .seq = 0x0102,
                        .ack = 0x0304,
                        .credit = 0x05060708};

bool SameHeader(const FrameHeader& a, const FrameHeader& b) {
  return a.version == b.version && a.type == b.type && a.flags == b.flags && a.stream == b.stream &&
         a.session == b.session && a.seq == b.seq && a.ack == b.ack && a.credit == b.credit;
}

ByteVector Join(std::initializer_list<ByteVector> parts) {
  ByteVector all;
  for (const ByteVector& part : parts) {
    test::AppendTo(all, part);
  }
  return all;
}

TEST(Frame, ComesBackForEverySize) {
  for (size_t size = 0; size <= kMaxFramePayload; ++size) {
    for (const std::byte fill : {std::byte{0}, std::byte{0xff}}) {
      const ByteVector payload(size, fill);
      const ByteVector encoded = Encode(kData, payload);
      ASSERT_LE(encoded.size(), EncodedSizeBound(size));
      const auto frames = DecodeAll(encoded);
      ASSERT_EQ(frames.size(), 1u) << size;
      ASSERT_TRUE(SameHeader(frames[0].header, kData));
      ASSERT_EQ(frames[0].header.length, size);
      ASSERT_EQ(frames[0].payload, payload);
    }
  }
}

TEST(Frame, LargestFillsTheLimit) {
  ByteVector payload(kMaxFramePayload, std::byte{0xff});
  FrameHeader header = kData;
  header.flags = 0xff;
  header.credit = 0xffffffff;
  EXPECT_LE(Encode(header, payload).size(), kMaxEncodedFrame);
}

TEST(Frame, HasDelimitersAtItsEndsOnly) {
  const ByteVector encoded = Encode(kData, test::Pattern(300));
  EXPECT_EQ(encoded.front(), std::byte{0});
  EXPECT_EQ(encoded.back(), std::byte{0});
  EXPECT_EQ(std::count(encoded.begin(), encoded.end(), std::byte{0}), 2);
}

TEST(Frame, PayloadInTwoParts) {
  const ByteVector payload = test::Pattern(200);
  const base::ConstByteSpan all(payload);
  ByteVector out(kMaxEncodedFrame);
  for (size_t split = 0; split <= payload.size(); ++split) {
    const size_t size =
        EncodeFrame(kData, all.first(split), all.subspan(split), LeadingDelimiter::kOmit, out);
    const auto frames = DecodeAll(base::ConstByteSpan(out).first(size));
    ASSERT_EQ(frames.size(), 1u);
    ASSERT_EQ(frames[0].payload, payload);
  }
}

TEST(FrameDecoder, OneDelimiterBetweenFrames) {
  ByteVector bytes = Encode(kData, test::Pattern(10));
  const ByteVector second = Encode(kData, test::Pattern(20));
  bytes.insert(bytes.end(), second.begin() + 1, second.end());
  EXPECT_EQ(DecodeAll(bytes).size(), 2u);
}

TEST(FrameDecoder, CountsBadChecksum) {
  ByteVector bytes = Encode(kData, test::Pattern(10));
  bytes[bytes.size() - 2] ^= std::byte{0x80};
  Decoding decoding;
  decoding.Push(bytes);
  EXPECT_TRUE(decoding.frames.empty());
  EXPECT_EQ(decoding.stats.rx_bad_checksum, 1u);
  EXPECT_EQ(decoding.stats.rx_noise_bytes, bytes.size() - 2);
}

TEST(FrameDecoder, CountsBadEncoding) {
  Decoding decoding;
  decoding.Push(ToBytes({0, 0xf0, 1, 2, 3, 0}));  // the code points beyond the end
  decoding.Push(ToBytes({5, 1, 2, 3, 4, 0}));     // shorter than header and check
  EXPECT_TRUE(decoding.frames.empty());
  EXPECT_EQ(decoding.stats.rx_bad_encoding, 2u);
  EXPECT_EQ(decoding.stats.rx_noise_bytes, 9u);
}

// A right check sequence over a length that is not the frame's.
TEST(FrameDecoder, CountsBadLength) {
  for (const uint16_t length : {uint16_t{0}, uint16_t{9}, uint16_t{11}, uint16_t{0xffff}}) {
    const auto bytes = EncodeWithLength(kData, test::Pattern(10), length);
    Decoding decoding;
    decoding.Push(bytes);
    EXPECT_TRUE(decoding.frames.empty()) << length;
    EXPECT_EQ(decoding.stats.rx_bad_length, 1u);
  }
}

TEST(FrameDecoder, SkipsWhatIsTooLongToTheNextDelimiter) {
  Decoding decoding;
  decoding.Push(Join({ToBytes({0}), ByteVector(100'000, std::byte{0x99}), Encode(kData)}));
  EXPECT_EQ(decoding.frames.size(), 1u);
  EXPECT_EQ(decoding.stats.rx_too_long, 1u);
  EXPECT_EQ(decoding.stats.rx_noise_bytes, 100'000u);
  EXPECT_EQ(decoding.stats.rx_bad_encoding, 0u);
  EXPECT_EQ(decoding.text.text(), "");
}

TEST(FrameDecoder, TextBeforeAndBetweenFrames) {
  Decoding decoding;
  decoding.Push(Join({ToBytes("boot 1.0\r\nready\n"), Encode(kData), ToBytes("\x1b[1mwarm\tstart"),
                      Encode(kData)}));
  EXPECT_EQ(decoding.text.text(), "boot 1.0\r\nready\n\x1b[1mwarm\tstart");
  EXPECT_EQ(decoding.frames.size(), 2u);
  EXPECT_EQ(decoding.stats.rx_noise_bytes, 0u);
}

TEST(FrameDecoder, LineOfTextComesAtItsEnd) {
  Decoding decoding;
  decoding.PushByByte(ToBytes("ready\n"));
  EXPECT_EQ(decoding.text.text(), "ready\n");
  decoding.PushByByte(ToBytes("> "));
  EXPECT_EQ(decoding.text.text(), "ready\n");
  EXPECT_TRUE(decoding.decoder.has_text());
  decoding.decoder.FlushText();
  EXPECT_EQ(decoding.text.text(), "ready\n> ");
  EXPECT_FALSE(decoding.decoder.has_text());
  decoding.PushByByte(ToBytes({'x', 0}));
  EXPECT_EQ(decoding.text.text(), "ready\n> x");
}

TEST(FrameDecoder, LongTextWithoutDelimiter) {
  const std::string text(5000, 'a');
  Decoding decoding;
  decoding.Push(Join({ToBytes(text), Encode(kData)}));
  EXPECT_EQ(decoding.text.text(), text);
  EXPECT_EQ(decoding.frames.size(), 1u);
  EXPECT_EQ(decoding.stats.rx_too_long, 0u);
  EXPECT_EQ(decoding.stats.rx_noise_bytes, 0u);
}

TEST(FrameDecoder, NoiseIsNoText) {
  Decoding decoding;
  decoding.Push(Join({ToBytes("gar\x80"
                              "bage"),
                      Encode(kData)}));
  EXPECT_EQ(decoding.text.text(), "");
  EXPECT_EQ(decoding.stats.rx_noise_bytes, 8u);
  EXPECT_EQ(decoding.frames.size(), 1u);
}

// The first byte of a frame may be printable; a pause behind it must not lose the frame.
TEST(FrameDecoder, PauseInsideAFrame) {
  ByteVector payload(300, std::byte{1});
  payload[30] = std::byte{0};
  const ByteVector bytes = Encode({.type = FrameType::kData,
                                   .flags = 0xff,
                                   .stream = Stream::kBulk,
                                   .session = 0xffffffff,
                                   .seq = 0xffff,
                                   .ack = 0xffff,
                                   .credit = 0xffffffff},
                                  payload);
  ASSERT_EQ(bytes[1], std::byte{'1'});
  Decoding decoding;
  for (const std::byte& byte : bytes) {
    decoding.Push({&byte, 1});
    decoding.decoder.FlushText();
  }
  EXPECT_EQ(decoding.frames.size(), 1u);
}

TEST(FrameDecoder, OutcomeDoesNotDependOnChunks) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    ByteVector bytes;
    for (int part = 0; part < 6; ++part) {
      const size_t size = random() % 700;
      ByteVector junk(size);
      for (std::byte& byte : junk) {
        byte = static_cast<std::byte>(part % 2 == 0 ? 0x20 + random() % 0x40 : random());
      }
      test::AppendTo(bytes, round % 2 == 0 ? ToBytes("line\nrest") : junk);
      test::AppendTo(bytes, Encode(kData, test::Pattern(random() % 400)));
    }
    Decoding whole;
    whole.Push(bytes);
    Decoding single;
    single.PushByByte(bytes);
    ASSERT_EQ(whole.frames.size(), single.frames.size());
    ASSERT_EQ(whole.text.text(), single.text.text());
    ASSERT_EQ(EncodeFields(whole.stats), EncodeFields(single.stats)) << round;
  }
}

}  // namespace
}  // namespace protocol
