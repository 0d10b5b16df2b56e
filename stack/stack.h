// The stack: all layers, and the loop that moves frames through them.
//
//   sockets        UdpSocket   TcpSocket   EchoSocket
//                      |           |           |
//   transports        Udp         Tcp        Icmp          (Ipv4::Register: others)
//                      +-----------+-----------+
//   network                      Ipv4 ---- Arp
//   link                        Ethernet ---- FrameTap
//                                  |
//   device              NetIf: EthernetDriver, one for each interface
#pragma once

#include <span>

#include "stack/arp.h"
#include "stack/base/executor.h"
#include "stack/base/pbuf_pool.h"
#include "stack/base/time.h"
#include "stack/base/timer_queue.h"
#include "stack/ethernet.h"
#include "stack/icmp.h"
#include "stack/ipv4.h"
#include "stack/netif.h"
#include "stack/random.h"
#include "stack/stats.h"
#include "stack/udp.h"

namespace stack {

class Tcp;

// The only wiring. Single-threaded: everything is called from the loop that calls Poll.
class Stack {
 public:
  // What the references name outlives the stack.
  Stack(std::span<NetIf* const> interfaces, base::PbufPools& pools, base::Executor& executor);
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  // Makes ports, sequence numbers and identifiers unpredictable; may be called again with more.
  void SeedRandom(base::ConstByteSpan entropy) { random_.Seed(entropy); }

  // Moves frames, at most kFramesPerPoll for each interface, and runs due timers. Returns when it
  // wants to be called again even if no frame arrives; `now` itself when there is more to do.
  base::Instant Poll(base::Instant now);

  // Of the last Poll.
  base::Instant now() const { return now_; }

  StackStats& stats() { return stats_; }
  const StackStats& stats() const { return stats_; }
  base::PbufPools& pools() { return pools_; }
  base::Executor& executor() { return executor_; }
  base::TimerQueue& timers() { return timers_; }
  Random& random() { return random_; }
  std::span<NetIf* const> interfaces() const { return interfaces_; }
  Ethernet& ethernet() { return ethernet_; }
  Arp& arp() { return arp_; }
  Ipv4& ipv4() { return ipv4_; }
  Icmp& icmp() { return icmp_; }
  Udp& udp() { return udp_; }

  // TCP brings its own memory: the composition root makes a Tcp beside the stack, whose constructor
  // calls AttachTcp. tcp() is for programs that did.
  void AttachTcp(Tcp& tcp) { tcp_ = &tcp; }
  Tcp& tcp() { return *tcp_; }

  // Raised when an interface's link went up or down.
  base::Signal& link_changed() { return link_changed_; }

  // nullptr: none. At most one.
  void set_tap(FrameTap* tap) { tap_ = tap; }
  FrameTap* tap() const { return tap_; }

  // As if the MAC had received `frame`: a whole Ethernet frame without FCS in one part, in a buffer
  // of its own with EthernetDriver::kReceiveHeadroom in front.
  void InjectReceived(NetIf& netif, base::Pbuf&& frame);
  // Sends a whole Ethernet frame as it is; short ones are padded. The frame is gone whatever the
  // outcome. kInvalidArgument: shorter than a header or longer than EthernetDriver::kMaxFrame; else
  // as Ethernet::Send.
  base::Status TransmitRaw(NetIf& netif, base::Pbuf&& frame);

 private:
  base::Instant SuperviseLink(NetIf& netif);
  bool ReceiveFrames(NetIf& netif);

  std::span<NetIf* const> interfaces_;
  base::PbufPools& pools_;
  base::Executor& executor_;
  base::Instant now_;
  StackStats stats_;
  base::TimerQueue timers_;
  Random random_;
  base::Signal link_changed_;
  FrameTap* tap_ = nullptr;
  Tcp* tcp_ = nullptr;
  Ethernet ethernet_;
  Arp arp_;
  Ipv4 ipv4_;
  Icmp icmp_;
  Udp udp_;
};

}  // namespace stack
