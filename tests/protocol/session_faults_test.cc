// Sessions over lines that lose, change and invent bytes: every message once and in order, or a
// session that ends with a reason.
#include <gtest/gtest.h>

#include "protocol/session.h"
#include "tests/protocol/raw_frames.h"
#include "tests/protocol/traffic.h"
#include "tests/support/pipe_channel.h"

namespace protocol {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::FaultLine;
using test::LineFaults;
using test::PipeChannel;

constexpr uint32_t kMessages = 6;

// Requests and responses of mixed sizes, one of them of several frames.
void Plan(Traffic& traffic) {
  traffic.set_echo(true);
  traffic.from_host(Stream::kRequests).count = kMessages;
  const auto size = [](uint32_t index) { return index == 3 ? size_t{700} : 20 + 9 * index; };
  traffic.from_host(Stream::kRequests).size = size;
  traffic.from_agent(Stream::kRequests).size = size;
  traffic.from_agent(Stream::kBulk).count = 2;
}

// Bytes that an exchange without faults writes to each line.
std::pair<uint64_t, uint64_t> LengthOfExchange() {
  PipeChannel pipe;
  EXPECT_TRUE(pipe.Establish());
  Traffic traffic(pipe);
  Plan(traffic);
  EXPECT_TRUE(traffic.RunUntilDone(seconds(5)));
  EXPECT_EQ(traffic.wrong(), 0u);
  return {pipe.to_agent().written(), pipe.to_host().written()};
}

// One fault at every offset of either direction, handshake included.
void RunWithFaultAtEveryByte(const std::function<void(LineFaults&, uint64_t offset)>& fault) {
  const auto [down, up] = LengthOfExchange();
  for (uint64_t offset = 0; offset < down + up; ++offset) {
    PipeChannel pipe;
    if (offset < down) {
      fault(pipe.to_agent().faults(), offset);
    } else {
      fault(pipe.to_host().faults(), offset - down);
    }
    const base::Instant start = pipe.now();
    ASSERT_TRUE(pipe.Establish()) << offset;
    Traffic traffic(pipe);
    Plan(traffic);
    ASSERT_TRUE(traffic.RunUntilDone(seconds(10))) << offset;
    ASSERT_EQ(traffic.wrong(), 0u) << offset;
    ASSERT_LE(pipe.now() - start, seconds(2)) << offset;
    pipe.RunFor(milliseconds(300));
    ASSERT_TRUE(traffic.done()) << offset;  // nothing arrives twice
  }
}

TEST(SessionFaults, ByteDroppedAtEveryOffset) {
  RunWithFaultAtEveryByte([](LineFaults& faults, uint64_t offset) { faults.drop_at = offset; });
}

TEST(SessionFaults, ByteFlippedAtEveryOffset) {
  RunWithFaultAtEveryByte([](LineFaults& faults, uint64_t offset) { faults.flip_at = offset; });
}

TEST(SessionFaults, ByteInsertedAtEveryOffset) {
  for (const int value : {0x00, 0x55, 0x0a, 0xff}) {
    RunWithFaultAtEveryByte([value](LineFaults& faults, uint64_t offset) {
      faults.insert_at = offset;
      faults.inserted = static_cast<std::byte>(value);
    });
  }
}

// A transfer of 50 frames up, with frames taken off either line by `lose`.
void RunWithLoss(const std::function<bool(const FrameHeader&)>& lose_down,
                 const std::function<bool(const FrameHeader&)>& lose_up, const char* what,
                 int which) {
  PipeChannel pipe;
  ASSERT_TRUE(pipe.Establish());
  pipe.to_agent().set_loss(lose_down);
  pipe.to_host().set_loss(lose_up);
  Traffic traffic(pipe);
  traffic.from_agent(Stream::kBulk).count = 50;
  traffic.from_agent(Stream::kBulk).size = [](uint32_t) { return kMaxFramePayload; };
  const base::Instant start = pipe.now();
  ASSERT_TRUE(traffic.RunUntilDone(seconds(20))) << what << which;
  ASSERT_TRUE(pipe.RunUntil([&] { return pipe.agent().all_acknowledged(); }, seconds(20)))
      << what << which;
  ASSERT_EQ(traffic.wrong(), 0u);
  ASSERT_LE(pipe.now() - start, seconds(2)) << what << which;
}

std::function<bool(const FrameHeader&)> NthOf(FrameType type, int which) {
  return [type, which, seen = 0](const FrameHeader& header) mutable {
    return header.type == type && seen++ == which;
  };
}

TEST(SessionFaults, EachFrameLostAlone) {
  for (int which = 0; which < 52; ++which) {
    RunWithLoss({}, NthOf(FrameType::kData, which), "data ", which);
  }
}

TEST(SessionFaults, EachAckLostAlone) {
  for (int which = 0; which < 40; ++which) {
    RunWithLoss(NthOf(FrameType::kAck, which), {}, "ack ", which);
  }
}

// Every ACK that raises the grant of bulk gets lost once.
TEST(SessionFaults, EachGrantLostAlone) {
  for (int which = 0; which < 12; ++which) {
    PipeChannel pipe;
    ASSERT_TRUE(pipe.Establish());
    uint32_t credit = 0;
    int raised = 0;
    pipe.to_agent().set_loss([&](const FrameHeader& header) {
      if (header.stream != Stream::kBulk || header.credit <= credit) {
        return false;
      }
      if (raised++ == which) {
        return true;
      }
      credit = header.credit;
      return false;
    });
    Traffic traffic(pipe);
    traffic.from_agent(Stream::kBulk).count = 300;
    traffic.from_agent(Stream::kBulk).size = [](uint32_t) { return kMaxFramePayload; };
    ASSERT_TRUE(traffic.RunUntilDone(seconds(20))) << which;
    ASSERT_EQ(traffic.wrong(), 0u);
  }
}

// The host reads late; the ACK with the new grant is lost, and nothing else is on its way.
TEST(SessionFaults, LostGrantIsAskedForAgain) {
  PipeChannel pipe;
  pipe.set_fifo(4096);
  ASSERT_TRUE(pipe.Establish());
  Traffic traffic(pipe);
  traffic.set_host_reads(false);
  traffic.from_agent(Stream::kBulk).count = 120;
  traffic.from_agent(Stream::kBulk).size = [](uint32_t) { return size_t{1000}; };
  pipe.RunFor(milliseconds(900));
  const base::Instant start = pipe.now();
  pipe.to_agent().set_dead(true);
  traffic.set_host_reads(true);
  pipe.RunFor(milliseconds(5));
  pipe.to_agent().set_dead(false);
  ASSERT_TRUE(traffic.RunUntilDone(seconds(5)));
  EXPECT_LE(pipe.now() - start, milliseconds(700));
  EXPECT_EQ(traffic.wrong(), 0u);
}

// The board restarts after every byte of a transfer: the host learns it within a heartbeat, nothing
// is executed twice or out of order, and the next session works.
TEST(SessionFaults, ResetAtEveryByte) {
  PipeChannel clean;
  ASSERT_TRUE(clean.Establish());
  uint64_t begin = clean.to_agent().written() + clean.to_host().written();
  Traffic clean_traffic(clean);
  Plan(clean_traffic);
  ASSERT_TRUE(clean_traffic.RunUntilDone(seconds(5)));
  const uint64_t end = clean.to_agent().written() + clean.to_host().written();

  for (uint64_t offset = begin; offset < end; ++offset) {
    PipeChannel pipe(LineFaults{.baud = 1'000'000});
    pipe.set_chunk(1);
    pipe.set_fifo(2);
    ASSERT_TRUE(pipe.Establish(0x1001));
    Traffic traffic(pipe);
    Plan(traffic);
    pipe.RunUntil([&] { return pipe.to_agent().written() + pipe.to_host().written() >= offset; },
                  seconds(1));
    pipe.ResetAgent();
    ASSERT_TRUE(pipe.RunUntil([&] { return pipe.host().state() == SessionState::kDead; },
                              milliseconds(1200)))
        << offset;
    ASSERT_EQ(pipe.host().end_reason(), EndReason::kRestarted);
    ASSERT_EQ(traffic.wrong(), 0u) << offset;

    pipe.set_work({});
    ASSERT_TRUE(pipe.Establish(0x1002)) << offset;
    ASSERT_EQ(pipe.host().peer().boot_counter, 2u);
    Traffic next(pipe);
    Plan(next);
    ASSERT_TRUE(next.RunUntilDone(seconds(5))) << offset;
    ASSERT_EQ(next.wrong(), 0u) << offset;
  }
}

// The host is killed at any moment, in the middle of a frame: the next one gets a session at once.
TEST(SessionFaults, HostKilledAtEveryByte) {
  for (size_t taken = 0; taken < 300; ++taken) {
    PipeChannel pipe;
    ASSERT_TRUE(pipe.Establish(0x1001));
    ASSERT_EQ(pipe.host().Send(Stream::kRequests, test::Pattern(100)), base::Status::kOk);
    ASSERT_EQ(pipe.host().Send(Stream::kRequests, test::Pattern(90)), base::Status::kOk);
    std::vector<std::byte> out(taken);
    out.resize(pipe.host().TakeOutput(out, pipe.now()));
    pipe.agent().OnBytes(out, pipe.now());
    pipe.RestartHost();
    const base::Instant start = pipe.now();
    ASSERT_TRUE(pipe.Establish(0x1002)) << taken;
    ASSERT_EQ(pipe.agent().session_id(), 0x1002u);
    ASSERT_LE(pipe.now() - start, milliseconds(500)) << taken;
    ReceivedMessage message;
    ASSERT_FALSE(pipe.agent().Receive(message));
  }
}

// Nothing gets through: both ends say so in bounded time, and the next session works.
TEST(SessionFaults, LineTooBadForASession) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    PipeChannel pipe({}, seed);
    ASSERT_TRUE(pipe.Establish(0x1001));
    pipe.to_agent().faults().bit_error_rate = 0.05;
    pipe.to_host().faults().bit_error_rate = 0.05;
    Traffic traffic(pipe);
    Plan(traffic);
    ASSERT_TRUE(pipe.RunUntil([&] { return pipe.host().state() == SessionState::kDead; },
                              kProgressTimeout + kLease));
    EXPECT_EQ(traffic.wrong(), 0u);
    EXPECT_EQ(pipe.host().end_reason(), EndReason::kPeerSilent);
    pipe.to_agent().faults().bit_error_rate = 0;
    pipe.to_host().faults().bit_error_rate = 0;
    pipe.set_work({});
    ASSERT_TRUE(pipe.Establish(0x1002));
    Traffic next(pipe);
    Plan(next);
    EXPECT_TRUE(next.RunUntilDone(seconds(5)));
    EXPECT_EQ(next.wrong(), 0u);
  }
}

