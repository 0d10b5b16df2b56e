// Bytes off the channel: any bytes in any chunks give the same frames, text and counters, and a
// frame that was found is one that the encoder could have sent.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "protocol/frame.h"

namespace {

using protocol::ChannelStats;
using protocol::Frame;
using protocol::FrameDecoder;

void Check(bool holds) {
  if (!holds) {
    std::abort();
  }
}

class Text : public protocol::TextSink {
 public:
  void OnText(std::string_view text) override {
    for (const char c : text) {
      Check((c >= 0x20 && c <= 0x7e) || c == '\r' || c == '\n' || c == '\t' || c == 0x1b);
    }
    all += text;
  }
  std::string all;
};

struct Outcome {
  Text text;
  ChannelStats stats;
  std::vector<std::byte> payloads;
};

void CheckFrame(const Frame& frame) {
  Check(frame.header.length == frame.payload.size());
  Check(frame.payload.size() <= protocol::kMaxEncodedFrame);
  if (frame.payload.size() > protocol::kMaxFramePayload) {
    return;  // fits the decoder's buffer without the sender's reserve
  }
  std::byte encoded[protocol::kMaxEncodedFrame];
  const size_t size =
      EncodeFrame(frame.header, frame.payload, {}, protocol::LeadingDelimiter::kWrite, encoded);
  Text text;
  ChannelStats stats;
  FrameDecoder decoder(text, stats);
  std::optional<Frame> again;
  decoder.Push({encoded, size}, again);
  Check(again && again->payload.size() == frame.payload.size());
}

void Decode(base::ConstByteSpan bytes, size_t chunk, Outcome& outcome) {
  FrameDecoder decoder(outcome.text, outcome.stats);
  while (!bytes.empty()) {
    base::ConstByteSpan part = bytes.first(std::min(chunk, bytes.size()));
    bytes = bytes.subspan(part.size());
    while (!part.empty()) {
      std::optional<Frame> frame;
      const size_t taken = decoder.Push(part, frame);
      Check(taken > 0 && taken <= part.size());
      part = part.subspan(taken);
      if (frame) {
        CheckFrame(*frame);
        outcome.payloads.insert(outcome.payloads.end(), frame->payload.begin(),
                                frame->payload.end());
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) {
    return 0;
  }
  const base::ConstByteSpan bytes(reinterpret_cast<const std::byte*>(data + 1), size - 1);
  Outcome whole;
  Decode(bytes, bytes.size() + 1, whole);
  Outcome parts;
  Decode(bytes, 1 + data[0] % 64, parts);
  Check(whole.text.all == parts.text.all && whole.payloads == parts.payloads);
  Check(whole.stats.rx_bytes == bytes.size() && parts.stats.rx_bytes == bytes.size());
  Check(whole.stats.rx_noise_bytes == parts.stats.rx_noise_bytes);
  Check(whole.stats.rx_bad_checksum == parts.stats.rx_bad_checksum);
  Check(whole.stats.rx_bad_encoding == parts.stats.rx_bad_encoding);
  Check(whole.stats.rx_too_long == parts.stats.rx_too_long);
  return 0;
}
