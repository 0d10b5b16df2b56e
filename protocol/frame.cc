#include "protocol/frame.h"

#include <algorithm>
#include <cstring>

#include "protocol/crc32c.h"

namespace protocol {
namespace {

constexpr std::byte kDelimiter{0};
constexpr size_t kLongestRun = 254;  // bytes behind one COBS code

// Consistent overhead byte stuffing, written as the bytes come.
class CobsWriter {
 public:
  explicit CobsWriter(std::byte* out) : code_(out), next_(out + 1) {}

  void Write(base::ConstByteSpan bytes) {
    while (!bytes.empty()) {
      if (run() == kLongestRun) {
        EndRun();
      }
      const size_t limit = std::min(bytes.size(), kLongestRun - run());
      const void* zero = std::memchr(bytes.data(), 0, limit);
      const size_t count =
          zero == nullptr ? limit
                          : static_cast<size_t>(static_cast<const std::byte*>(zero) - bytes.data());
      std::memcpy(next_, bytes.data(), count);
      next_ += count;
      if (zero != nullptr) {
        EndRun();
      }
      bytes = bytes.subspan(count + (zero != nullptr ? 1 : 0));
    }
  }
  // Returns the end of what was written.
  std::byte* Finish() {
    *code_ = static_cast<std::byte>(run() + 1);
    return next_;
  }

 private:
  size_t run() const { return static_cast<size_t>(next_ - code_) - 1; }
  void EndRun() {
    *code_ = static_cast<std::byte>(run() + 1);
    code_ = next_;
    ++next_;
  }

