// Frames as bytes, for tests that play one end by hand.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/crc32c.h"
#include "protocol/frame.h"
#include "tests/support/bytes.h"
#include "tests/support/pipe_channel.h"

namespace protocol {

struct RawFrame {
  FrameHeader header;
  test::ByteVector payload;
};

inline test::ByteVector Encode(const FrameHeader& header, base::ConstByteSpan payload = {}) {
  test::ByteVector out(kMaxEncodedFrame);
  out.resize(EncodeFrame(header, payload, {}, LeadingDelimiter::kWrite, out));
  return out;
}

// COBS in its plainest form, independent of the encoder under test.
inline test::ByteVector Stuff(base::ConstByteSpan bytes) {
  test::ByteVector out;
  size_t code = 0;
  out.push_back(std::byte{1});
  for (const std::byte byte : bytes) {
    if (out[code] == std::byte{0xff}) {
      code = out.size();
      out.push_back(std::byte{1});
    }
    if (byte == std::byte{0}) {
      code = out.size();
      out.push_back(std::byte{1});
    } else {
      out.push_back(byte);
      out[code] = static_cast<std::byte>(static_cast<uint8_t>(out[code]) + 1);
    }
  }
  return out;
}

// A frame with a right check sequence whose length field says `length`.
inline test::ByteVector EncodeWithLength(FrameHeader header, base::ConstByteSpan payload,
                                         uint16_t length) {
  header.length = length;
  test::ByteVector bytes(kFrameHeaderSize);
  (void)base::Encode<base::kMessageOrder>(header, base::ByteSpan(bytes));
  test::AppendTo(bytes, payload);
  Crc32c crc;
  crc.Update(bytes);
  bytes.resize(bytes.size() + kCheckSize);
  base::Store<base::kMessageOrder>(bytes.data() + bytes.size() - kCheckSize, crc.value());
  test::ByteVector out{std::byte{0}};
  test::AppendTo(out, Stuff(bytes));
  out.push_back(std::byte{0});
  return out;
}

// A decoder with its counters and text.
struct Decoding {
  test::TextLog text;
  ChannelStats stats;
  FrameDecoder decoder{text, stats};
  std::vector<RawFrame> frames;

  void Push(base::ConstByteSpan bytes) {
    while (!bytes.empty()) {
      std::optional<Frame> frame;
      bytes = bytes.subspan(decoder.Push(bytes, frame));
      if (frame) {
        frames.push_back({frame->header, test::ToVector(frame->payload)});
      }
    }
  }
  void PushByByte(base::ConstByteSpan bytes) {
    for (const std::byte& byte : bytes) {
      Push({&byte, 1});
    }
  }
};

inline std::vector<RawFrame> DecodeAll(base::ConstByteSpan bytes) {
  Decoding decoding;
  decoding.Push(bytes);
  return decoding.frames;
}

template <base::Described T>
test::ByteVector EncodeFields(const T& fields) {
  test::ByteVector out(base::kMaxWireSize<T>);
  out.resize(base::Encode<base::kMessageOrder>(fields, base::ByteSpan(out)).value());
  return out;
}

}  // namespace protocol
