#include "agent/log.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace agent {
namespace {

std::string TakeAll(base::RingBuffer& ring) {
  std::string text(ring.size(), ' ');
  ring.Read(std::as_writable_bytes(std::span(text)));
  return text;
}

template <size_t kSize>
struct Reader {
  std::array<std::byte, kSize> memory;
  base::RingBuffer ring{memory};
};

TEST(Log, StampsLinesWithTheTimeSinceStart) {
  Log log;
  Reader<200> reader;
  EXPECT_EQ(log.Attach(reader.ring), base::Status::kOk);
  log.Write(base::FromMicroseconds(12'345'678), "eth0: link up");
  EXPECT_EQ(TakeAll(reader.ring), "[   12.345] eth0: link up\r\n");
  log.Write(base::FromMicroseconds(0), "a");
  EXPECT_EQ(TakeAll(reader.ring), "[    0.000] a\r\n");
  log.Write(base::FromMicroseconds(123'456'000'000), "b");
  EXPECT_EQ(TakeAll(reader.ring), "[123456.000] b\r\n");
}

TEST(Log, CutsLongLinesOff) {
  Log log;
  Reader<400> reader;
  EXPECT_EQ(log.Attach(reader.ring), base::Status::kOk);
  log.Write(base::Instant{}, std::string(300, 'x'));
  const std::string line = TakeAll(reader.ring);
  EXPECT_EQ(line.size(), Log::kMaxLine + 2);
  EXPECT_TRUE(line.ends_with("x\r\n"));
}

TEST(Log, DropsWholeLinesAndCountsThem) {
  Log log;
  Reader<40> small;
  Reader<400> large;
  EXPECT_EQ(log.Attach(small.ring), base::Status::kOk);
  EXPECT_EQ(log.Attach(large.ring), base::Status::kOk);
  log.Write(base::Instant{}, "the first line fits");
  log.Write(base::Instant{}, "the second does not");
  EXPECT_EQ(log.dropped(), 1u);
  EXPECT_EQ(TakeAll(small.ring), "[    0.000] the first line fits\r\n");
  EXPECT_EQ(TakeAll(large.ring),
            "[    0.000] the first line fits\r\n[    0.000] the second does not\r\n");
}

TEST(Log, HasABoundedNumberOfReaders) {
  Log log;
  std::array<Reader<10>, Log::kMaxReaders> readers;
  for (auto& reader : readers) {
    EXPECT_EQ(log.Attach(reader.ring), base::Status::kOk);
  }
  Reader<10> one_more;
  EXPECT_EQ(log.Attach(one_more.ring), base::Status::kResourceExhausted);
}

}  // namespace
}  // namespace agent
