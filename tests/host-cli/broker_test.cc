// Several netctl on one board.
#include "host-cli/broker/broker.h"

#include <atomic>
#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host-cli/broker/broker_port.h"
#include "host-cli/broker/directory.h"
#include "host-cli/channels/fd_channel.h"
#include "host-cli/client.h"
#include "tests/support/fake_board.h"
#include "tests/support/netctl_env.h"

namespace netctl {
namespace {

using test::FakeAgent;
using test::FakeBoard;
using test::Outcome;
using test::RunNetctl;
using testing::HasSubstr;

// A broker of target "qemu" in a thread, with a board at the other end of a socket pair.
class BrokerTest : public testing::Test {
 protected:
  BrokerTest() {
    protocol::Info info;
    info.board = std::string_view("fake");
    agent_.Answer<protocol::GetInfo>(info);
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
    board_ = std::make_unique<FakeBoard>(fds[0], agent_);
    auto listener = ListenForClients(BrokerSocket("qemu").value());
    EXPECT_TRUE(listener);
    broker_ = std::make_unique<Broker>(
        std::make_unique<FdChannel>(UniqueFd(fds[1]), "a socket pair"), std::move(*listener),
        Json{{"name", "qemu"}, {"socket", BrokerSocket("qemu").value()}});
    EXPECT_TRUE(broker_->Open(false, Now() + std::chrono::seconds(60)));
    thread_ = std::thread([this] {
      ended_ = broker_->Run();
      // As the process would: its socket is gone.
      broker_.reset();
    });
  }
  ~BrokerTest() override {
    const UniqueFd fd = ConnectToBroker(BrokerSocket("qemu").value());
    if (fd.valid()) {
      const std::string quit = EncodePacket(PacketType::kQuit);
      ::send(fd.get(), quit.data(), quit.size(), MSG_NOSIGNAL);
    }
    thread_.join();
  }

  static Client Attach() {
    return Client(
        [](MessagePort::TextSink sink) {
          return BrokerPort::Attach("qemu", "test", Now() + std::chrono::seconds(60),
                                    std::move(sink));
        },
        Now() + std::chrono::seconds(60));
  }
  static bool Eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 10'000; ++i) {
      if (condition()) {
        return true;
      }
      ::usleep(1000);
    }
    return false;
  }
  static test::AgentMessage Reply(uint16_t sequence) {
    return FakeAgent::Event<protocol::PingStep>({.sequence = sequence});
  }

  test::CleanEnvironment environment_;
  FakeAgent agent_;
  std::unique_ptr<FakeBoard> board_;
  std::unique_ptr<Broker> broker_;
  Expected<void> ended_;
  std::thread thread_;
};

TEST_F(BrokerTest, CommandsAttachByThemselves) {
  const Outcome outcome = RunNetctl({"-t", "qemu", "info"});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("board              fake\n"));
  EXPECT_EQ(board_->sessions(), 1U);
}

TEST_F(BrokerTest, TwoClientsWithTheSameNumbersGetTheirOwnEvents) {
  agent_.OnJob<protocol::Ping>({Reply(1)}, base::Status::kUnavailable);
  agent_.OnJob<protocol::RunDhcp>({FakeAgent::Event<protocol::DhcpStep>({.time_us = 2})});
  Client first = Attach();
  Client second = Attach();
  auto ping = first.StartJob<protocol::Ping>().value();
  auto dhcp = second.StartJob<protocol::RunDhcp>().value();
  EXPECT_EQ(dhcp.Next().value()->As<protocol::DhcpStep>()->time_us, 2U);
  EXPECT_FALSE(dhcp.Next().value());
  EXPECT_EQ(ping.Next().value()->As<protocol::PingStep>()->sequence, 1);
  EXPECT_TRUE(second.Call<protocol::GetInfo>());
  EXPECT_EQ(agent_.running_jobs(), 1U);
  EXPECT_TRUE(ping.Cancel());
  EXPECT_FALSE(ping.Next().value());
  EXPECT_EQ(ping.status(), base::Status::kCancelled);
}

TEST_F(BrokerTest, NobodyCancelsTheJobOfAnother) {
  agent_.OnJob<protocol::Ping>({}, base::Status::kUnavailable);
  Client first = Attach();
  Client second = Attach();
  auto job = first.StartJob<protocol::Ping>().value();
  const auto cancelled = second.Call<protocol::CancelJob>({.request = 1});
  EXPECT_EQ(cancelled.error().status, base::Status::kNotFound);
  EXPECT_EQ(agent_.running_jobs(), 1U);
}

TEST_F(BrokerTest, JobsOfAClientThatDisappearsAreCancelled) {
  agent_.OnJob<protocol::Ping>({}, base::Status::kUnavailable);
  Client client = Attach();
  auto job = client.StartJob<protocol::Ping>().value();
  EXPECT_EQ(agent_.running_jobs(), 1U);
  client.Disconnect();
  EXPECT_TRUE(Eventually([this] { return agent_.running_jobs() == 0; }));
}

