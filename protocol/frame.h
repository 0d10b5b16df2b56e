// What is on the channel: 00 COBS(header | payload | CRC-32C) 00, little-endian.
//
//    0       1      2       3        4         8     10    12       16        18
//   +-------+------+-------+--------+---------+-----+-----+--------+---------+---------+-----+
//   |version| type | flags | stream | session | seq | ack | credit | length  | payload | crc |
//   +-------+------+-------+--------+---------+-----+-----+--------+---------+---------+-----+
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/channel_stats.h"
#include "stack/base/bytes.h"
#include "stack/base/fields.h"

namespace protocol {

inline constexpr uint8_t kVersion = 1;

enum class FrameType : uint8_t {
  kHello = 1,
  kHelloReply = 2,
  kData = 3,
  kAck = 4,
  kBusy = 5,            // agent: another channel holds the board
  kUnknownSession = 6,  // agent: no such session here; the board restarted or was taken over
  kBye = 7,             // host: the session ends now, without waiting for its lease
};

enum class Stream : uint8_t { kRequests = 0, kEvents = 1, kBulk = 2 };
inline constexpr size_t kStreams = 3;

// Bits of FrameHeader::flags.
inline constexpr uint8_t kFlagMore = 1;    // DATA: the message goes on in the stream's next frame
inline constexpr uint8_t kFlagAckNow = 2;  // DATA, ACK: answer with an ACK of this stream at once
inline constexpr uint8_t kFlagGap = 4;     // ACK: a frame beyond `ack` came; send again from `ack`

struct FrameHeader {
  uint8_t version = kVersion;
  FrameType type = FrameType::kAck;
  uint8_t flags = 0;
  Stream stream = Stream::kRequests;
  uint32_t session = 0;
  uint16_t seq = 0;     // of this DATA frame
  uint16_t ack = 0;     // the seq that is expected next from the other end
  uint32_t credit = 0;  // bytes of payload granted on `stream` since the session began
  uint16_t length = 0;  // of the payload
  static constexpr auto kFields = base::FieldList{
      base::Field{"version", &FrameHeader::version}, base::Field{"type", &FrameHeader::type},
      base::Field{"flags", &FrameHeader::flags},     base::Field{"stream", &FrameHeader::stream},
      base::Field{"session", &FrameHeader::session}, base::Field{"seq", &FrameHeader::seq},
      base::Field{"ack", &FrameHeader::ack},         base::Field{"credit", &FrameHeader::credit},
      base::Field{"length", &FrameHeader::length}};
};

inline constexpr size_t kFrameHeaderSize = base::kWireSize<FrameHeader>;
inline constexpr size_t kCheckSize = 4;
inline constexpr size_t kMaxEncodedFrame = 512;  // both delimiters included

// Bytes on the channel, at most, of a frame with `payload` bytes: COBS adds one byte per 254.
constexpr size_t EncodedSizeBound(size_t payload) {
  const size_t decoded = kFrameHeaderSize + payload + kCheckSize;
  return decoded + (decoded + 253) / 254 + 2;
}

// A message whose size is a multiple of this loses the least of the line: 486 of 511 bytes.
inline constexpr size_t kMaxFramePayload = 486;
static_assert(EncodedSizeBound(kMaxFramePayload) <= kMaxEncodedFrame);
static_assert(EncodedSizeBound(kMaxFramePayload + 1) > kMaxEncodedFrame);

// A frame whose check sequence and length were right. `payload` lives in the decoder.
struct Frame {
  FrameHeader header;
  base::ConstByteSpan payload;
};

// Receives console text: bytes between delimiters that are no frame, but printable.
class TextSink {
 public:
  virtual void OnText(std::string_view text) = 0;

 protected:
  ~TextSink() = default;
};

// Writes one frame to `out`, which holds at least EncodedSizeBound(payload) bytes; `payload` comes
// in two parts because it may stand in a ring, and is at most kMaxFramePayload bytes.
// `header.length` is filled in. A leading delimiter ends whatever stood on the line before; it may
// be left out right behind another frame. Returns the number of bytes written.
enum class LeadingDelimiter : uint8_t { kWrite, kOmit };
size_t EncodeFrame(FrameHeader header, base::ConstByteSpan payload, base::ConstByteSpan rest,
                   LeadingDelimiter leading, base::ByteSpan out);

// Finds frames in a stream of bytes, whatever its chunks. After any error it is in step again at
// the next delimiter. Counts every error by its cause.
class FrameDecoder {
 public:
  FrameDecoder(TextSink& text, ChannelStats& stats) : text_(text), stats_(stats) {}

  // Takes bytes up to the end of the next good frame, or all of them; returns how many. `frame` is
  // set when a frame ended; its payload is valid until the next call.
  size_t Push(base::ConstByteSpan bytes, std::optional<Frame>& frame);

  // True while text waits for the end of its line; FlushText delivers it, for example a prompt.
  bool has_text() const { return all_text_ && size_ > text_delivered_; }
  void FlushText();

 private:
  void Append(base::ConstByteSpan bytes);
  void Store(base::ConstByteSpan bytes);
  void DropBuffer();
  std::optional<Frame> EndSegment();
  std::optional<Frame> DecodeSegment();
  void DeliverLines();
  void CountNoise(size_t bytes);

  TextSink& text_;
  ChannelStats& stats_;
  // The bytes since the last delimiter, as far as they fit.
  std::array<std::byte, kMaxEncodedFrame - 2> buffer_{};
  size_t size_ = 0;
  size_t text_delivered_ = 0;  // of buffer_
  bool all_text_ = true;       // so far, the segment is printable
  bool overlong_ = false;      // the segment outgrew the buffer; it is no frame
};

}  // namespace protocol
