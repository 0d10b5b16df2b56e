#include <algorithm>
#include <array>

#include "agent/handlers/handlers.h"
#include "agent/random_frames.h"
#include "stack/wire/ethernet.h"

namespace agent {
namespace {

using protocol::FrameDirection;

// Frames of one round of the main loop.
constexpr uint32_t kFramesPerRound = 8;
constexpr base::Duration kProgressInterval = std::chrono::milliseconds(500);

// kResourceExhausted: no buffer; else as Stack::TransmitRaw.
base::Status Inject(Core& core, stack::NetIf& netif, FrameDirection direction,
                    base::ConstByteSpan bytes) {
  auto frame = core.stack.pools().Allocate(stack::EthernetDriver::kReceiveHeadroom, bytes.size(),
                                           base::Holder::kStack);
  if (!frame) {
    return frame.error();
  }
  std::copy(bytes.begin(), bytes.end(), frame->Append(bytes.size()).begin());
  if (direction == FrameDirection::kTransmit) {
    return core.stack.TransmitRaw(netif, std::move(*frame));
  }
  core.stack.InjectReceived(netif, std::move(*frame));
  return base::Status::kOk;
}

FrameTarget TargetOf(const stack::NetIf& netif) {
  const stack::Ipv4Config& ip = netif.ipv4();
  FrameTarget target{.mac = netif.mac(),
                     .address = ip.address,
                     .mask = ip.mask,
                     .keep_out = {ip.gateway, ip.dns[0], ip.dns[1]}};
  if (ip.address.is_unspecified()) {
    // Without an address the stack still looks at every header: a documentation one (RFC 5737).
    target.address = base::Ipv4Address::From(192, 0, 2, 1);
    target.mask = base::Ipv4Address::Mask(24);
  }
  return target;
}

stack::Task<base::Status> RunInjectRandom(stack::TaskContext&, Job& job,
                                          protocol::InjectRandomRequest request) {
  Core& core = job.core();
  stack::NetIf& netif = core.interfaces[request.interface].netif;
  RandomFrames frames(request.seed, TargetOf(netif));
  std::array<std::byte, RandomFrames::kMaxSize> bytes;
  protocol::InjectProgressInfo progress;
  base::Instant report_at = core.now() + kProgressInterval;
  base::Status status = base::Status::kOk;
  while (status == base::Status::kOk && progress.injected + progress.refused < request.count) {
    const uint32_t left = request.count - progress.injected - progress.refused;
    for (uint32_t i = 0; i < std::min(left, kFramesPerRound); ++i) {
      const size_t size = frames.Make(bytes);
      const base::Status injected =
          Inject(core, netif, request.direction, std::span(bytes).first(size));
      ++(injected == base::Status::kOk ? progress.injected : progress.refused);
    }
    if (core.now() >= report_at) {
      report_at = core.now() + kProgressInterval;
      // Without room for it the next one says more.
      static_cast<void>(job.TrySend<protocol::InjectProgress>(progress));
    }
    // The stack moves on before the next round; sent frames need time on the wire as well.
    const bool wait_for_wire = request.direction == FrameDirection::kTransmit;
    status = co_await stack::Sleep(core.now() + std::chrono::milliseconds(wait_for_wire ? 1 : 0));
  }
  job.SendLast<protocol::InjectProgress>(progress);
  co_return status;
}

}  // namespace

base::Result<protocol::Empty> Handlers::Handle(protocol::InjectFrame,
                                               const protocol::InjectRequest& request) {
  Interface* const interface = core_.FindInterface(request.interface);
  if (interface == nullptr || request.frame.empty()) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  RETURN_IF_ERROR(Inject(core_, interface->netif, request.direction, request.frame.span()));
  return protocol::Empty{};
}

base::Result<protocol::Empty> Handlers::Handle(protocol::InjectRandom,
                                               const protocol::InjectRandomRequest& request) {
  if (core_.FindInterface(request.interface) == nullptr) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  return StartJob<protocol::InjectRandom>(&RunInjectRandom, request);
}

}  // namespace agent
