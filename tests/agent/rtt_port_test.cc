// The rings in RAM; the test is the debug probe on the other side.
#include "agent/rtt_port.h"

#include <cstring>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace agent {
namespace {

using protocol::kRttFrames;
using protocol::kRttText;
using protocol::RttRing;
using test::ByteVector;

constexpr std::string_view kId{"SEGGER RTT\0\0\0\0\0\0", 16};

// The host's end: reads an up ring, writes a down ring, as a probe would.
std::string TakeUp(RttRing& ring, base::ConstByteSpan buffer, size_t limit = SIZE_MAX) {
  std::string text;
  while (ring.read_offset != ring.write_offset && text.size() < limit) {
    text += static_cast<char>(buffer[ring.read_offset]);
    ring.read_offset = (ring.read_offset + 1) % ring.size;
  }
  return text;
}

void PutDown(RttRing& ring, base::ByteSpan buffer, std::string_view text) {
  for (const char c : text) {
    ASSERT_NE((ring.write_offset + 1) % ring.size, ring.read_offset) << "the ring is full";
    buffer[ring.write_offset] = static_cast<std::byte>(c);
    ring.write_offset = (ring.write_offset + 1) % ring.size;
  }
}

class RttPortTest : public testing::Test {
 protected:
  // What RAM holds after power-on.
  RttPortTest() { std::memset(static_cast<void*>(&memory_), 0xa5, sizeof(memory_)); }

  RttRing& up(size_t channel) { return memory_.control.up[channel]; }
  RttRing& down(size_t channel) { return memory_.control.down[channel]; }
  std::string_view id() const {
    return {reinterpret_cast<const char*>(memory_.control.id.data()), memory_.control.id.size()};
  }
  std::string HostReadsFrames() { return TakeUp(up(kRttFrames), memory_.frames_up); }
  std::string HostReadsText() { return TakeUp(up(kRttText), memory_.text_up); }
  void HostWrites(std::string_view text) { PutDown(down(kRttFrames), memory_.frames_down, text); }
  static std::string Read(RttPort& port, size_t size = 8192) {
    ByteVector out(size);
    out.resize(port.Read(out));
    return test::ToText(out);
  }
  static size_t Write(RttPort& port, std::string_view text) {
    return port.Write(test::ToBytes(text));
  }

  RttMemory memory_;
};

TEST_F(RttPortTest, MakesAControlBlockThatAProbeFinds) {
  const RttPort port(memory_);
  EXPECT_EQ(id(), kId);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(&memory_.control) % protocol::kRttAlignment, 0u);
  EXPECT_EQ(memory_.control.up_rings, 2u);
  EXPECT_EQ(memory_.control.down_rings, 2u);
  EXPECT_EQ(up(kRttText).size, 1024u);
  EXPECT_EQ(up(kRttFrames).size, 4096u);
  EXPECT_EQ(down(kRttFrames).size, kChannelReceiveRing + 1);
  EXPECT_STREQ(memory_.names[kRttText].data(), "Terminal");
  EXPECT_STREQ(memory_.names[kRttFrames].data(), "netctl");
  for (const auto& rings : {memory_.control.up, memory_.control.down}) {
    for (size_t i = 0; i < rings.size(); ++i) {
      EXPECT_EQ(rings[i].name,
                static_cast<uint32_t>(reinterpret_cast<uintptr_t>(memory_.names[i].data())));
      EXPECT_EQ(rings[i].write_offset, 0u);
      EXPECT_EQ(rings[i].read_offset, 0u);
      EXPECT_EQ(rings[i].flags, 0u);
    }
  }
}

TEST_F(RttPortTest, EveryRingLiesInTheSharedMemory) {
  const RttPort port(memory_);
  const auto begin = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(&memory_));
  uint32_t end_before = begin + sizeof(protocol::RttControlBlock);
  for (const RttRing* ring : {&up(kRttText), &down(kRttText), &up(kRttFrames), &down(kRttFrames)}) {
    EXPECT_GE(ring->buffer, end_before) << "rings overlap";
    end_before = ring->buffer + ring->size;
  }
  EXPECT_LE(end_before, begin + sizeof(RttMemory));
}

