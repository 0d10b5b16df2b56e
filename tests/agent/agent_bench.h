// The whole agent on a virtual clock: a fake MAC, a PHY model, and a host at the other end of the
// control channel. The test is that host, and everybody else on the wire.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "agent/app.h"
#include "protocol/session.h"
#include "tests/support/fake_ethernet_driver.h"
#include "tests/support/mdio_model.h"
#include "tests/support/packets.h"
#include "tests/support/phy_model.h"

namespace agent {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// A UART whose line is two queues.
class FakeUart final : public drivers::Uart {
 public:
  size_t Read(base::ByteSpan out) override;
  size_t Write(base::ConstByteSpan data) override;
  size_t write_room() const override { return room_; }
  const drivers::UartStats& stats() const override { return stats_; }

  // Bytes that the line takes between two rounds of the loop.
  void set_room(size_t bytes) { room_ = bytes; }
  void Deliver(base::ConstByteSpan data) {
    to_agent.insert(to_agent.end(), data.begin(), data.end());
  }

  std::deque<std::byte> to_agent;
  test::ByteVector to_host;
  drivers::UartStats stats_;

 private:
  size_t room_ = 1 << 16;
};

// A MAC that can turn frames round.
class LoopbackDriver final : public test::FakeEthernetDriver {
 public:
  using FakeEthernetDriver::FakeEthernetDriver;

  base::Capabilities capabilities() const override {
    return {.mac_loopback = true, .phy_loopback = true};
  }
  base::Loopback loopback() const { return loopback_; }

 private:
  base::Status DoSetLoopback(base::Loopback loopback) override {
    loopback_ = loopback;
    return base::Status::kOk;
  }

  base::Loopback loopback_ = base::Loopback::kOff;
};

// An event as the host received it.
struct HostEvent {
  protocol::MessageHeader header;
  test::ByteVector fields;
};

class AgentBench : private protocol::TextSink {
 public:
  static constexpr base::MacAddress kMac{{2, 0, 0, 0, 0, 1}};
  static constexpr base::MacAddress kPeerMac{{2, 0, 0, 0, 0, 9}};
  static constexpr base::Ipv4Address kIp = base::Ipv4Address::From(192, 0, 2, 1);
  static constexpr base::Ipv4Address kPeerIp = base::Ipv4Address::From(192, 0, 2, 9);

  // Starts the agent and opens a session. A user may read any register of the PHY.
  explicit AgentBench(const test::PhyOptions& phy = {.undefined = 0xffff});

  // Runs the PHY, which no driver does here, until its link is up.
  void NegotiateLink();

  // Both ends, the line and the wire, until `duration` is over.
  void RunFor(base::Duration duration);
  // Until `done`, for at most `limit`; returns whether it was done.
  bool RunUntil(const std::function<bool()>& done, base::Duration limit = 10s);

  // Sends a request and waits for its response.
  template <typename M>
  base::Result<typename M::Response> Call(const typename M::Request& request = {}) {
    const uint16_t number = SendRequest<M>(request);
    std::optional<base::Result<typename M::Response>> response;
    EXPECT_TRUE(RunUntil([&] {
      for (const HostEvent& message : responses) {
        if (message.header.request == number) {
          response = protocol::DecodeResponse<M>({message.header, message.fields});
        }
      }
      return response.has_value();
    }));
    return response ? *response : std::unexpected(base::Status::kDeadlineExceeded);
  }

  // Starts a job; its number, for events and CancelJob.
  template <typename J>
  uint16_t Start(const typename J::Request& request) {
    const auto started = Call<J>(request);
    EXPECT_TRUE(started) << base::StatusName(started ? base::Status::kOk : started.error());
    return number_;
  }
  // How the job ended, once it did.
  std::optional<base::Status> End(uint16_t job) const;
  // Waits for the end of the job; how it ended.
  base::Status Finish(uint16_t job, base::Duration limit = 60s);
  // The events E of a job so far.
  template <typename E>
  std::vector<typename E::Payload> Events(uint16_t job) const {
    std::vector<typename E::Payload> found;
    for (const HostEvent& event : events) {
      if (event.header.id == E::kId && event.header.request == job) {
        found.push_back(protocol::DecodeEvent<E>({event.header, event.fields}).value());
      }
    }
    return found;
  }

  // Gives the board 192.0.2.1/24, ends DHCP, and forgets what was sent so far.
  void UseStaticAddress();
  // Answers every ARP request for the peer, and every echo request to it, from now on.
  void StartPeer() { peer_answers_ = true; }

  // Pings the peer `count` times; every ping is answered.
  void PingPeer(uint16_t count);

  template <typename M>
  uint16_t SendRequest(const typename M::Request& request) {
    test::ByteVector message(protocol::kMaxRequest);
    ++number_;
    message.resize(protocol::EncodeRequest<M>(request, number_, message).value());
    EXPECT_EQ(host_.Send(protocol::Stream::kRequests, message), base::Status::kOk);
    return number_;
  }

  void OpenSession(uint32_t id);
  // Nothing passes between board and host any more.
  void CutLine() { line_cut_ = true; }

  App& app() { return storage_->app(); }
  Core& core() { return storage_->core(); }
  LoopbackDriver& driver() { return driver_; }
  protocol::Session& host() { return host_; }
  FakeUart& uart() { return uart_; }
  // Another channel; the bench has no host there.
  FakeUart& second_uart() { return second_uart_; }
  base::Instant now() const;
  size_t buffers_in_use();

  std::vector<HostEvent> events;
  std::vector<HostEvent> responses;
  std::string text;
  // Sees each frame that the board sends, before the peer does; true: nobody else sees it.
  std::function<bool(const test::Packet&, const test::ByteVector&)> on_frame;
  std::vector<test::Packet> sent;

 private:
  static constexpr AppLimits kLimits = {.small_buffers = 16,
                                        .big_buffers = 32,
                                        .parts = 32,
                                        .tcp_connections = 8,
                                        .tcp_receive_window = 6 * 1460,
                                        .tcp_send_buffer = 6 * 1460,
                                        .capture_bytes = 16 * 1024,
                                        .task_bytes = 64 * 1024,
                                        .jobs = 4,
                                        .channels = 2};
  static constexpr protocol::SessionSizes kHostSizes = {.send = {8192, 0, 0},
                                                        .receive = {8192, 8192, 16384},
                                                        .message = protocol::kMaxMessage,
                                                        .window = 16};

  void OnText(std::string_view more) override { text += more; }
  base::Instant Step();
  void MoveLine();
  void MoveWire();
  void Answer(const test::Packet& packet);
  void ReceiveMessages();

  PacketMemory<kLimits> packets_;
  LoopbackDriver driver_{packets_.pools(), kMac};
  test::PhyModel phy_model_;
  test::MdioModel mdio_;
  drivers::Phy phy_{mdio_, 1};
  CountersOf<drivers::PhyStats> counters_{phy_.stats()};
  FakeUart uart_;
  FakeUart second_uart_;
  std::array<drivers::Uart*, 2> channels_{&uart_, &second_uart_};
  BoardInfo info_{.name = "bench", .cpu_hz = 1000, .boot = {}};
  std::unique_ptr<AppStorage<kLimits>> storage_;
  protocol::ChannelStats host_stats_;
  protocol::SessionStorage<kHostSizes> host_memory_;
  protocol::Session host_;
  uint16_t number_ = 0;
  bool peer_answers_ = false;
  bool line_cut_ = false;
  bool wire_moved_ = false;
};

}  // namespace agent
