// Lines of text for people, sent between the frames of the control channels.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "agent/services/text_writer.h"
#include "stack/base/result.h"
#include "stack/base/time.h"

namespace agent {

namespace internal {
template <size_t kSize>
struct LineMemory {
  std::array<char, kSize> memory;
};
}  // namespace internal

// A line of text with its memory.
template <size_t kSize>
class Line : private internal::LineMemory<kSize>, public TextWriter {
 public:
  Line() : TextWriter(this->memory) {}
};

// Where lines of text go; never waits.
class LogReader {
 public:
  // Takes the whole line, or nothing of it and counts that.
  virtual void TakeLine(std::string_view line) = 0;

 protected:
  ~LogReader() = default;
};

class Log {
 public:
  static constexpr size_t kMaxReaders = 4;
  static constexpr size_t kMaxLine = 120;

  // Lines from now on are copied to `reader`, which outlives the log. kResourceExhausted: there are
  // kMaxReaders already.
  base::Status Attach(LogReader& reader);

  // "[   12.345] text", cut off at kMaxLine characters.
  void Write(base::Instant when, std::string_view text);
  // The same text, without time stamp and end of line.
  void WriteRaw(std::string_view text);

 private:
  std::array<LogReader*, kMaxReaders> readers_{};
  size_t reader_count_ = 0;
};

}  // namespace agent
