// The composition root: every object and every buffer of the agent, in the order in which they are
// made. A board chooses the sizes (AppLimits) and brings its drivers.
//
//   board          PacketMemory -> driver, UART -> AppStorage
//   AppStorage     interface, stack, TCP, DHCP, DNS, tasks, taps, capture, log -> Core
//                  -> network services -> Control -> App
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "agent/control.h"
#include "agent/core.h"
#include "agent/network_services.h"
#include "stack/base/pbuf_pool.h"
#include "stack/dhcp_client.h"
#include "stack/dns_client.h"
#include "stack/sequential/arena.h"
#include "stack/tcp/storage.h"
#include "stack/tcp/tcp.h"

namespace agent {

// What a board can afford.
struct AppLimits {
  uint16_t small_buffers;  // of kSmallBuffer bytes: headers, ARP, acknowledgments
  uint16_t big_buffers;    // of kBigBuffer bytes: whole frames
  uint16_t parts;          // further holders of the same buffers
  uint16_t tcp_connections;
  uint16_t tcp_receive_window;  // bytes, the largest advertised
  uint16_t tcp_send_buffer;     // bytes
  uint16_t capture_bytes;
  uint32_t task_bytes;  // memory of coroutines
  uint16_t jobs;
  uint16_t channels = 1;
  uint16_t bulk_bytes = 8 * 1024;  // captured frames and fetched blocks on their way to the host
};

inline constexpr uint16_t kSmallBuffer = 128;
// A frame with FCS behind its headroom, rounded up to whole words.
inline constexpr uint16_t kBigBuffer = 1536;
static_assert(kBigBuffer >=
              stack::EthernetDriver::kReceiveHeadroom + stack::EthernetDriver::kMaxFrame + 4);

// Packet buffers stand apart because drivers are made of them.
template <AppLimits kLimits>
class PacketMemory {
 public:
  base::PbufPools& pools() { return pools_; }

 private:
  base::PbufPoolStorage<kSmallBuffer, kLimits.small_buffers> small_;
  base::PbufPoolStorage<kBigBuffer, kLimits.big_buffers> big_;
  std::array<base::PbufPart, kLimits.parts> parts_;
  std::array<base::PbufPool*, 2> list_{&small_.pool(), &big_.pool()};
  base::PbufPools pools_{list_, parts_};
};

// What a board brings. All of it outlives the App.
struct AppParts {
  const BoardInfo& board;
  base::PbufPools& pools;
  stack::EthernetDriver& driver;
  drivers::Phy& phy;
  DriverCounters& counters;
  std::span<drivers::Uart* const> channels;  // AppLimits::channels
  base::Instant (*read_clock)();
};

// The loop's body.
class App {
 public:
  App(Core& core, NetworkServices& services, Control& control);

  // Brings the interface up, starts DHCP and the network services. `entropy` may be empty. What
  // does not start is logged; the agent then still serves its host.
  void Start(const base::MacAddress& mac, base::ConstByteSpan entropy, base::Instant now);

  // Runs what is ready and moves packets and messages, a bounded amount. Returns when to call again
  // if nothing happens before; `now` when there is more to do.
  base::Instant Poll(base::Instant now);

  // The host asked for a restart and has its answer, or does not acknowledge it.
  bool restart_due(base::Instant now);

  static constexpr size_t kTasksPerPoll = 16;
  static constexpr base::Duration kRestartPatience = std::chrono::milliseconds(500);

 private:
  void WriteBanner(base::Instant now);
  void StartInterface(Interface& interface, const base::MacAddress& mac, base::Instant now);
  void OnLinkChange();
  void OnDhcpChange();
  void SeedFromHost();

  Core& core_;
  NetworkServices& services_;
  Control& control_;
  base::MemberWaiter<App, &App::OnLinkChange> link_waiter_{*this};
  base::MemberWaiter<App, &App::OnDhcpChange> dhcp_waiter_{*this};
  stack::DhcpState dhcp_state_ = stack::DhcpState::kStopped;
  uint32_t seeded_generation_ = 0;
  base::Instant restart_asked_ = base::kNever;
};

template <AppLimits kLimits>
class AppStorage {
 public:
  explicit AppStorage(const AppParts& parts)
      : netif_(parts.driver, "eth0"),
        stack_(netifs_, parts.pools, executor_),
        interfaces_{Interface{netif_, parts.phy, parts.counters, dhcp_}},
        core_{.board = parts.board,
              .limits = ReportedLimits(),
              .stack = stack_,
              .runtime = runtime_,
              .interfaces = interfaces_,
              .dns = dns_,
              .taps = taps_,
              .capture = capture_,
              .log = log_,
              .read_clock = parts.read_clock},
        control_(core_, parts.channels.first<kLimits.channels>()) {}

  App& app() { return app_; }
  Core& core() { return core_; }

 private:
  static constexpr protocol::AgentLimits ReportedLimits() {
    return {.tcp_connections = kLimits.tcp_connections,
            .tcp_receive_window = kLimits.tcp_receive_window,
            .tcp_send_buffer = kLimits.tcp_send_buffer,
            .arp_entries = stack::kArpEntries,
            .jobs = kLimits.jobs,
            .largest_message = protocol::kMaxMessage,
            .capture_frames = kLimits.capture_bytes};
  }

  base::Executor executor_;
  stack::NetIf netif_;
  std::array<stack::NetIf*, 1> netifs_{&netif_};
  stack::Stack stack_;
  stack::TcpStorage<kLimits.tcp_connections> tcp_memory_;
  stack::Tcp tcp_{stack_, tcp_memory_.memory()};
  stack::DhcpClient dhcp_{stack_, netif_};
  stack::DnsClient dns_{stack_};
  stack::FrameArenaStorage<kLimits.task_bytes> arena_;
  stack::Runtime runtime_{arena_.arena(), executor_, stack_.timers()};
  FrameTaps taps_{stack_};
  std::array<std::byte, kLimits.capture_bytes> capture_memory_;
  CaptureRing capture_{capture_memory_, taps_, executor_};
  Log log_;
  std::array<Interface, 1> interfaces_;
  Core core_;
  NetworkServices services_{core_};
  ControlStorage<kLimits.jobs, kLimits.channels, kLimits.bulk_bytes> control_;
  App app_{core_, services_, control_.control()};
};

}  // namespace agent
