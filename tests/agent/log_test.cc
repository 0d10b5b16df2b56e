#include "agent/log.h"

#include <deque>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace agent {
namespace {

class Reader final : public LogReader {
 public:
  explicit Reader(size_t room) : room_(room) {}
  void TakeLine(std::string_view line) override {
    if (text_.size() + line.size() <= room_) {
      text_ += line;
    }
  }
  std::string TakeAll() { return std::exchange(text_, {}); }

 private:
  const size_t room_;
  std::string text_;
};

TEST(Log, StampsLinesWithTheTimeSinceStart) {
  Log log;
  Reader reader(200);
  EXPECT_EQ(log.Attach(reader), base::Status::kOk);
  log.Write(base::FromMicroseconds(12'345'678), "eth0: link up");
  EXPECT_EQ(reader.TakeAll(), "[   12.345] eth0: link up\r\n");
  log.Write(base::FromMicroseconds(0), "a");
  EXPECT_EQ(reader.TakeAll(), "[    0.000] a\r\n");
  log.Write(base::FromMicroseconds(123'456'000'000), "b");
  EXPECT_EQ(reader.TakeAll(), "[123456.000] b\r\n");
}

TEST(Log, CutsLongLinesOff) {
  Log log;
  Reader reader(400);
  EXPECT_EQ(log.Attach(reader), base::Status::kOk);
  log.Write(base::Instant{}, std::string(300, 'x'));
  const std::string line = reader.TakeAll();
  EXPECT_EQ(line.size(), Log::kMaxLine + 2);
  EXPECT_TRUE(line.ends_with("x\r\n"));
}

TEST(Log, AFullReaderTakesNothingFromTheOthers) {
  Log log;
  Reader small(40);
  Reader large(400);
  EXPECT_EQ(log.Attach(small), base::Status::kOk);
  EXPECT_EQ(log.Attach(large), base::Status::kOk);
  log.Write(base::Instant{}, "the first line fits");
  log.Write(base::Instant{}, "the second does not");
  EXPECT_EQ(small.TakeAll(), "[    0.000] the first line fits\r\n");
  EXPECT_EQ(large.TakeAll(),
            "[    0.000] the first line fits\r\n[    0.000] the second does not\r\n");
}

TEST(Log, HasABoundedNumberOfReaders) {
  Log log;
  std::deque<Reader> readers;
  for (size_t i = 0; i < Log::kMaxReaders; ++i) {
    Reader& reader = readers.emplace_back(10);
    EXPECT_EQ(log.Attach(reader), base::Status::kOk);
  }
  Reader one_more(10);
  EXPECT_EQ(log.Attach(one_more), base::Status::kResourceExhausted);
}

}  // namespace
}  // namespace agent