  std::byte* code_;
  std::byte* next_;
};

// In place. Returns the decoded size, or nothing when a code points beyond the end.
std::optional<size_t> DecodeCobs(base::ByteSpan bytes) {
  size_t in = 0;
  size_t out = 0;
  while (in < bytes.size()) {
    const auto code = static_cast<size_t>(bytes[in]);
    const size_t run = code - 1;
    ++in;
    if (run > bytes.size() - in) {
      return std::nullopt;
    }
    std::memmove(bytes.data() + out, bytes.data() + in, run);
    in += run;
    out += run;
    if (run < kLongestRun && in < bytes.size()) {
      bytes[out] = std::byte{0};
      ++out;
    }
  }
  return out;
}

bool IsText(std::byte byte) {
  const auto c = static_cast<unsigned char>(byte);
  return (c >= 0x20 && c <= 0x7e) || c == '\r' || c == '\n' || c == '\t' || c == 0x1b;
}

std::string_view AsText(base::ConstByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

size_t EncodeFrame(FrameHeader header, base::ConstByteSpan payload, base::ConstByteSpan rest,
                   LeadingDelimiter leading, base::ByteSpan out) {
  std::array<std::byte, kFrameHeaderSize> head;
  header.length = static_cast<uint16_t>(payload.size() + rest.size());
  (void)base::Encode<base::kMessageOrder>(header, base::ByteSpan(head));
  Crc32c crc;
  crc.Update(head);
  crc.Update(payload);
  crc.Update(rest);
  std::array<std::byte, kCheckSize> check;
  base::Store<base::kMessageOrder>(check.data(), crc.value());

  std::byte* begin = out.data();
  if (leading == LeadingDelimiter::kWrite) {
    *begin = kDelimiter;
    ++begin;
  }
  CobsWriter cobs(begin);
  cobs.Write(head);
  cobs.Write(payload);
  cobs.Write(rest);
  cobs.Write(check);
  std::byte* end = cobs.Finish();
  *end = kDelimiter;
  return static_cast<size_t>(end + 1 - out.data());
}

size_t FrameDecoder::Push(base::ConstByteSpan bytes, std::optional<Frame>& frame) {
  frame.reset();
  size_t taken = 0;
  while (taken < bytes.size() && !frame) {
    const base::ConstByteSpan left = bytes.subspan(taken);
    const void* zero = std::memchr(left.data(), 0, left.size());
    if (zero == nullptr) {
      Append(left);
      taken = bytes.size();
      break;
    }
    const auto count = static_cast<size_t>(static_cast<const std::byte*>(zero) - left.data());
    Append(left.first(count));
    frame = EndSegment();
    taken += count + 1;
  }
  stats_.rx_bytes += taken;
  return taken;
}

// Splits where the segment stops being text, so that the outcome does not depend on chunks.
void FrameDecoder::Append(base::ConstByteSpan bytes) {
  if (all_text_) {
    const auto end = std::find_if_not(bytes.begin(), bytes.end(), IsText);
    const auto count = static_cast<size_t>(end - bytes.begin());
    Store(bytes.first(count));
    DeliverLines();
    bytes = bytes.subspan(count);
    if (bytes.empty()) {
      return;
    }
    all_text_ = false;
  }
  Store(bytes);
}

void FrameDecoder::Store(base::ConstByteSpan bytes) {
  if (!overlong_ && bytes.size() <= buffer_.size() - size_) {
    std::copy(bytes.begin(), bytes.end(), buffer_.begin() + static_cast<ptrdiff_t>(size_));
    size_ += bytes.size();
    return;
  }
  if (!overlong_) {
    overlong_ = true;
    DropBuffer();
    stats_.rx_too_long += all_text_ ? 0 : 1;
  }
  if (all_text_) {
    text_.OnText(AsText(bytes));
  } else {
    CountNoise(bytes.size());
  }
}

// What is buffered turned out to be no frame.
void FrameDecoder::DropBuffer() {
  if (all_text_) {
    FlushText();
  } else {
    CountNoise(size_ - text_delivered_);
  }
  size_ = 0;
  text_delivered_ = 0;
}

void FrameDecoder::DeliverLines() {
  const auto begin = buffer_.rend() - static_cast<ptrdiff_t>(size_);
  const auto end = buffer_.rend() - static_cast<ptrdiff_t>(text_delivered_);
  const auto newline = std::find(begin, end, std::byte{'\n'});
  if (newline != end) {
    const auto line_end = static_cast<size_t>(buffer_.rend() - newline);
    text_.OnText(
        AsText(base::ConstByteSpan(buffer_).subspan(text_delivered_, line_end - text_delivered_)));
    text_delivered_ = line_end;
  }
}

void FrameDecoder::FlushText() {
  if (has_text()) {
    text_.OnText(
        AsText(base::ConstByteSpan(buffer_).subspan(text_delivered_, size_ - text_delivered_)));
    text_delivered_ = size_;
  }
}

// A frame is never text: its second byte is the version, 1.
std::optional<Frame> FrameDecoder::EndSegment() {
  std::optional<Frame> frame;
  if (!all_text_ && !overlong_) {
    frame = DecodeSegment();
  }
  if (!frame) {
    DropBuffer();
  }
  size_ = 0;
  text_delivered_ = 0;
  all_text_ = true;
  overlong_ = false;
  return frame;
}

std::optional<Frame> FrameDecoder::DecodeSegment() {
  const std::optional<size_t> size = DecodeCobs(base::ByteSpan(buffer_).first(size_));
  if (!size || *size < kFrameHeaderSize + kCheckSize) {
    ++stats_.rx_bad_encoding;
    return std::nullopt;
  }
  const base::ConstByteSpan checked = base::ConstByteSpan(buffer_).first(*size - kCheckSize);
  Crc32c crc;
  crc.Update(checked);
  if (crc.value() != base::Load<base::kMessageOrder, uint32_t>(checked.data() + checked.size())) {
    ++stats_.rx_bad_checksum;
    return std::nullopt;
  }
  const auto header = base::Decode<FrameHeader, base::kMessageOrder>(checked);
  if (!header || header->length != checked.size() - kFrameHeaderSize) {
    ++stats_.rx_bad_length;
    return std::nullopt;
  }
  return Frame{*header, checked.subspan(kFrameHeaderSize)};
}

void FrameDecoder::CountNoise(size_t bytes) {
  stats_.rx_noise_bytes += static_cast<uint32_t>(bytes);
}

}  // namespace protocol