struct Noise {
  const char* name;
  LineFaults faults;
  uint32_t messages;
  uint32_t largest = 1000;  // bytes of a message
};
void PrintTo(const Noise& noise, std::ostream* out) { *out << noise.name; }

class SessionNoise : public testing::TestWithParam<Noise> {};

TEST_P(SessionNoise, EveryMessageOnceAndInOrder) {
  const Noise& noise = GetParam();
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    PipeChannel pipe({}, seed);
    pipe.set_chunk(0);
    pipe.set_fifo(2048);
    ASSERT_TRUE(pipe.Establish());
    const LineFaults faults = noise.faults;
    pipe.to_agent().faults() = faults;
    pipe.to_host().faults() = faults;
    Traffic traffic(pipe);
    traffic.set_echo(true);
    traffic.from_host(Stream::kRequests).count = noise.messages;
    traffic.from_agent(Stream::kBulk).count = noise.messages / 4;
    traffic.from_agent(Stream::kBulk).size = [&](uint32_t index) {
      return 30 + index * 37 % (noise.largest - 30);
    };
    ASSERT_TRUE(traffic.RunUntilDone(seconds(600)))
        << "seed " << seed << " state " << static_cast<int>(pipe.host().state()) << " reason "
        << static_cast<int>(pipe.host().end_reason());
    EXPECT_EQ(traffic.wrong(), 0u) << "seed " << seed;
  }
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Lines, SessionNoise, testing::Values(
    Noise{"ber 1e-6", {.bit_error_rate = 1e-6}, 400},
    Noise{"ber 1e-5", {.bit_error_rate = 1e-5}, 400},
    Noise{"ber 1e-4", {.bit_error_rate = 1e-4}, 300},
    Noise{"ber 1e-3", {.bit_error_rate = 1e-3}, 100, 100},
    Noise{"drop 0.001 %", {.drop_rate = 1e-5}, 400},
    Noise{"drop 0.1 %", {.drop_rate = 1e-3}, 300},
    Noise{"drop 1 %", {.drop_rate = 1e-2}, 60, 100},
    Noise{"insert 0.1 %", {.insert_rate = 1e-3}, 300},
    Noise{"duplicate 0.1 %", {.duplicate_rate = 1e-3}, 300},
    Noise{"boot text", {.text_rate = 1e-3}, 300},
    Noise{"stalls", {.stall_rate = 1e-4, .stall = milliseconds(400)}, 300},
    Noise{"everything", {.bit_error_rate = 3e-5, .drop_rate = 2e-4, .insert_rate = 2e-4,
                         .duplicate_rate = 2e-4, .text_rate = 1e-4, .stall_rate = 1e-4,
                         .baud = 115'200}, 200}));
// clang-format on

}  // namespace
}  // namespace protocol