TEST_F(BrokerTest, UnaskedEventsAndTextGoToEveryone) {
  agent_.On<protocol::ResetStats>([](const protocol::Empty&) { return protocol::Empty{}; });
  Client first = Attach();
  Client second = Attach();
  std::string first_text;
  std::string second_text;
  first.OnText([&](std::string_view text) { first_text += text; });
  second.OnText([&](std::string_view text) { second_text += text; });
  ASSERT_TRUE(first.Connect());
  ASSERT_TRUE(second.Connect());
  board_->Print("link up\r\n");
  EXPECT_TRUE(Eventually([&] {
    EXPECT_TRUE(first.Wait(Now() + std::chrono::milliseconds(1)));
    EXPECT_TRUE(second.Wait(Now() + std::chrono::milliseconds(1)));
    return first_text == "link up\r\n" && second_text == "link up\r\n";
  }));
  // Who comes later can have it too, but need not.
  Client late = Attach();
  std::string late_text;
  late.OnText([&](std::string_view text) { late_text += text; });
  EXPECT_TRUE(late.Call<protocol::ResetStats>());
  EXPECT_EQ(late_text, "");
  late.AskForBacklog();
  EXPECT_TRUE(late.Call<protocol::ResetStats>());
  EXPECT_EQ(late_text, "link up\r\n");
}

TEST_F(BrokerTest, ABoardThatDiesEndsTheBrokerAndTellsWhy) {
  agent_.OnJob<protocol::Ping>({}, base::Status::kUnavailable);
  Client client = Attach();
  auto job = client.StartJob<protocol::Ping>().value();
  board_.reset();
  const auto event = job.Next();
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, ExitCode::kChannel);
  EXPECT_THAT(event.error().message, HasSubstr("a socket pair was lost"));
  EXPECT_TRUE(Eventually([] { return !ConnectToBroker(BrokerSocket("qemu").value()).valid(); }));
}

TEST_F(BrokerTest, ABoardThatRestartsEndsTheCommandsOnly) {
  agent_.OnJob<protocol::Ping>({}, base::Status::kUnavailable);
  {
    Client client = Attach();
    auto job = client.StartJob<protocol::Ping>().value();
    board_->Restart();
    EXPECT_EQ(job.Next().error().code, ExitCode::kAgent);
  }
  Client client = Attach();
  const auto peer = client.Connect();
  ASSERT_TRUE(peer) << peer.error().message;
  EXPECT_EQ((*peer)->boot_counter, 2U);
}

TEST_F(BrokerTest, AnotherBuildIsToldSo) {
  const UniqueFd fd = ConnectToBroker(BrokerSocket("qemu").value());
  const std::string attach = EncodePacket(PacketType::kAttach, R"({"schema":1,"pid":1})");
  ASSERT_GT(::send(fd.get(), attach.data(), attach.size(), 0), 0);
  Packet packet;
  ASSERT_TRUE(Eventually([&] { return ReadPacket(fd.get(), packet) == ReadState::kPacket; }));
  EXPECT_EQ(packet.type, PacketType::kEnd);
  EXPECT_EQ(DecodeErrorPacket(packet.content)->code, ExitCode::kAgent);
}

TEST_F(BrokerTest, NonsensePacketsHarmNobody) {
  const UniqueFd fd = ConnectToBroker(BrokerSocket("qemu").value());
  for (const char* packet : {"?", "M", "Mx", "A", "A[", "A7", "W{}", "E", "T"}) {
    ASSERT_GT(::send(fd.get(), packet, ::strlen(packet), 0), 0);
  }
  EXPECT_EQ(RunNetctl({"-t", "qemu", "info"}).code, ExitCode::kOk);
}

TEST_F(BrokerTest, TheListShowsItAndItsClients) {
  Client client = Attach();
  ASSERT_TRUE(client.Connect());
  const Outcome outcome = RunNetctl({"target", "list", "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
  const Json list = Json::parse(outcome.out);
  ASSERT_EQ(list["targets"].size(), 1U);
  EXPECT_EQ(list["targets"][0]["name"], "qemu");
  EXPECT_EQ(list["targets"][0]["pid"], ::getpid());
  EXPECT_EQ(list["targets"][0]["clients"][0]["command"], "test");
}

TEST_F(BrokerTest, StaleSocketsAreRemoved) {
  const std::string path = BrokerSocket("stale").value();
  {
    const auto listener = ListenForClients(path);
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(ListBrokers().value().size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(RequestTable, NumbersAreNotUsedAgainBeforeTheJobEnded) {
  RequestTable table;
  const Message start{{.id = protocol::Ping::kId, .request = 1}, {}};
  const uint16_t number = table.ToBoard(7, start)->header.request;
  Message started{
      {.kind = protocol::MessageKind::kResponse, .id = protocol::Ping::kId, .request = number}, {}};
  EXPECT_EQ(table.ToClient(started), std::optional<ClientId>(7));
  EXPECT_EQ(started.header.request, 1);
  const auto cancels = table.Abandon(7);
  ASSERT_EQ(cancels.size(), 1U);
  EXPECT_EQ(table.open_requests(), 2U);
  Message end{
      {.kind = protocol::MessageKind::kEvent, .id = protocol::JobEnded::kId, .request = number},
      {}};
  EXPECT_EQ(table.ToClient(end), std::optional<ClientId>(kNobody));
  EXPECT_EQ(table.open_requests(), 1U);
}

TEST(RequestTable, IsBounded) {
  RequestTable table;
  size_t taken = 0;
  while (taken < 100'000 &&
         table.ToBoard(1, {{.id = protocol::GetInfo::kId, .request = 1}, {}}).has_value()) {
    ++taken;
  }
  EXPECT_EQ(taken, 4096U);
}

}  // namespace
}  // namespace netctl
