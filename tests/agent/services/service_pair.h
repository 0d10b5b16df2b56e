// A board that runs services and a peer that is a test, on one cable and a virtual clock.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "gtest/gtest.h"
#include "stack/tcp/listener.h"
#include "stack/tcp/socket.h"
#include "stack/tcp/storage.h"
#include "stack/tcp/tcp.h"
#include "tests/agent/services/service_runtime.h"
#include "tests/support/test_host.h"

namespace agent {

class ServicePair {
 public:
  explicit ServicePair(const test::CableFaults& faults = {}) : pair_(faults) {}

  stack::Stack& board() { return pair_.a().stack(); }
  stack::Stack& peer() { return pair_.b().stack(); }
  ServiceRuntime& services() { return services_; }
  test::Pair& hosts() { return pair_; }
  base::Instant now() const { return pair_.now(); }
  base::IpAddress board_ip() { return pair_.a().ip(); }
  base::IpAddress peer_ip() { return pair_.b().ip(); }

  void RunFor(base::Duration duration) { pair_.RunFor(duration); }
  template <typename Done>
  bool RunUntil(Done done, base::Duration limit = std::chrono::seconds(5)) {
    return pair_.RunUntil(done, limit);
  }

  // Nothing is left of what tasks and connections held.
  void ExpectNothingHeld() {
    RunFor(std::chrono::minutes(5));  // TIME-WAIT too
    EXPECT_EQ(pair_.a().buffers_in_use(), 0u);
    EXPECT_EQ(pair_.b().buffers_in_use(), 0u);
  }

 private:
  test::Pair pair_;
  stack::TcpStorage<8> board_connections_;
  stack::TcpStorage<8> peer_connections_;
  stack::Tcp board_tcp_{pair_.a().stack(), board_connections_.memory()};
  stack::Tcp peer_tcp_{pair_.b().stack(), peer_connections_.memory()};
  ServiceRuntime services_{pair_.a()};
};

// The peer's end of a connection: what a test types into nc, and what nc prints.
class TcpClient {
 public:
  // Connects to `port` of the board; `receive_buffer` is the largest window.
  explicit TcpClient(ServicePair& hosts, uint16_t port, size_t receive_buffer = 8 * 1460)
      : hosts_(hosts) {
    auto socket =
        hosts.peer().tcp().Connect({hosts.board_ip(), port}, {.receive_buffer = receive_buffer});
    EXPECT_TRUE(socket);
    socket_ = std::move(*socket);
    hosts.RunUntil([this] { return socket_.connect_status() != base::Status::kUnavailable; });
  }
  // A connection that the peer accepted.
  TcpClient(ServicePair& hosts, stack::TcpSocket socket)
      : hosts_(hosts), socket_(std::move(socket)) {}

  stack::TcpSocket& socket() { return socket_; }

  // Sends all of `text`, reading nothing meanwhile.
  void Send(std::string_view text) {
    base::ConstByteSpan rest = base::AsBytes(text);
    EXPECT_TRUE(hosts_.RunUntil([&] {
      const auto sent = socket_.Send(rest);
      rest = rest.subspan(sent ? *sent : 0);
      return rest.empty();
    })) << "not all was sent";
  }

  // Takes what has arrived.
  void Take() {
    std::array<std::byte, 2048> buffer;
    while (true) {
      const auto count = socket_.Receive(buffer);
      if (!count) {
        end_ = count.error() == base::Status::kUnavailable ? base::Status::kOk : count.error();
        return;
      }
      received_ += test::ToText(base::ConstByteSpan(buffer).first(*count));
    }
  }

  // Everything up to the end of the stream or of `limit`.
  const std::string& ReadAll(base::Duration limit = std::chrono::seconds(60)) {
    hosts_.RunUntil(
        [this] {
          Take();
          return end_ != base::Status::kOk;
        },
        limit);
    return received_;
  }

  const std::string& received() const { return received_; }
  // kOk while the stream goes on, kClosed after FIN, else why the connection ended.
  base::Status end() const { return end_; }

 private:
  ServicePair& hosts_;
  stack::TcpSocket socket_;
  std::string received_;
  base::Status end_ = base::Status::kOk;
};

}  // namespace agent