TEST_F(RttPortTest, CarriesBytesBothWays) {
  RttPort port(memory_);
  EXPECT_EQ(Write(port, "hello"), 5u);
  EXPECT_EQ(HostReadsFrames(), "hello");
  EXPECT_EQ(HostReadsFrames(), "");
  HostWrites("hi there");
  EXPECT_EQ(Read(port, 2), "hi");
  EXPECT_EQ(Read(port), " there");
  EXPECT_EQ(Read(port), "");
  EXPECT_EQ(port.stats().tx_octets, 5u);
  EXPECT_EQ(port.stats().rx_octets, 8u);
  EXPECT_TRUE(port.is_polled());
}

TEST_F(RttPortTest, WrapsAround) {
  RttPort port(memory_);
  std::mt19937 random(1);
  std::string sent, received, written, read;
  for (int i = 0; i < 2000; ++i) {
    const std::string more(random() % 900, static_cast<char>('a' + i % 26));
    const size_t room = port.write_room();
    const size_t taken = Write(port, more);
    ASSERT_EQ(taken, std::min(room, more.size()));
    sent += more.substr(0, taken);
    received += TakeUp(up(kRttFrames), memory_.frames_up, random() % 900);

    const RttRing& ring = down(kRttFrames);
    const size_t used = (ring.write_offset + ring.size - ring.read_offset) % ring.size;
    const std::string down_text = more.substr(0, ring.size - 1 - used);
    HostWrites(down_text);
    written += down_text;
    read += Read(port, random() % 900);
  }
  received += HostReadsFrames();
  read += Read(port);
  EXPECT_EQ(received, sent);
  EXPECT_EQ(read, written);
  EXPECT_GT(sent.size(), 10u * 4096);
}

TEST_F(RttPortTest, TakesNoMoreThanFits) {
  RttPort port(memory_);
  EXPECT_EQ(port.write_room(), 4095u);
  EXPECT_EQ(Write(port, std::string(5000, 'x')), 4095u);
  EXPECT_EQ(port.write_room(), 0u);
  EXPECT_EQ(Write(port, "y"), 0u);
  EXPECT_EQ(HostReadsFrames(), std::string(4095, 'x'));
  EXPECT_EQ(port.write_room(), 4095u);
}

TEST_F(RttPortTest, TakesAllThatASessionMayHaveInFlight) {
  RttPort port(memory_);
  HostWrites(std::string(kChannelReceiveRing, 'x'));
  EXPECT_EQ(Read(port).size(), kChannelReceiveRing);
}

TEST_F(RttPortTest, ShowsTextToAViewer) {
  RttPort port(memory_);
  port.TakeLine("first\r\n");
  port.TakeLine("second\r\n");
  EXPECT_EQ(HostReadsText(), "first\r\nsecond\r\n");
  EXPECT_EQ(HostReadsFrames(), "");
}

TEST_F(RttPortTest, DropsWholeLinesWhenNobodyReadsThem) {
  RttPort port(memory_);
  const std::string line(100, 'a');
  for (int i = 0; i < 10; ++i) {
    port.TakeLine(line);
  }
  EXPECT_EQ(port.rtt_stats().rtt_text_no_room, 0u);
  port.TakeLine(line);
  EXPECT_EQ(port.rtt_stats().rtt_text_no_room, 1u);
  EXPECT_EQ(HostReadsText().size(), 1000u);
  port.TakeLine(line);
  EXPECT_EQ(HostReadsText(), line);
}

TEST_F(RttPortTest, IgnoresWhatAViewerTypes) {
  RttPort port(memory_);
  for (int i = 0; i < 100; ++i) {
    PutDown(down(kRttText), memory_.text_down, "help\r\n");
    EXPECT_EQ(Read(port), "");
  }
}

