#include "agent/log.h"

#include <algorithm>

namespace agent {

base::Status Log::Attach(LogReader& reader) {
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
  line.Text("[");
  const base::Duration since_start = when.time_since_epoch();
  for (base::Duration limit = std::chrono::seconds(10'000);
       limit > std::chrono::seconds(1) && since_start < limit; limit /= 10) {
    line.Text(" ");
  }
  line.Seconds(since_start).Text("] ");
  line.Text(text.substr(0, kMaxLine - line.view().size())).Text(kEnd);
  WriteRaw(line.view());
}

void Log::WriteRaw(std::string_view text) {
  for (size_t i = 0; i < reader_count_; ++i) {
    readers_[i]->TakeLine(text);
  }
}

}  // namespace agent
