#include "agent/log.h"

#include <algorithm>

namespace agent {

base::Status Log::Attach(base::RingBuffer& reader) {
  if (reader_count_ == kMaxReaders) {
    return base::Status::kResourceExhausted;
  }
  readers_[reader_count_] = &reader;
  ++reader_count_;
  return base::Status::kOk;
}

void Log::Write(base::Instant when, std::string_view text) {
  constexpr std::string_view kEnd = "\r\n";
  Line<kMaxLine + kEnd.size()> line;
  const auto microseconds = static_cast<uint64_t>(base::ToMicroseconds(when));
  const uint64_t seconds = microseconds / 1'000'000;
  line.Add("[");
  for (uint64_t limit = 10'000; limit > 1 && seconds < limit; limit /= 10) {
    line.Add(" ");
  }
  line.AddDecimal(seconds).Add(".").AddDecimal(microseconds % 1'000'000, 6).Add("] ");
  line.Add(text.substr(0, kMaxLine - line.view().size())).Add(kEnd);
  WriteRaw(line.view());
}

void Log::WriteRaw(std::string_view text) {
  for (size_t i = 0; i < reader_count_; ++i) {
    if (readers_[i]->room() < text.size()) {
      ++dropped_;
    } else {
      readers_[i]->Write(base::AsBytes(text));
    }
  }
}

}  // namespace agent