TEST_F(RttPortTest, EmptiesARingWithAnOffsetOutside) {
  for (const uint32_t bad : {4097u, 0x8000'0000u, UINT32_MAX}) {
    RttPort port(memory_);
    const RttStats& stats = port.rtt_stats();
    Write(port, "lost");
    up(kRttFrames).read_offset = bad;
    EXPECT_EQ(port.write_room(), 4095u);
    EXPECT_EQ(Write(port, "fresh"), 5u);
    EXPECT_EQ(HostReadsFrames(), "fresh");
    EXPECT_EQ(stats.rtt_up_bad_offset, 1u);

    HostWrites("lost");
    down(kRttFrames).write_offset = bad;
    EXPECT_EQ(Read(port), "");
    EXPECT_EQ(stats.rtt_down_bad_offset, 1u);
    HostWrites("fresh");
    EXPECT_EQ(Read(port), "fresh");

    port.TakeLine("lost");
    up(kRttText).read_offset = bad;
    port.TakeLine("fresh");
    EXPECT_EQ(HostReadsText(), "fresh");
    EXPECT_EQ(stats.rtt_text_up_bad_offset, 1u);

    down(kRttText).write_offset = bad;
    Read(port);
    EXPECT_EQ(stats.rtt_text_down_bad_offset, 1u);
    Read(port);
    EXPECT_EQ(stats.rtt_text_down_bad_offset, 1u);
  }
}

// The size itself is the first offset outside.
TEST_F(RttPortTest, AnOffsetOfTheSizeIsOutside) {
  RttPort port(memory_);
  up(kRttFrames).read_offset = up(kRttFrames).size;
  down(kRttFrames).write_offset = down(kRttFrames).size;
  EXPECT_EQ(Read(port), "");
  EXPECT_EQ(Write(port, "fresh"), 5u);
  EXPECT_EQ(port.rtt_stats().rtt_up_bad_offset, 1u);
  EXPECT_EQ(port.rtt_stats().rtt_down_bad_offset, 1u);
}

// Its own offsets too: a debugger may write anywhere.
TEST_F(RttPortTest, SurvivesForeignValuesInItsOwnOffsets) {
  RttPort port(memory_);
  up(kRttFrames).write_offset = 0x1234'5678;
  down(kRttFrames).read_offset = 0x1234'5678;
  EXPECT_EQ(Write(port, "fresh"), 5u);
  EXPECT_EQ(HostReadsFrames(), "fresh");
  EXPECT_EQ(Read(port), "");
  HostWrites("more");
  EXPECT_EQ(Read(port), "more");
}

TEST_F(RttPortTest, KeepsWhatWasInTheRingsOverAReset) {
  {
    RttPort before(memory_);
    Write(before, std::string(3000, 'x'));
    HostReadsFrames();
    before.TakeLine("fault: bus fault\r\n");
    Write(before, "last words");
    HostWrites("request");
  }
  RttPort after(memory_);
  after.TakeLine("boot 2\r\n");
  EXPECT_EQ(HostReadsText(), "fault: bus fault\r\nboot 2\r\n");
  EXPECT_EQ(HostReadsFrames(), "last words");
  EXPECT_EQ(Read(after), "request");
  EXPECT_EQ(id(), kId);
}

TEST_F(RttPortTest, MakesItAnewWhenAnythingDiffers) {
  using Change = void (*)(protocol::RttControlBlock&);
  constexpr Change kChanges[] = {
      [](auto& control) { control.id[3] ^= 1; },
      [](auto& control) { control.id[15] = 1; },
      [](auto& control) { control.up_rings = 3; },
      [](auto& control) { control.down_rings = 0; },
      [](auto& control) { control.up[0].name += 4; },
      [](auto& control) { control.up[1].buffer += 16; },
      [](auto& control) { control.down[1].size -= 1; },
      [](auto& control) { control.down[0].flags = 2; },
      [](auto& control) { control.up[1].write_offset = 4096; },
      [](auto& control) { control.up[0].read_offset = UINT32_MAX; },
      [](auto& control) { control.down[1].write_offset = 4097; },
      [](auto& control) { control.down[0].read_offset = 16; },
  };
  for (const Change change : kChanges) {
    {
      RttPort before(memory_);
      before.TakeLine("text");
      Write(before, "frames");
    }
    change(memory_.control);
    const RttPort after(memory_);
    EXPECT_EQ(id(), kId);
    EXPECT_EQ(HostReadsText(), "");
    EXPECT_EQ(HostReadsFrames(), "");
    EXPECT_EQ(after.rtt_stats().rtt_up_bad_offset, 0u);
    HostReadsText();
  }
}

}  // namespace
}  // namespace agent
