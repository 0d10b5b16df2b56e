#include "agent/app.h"

#include "build_info.h"

namespace agent {
namespace {

std::string_view CauseName(protocol::ResetCause cause) {
  constexpr std::array<std::string_view, 6> kNames = {"unknown",  "power-on", "pin",
                                                      "software", "watchdog", "fault"};
  const auto index = static_cast<size_t>(cause);
  return index < kNames.size() ? kNames[index] : kNames[0];
}

}  // namespace

App::App(Core& core, Control& control) : core_(core), control_(control) {}

void App::Start(const base::MacAddress& mac, base::ConstByteSpan entropy, base::Instant now) {
  // The log has room for its first reader.
  static_cast<void>(core_.log.Attach(control_.port().text()));
  control_.Introduce({.boot_counter = core_.board.boot.counter,
                      .reset_cause = core_.board.boot.cause,
                      .build_id = kBuildId,
                      .receive_buffer = kChannelReceiveRing,
                      .largest_message = protocol::kMaxRequest,
                      .board = core_.board.name,
                      .version = std::string_view(kVersion)});
  core_.stack.SeedRandom(entropy);
  WriteBanner(now);
  for (Interface& interface : core_.interfaces) {
    const base::Status started = interface.netif.driver().Start(mac);
    Line<96> line;
    line.Add(interface.netif.name()).Add(": ").Add(interface.netif.driver().name()).Add(" ");
    line.Add(mac);
    if (started != base::Status::kOk) {
      line.Add(" does not start: ").Add(base::StatusName(started));
    }
    core_.log.Write(now, line.view());
  }
  core_.stack.link_changed().Wait(link_waiter_);
}

void App::WriteBanner(base::Instant now) {
  const Boot& boot = core_.board.boot;
  Line<160> line;
  line.Add("netctl agent ").Add(kVersion).Add(" on ").Add(core_.board.name);
  line.Add(", boot ").AddDecimal(boot.counter).Add(", reset ").Add(CauseName(boot.cause));
  core_.log.Write(now, line.view());
  if (boot.fault) {
    Line<160> fault;
    fault.Add("last fault: ").Add(FaultName(boot.fault->kind));
    fault.Add(" pc 0x").AddHex(boot.fault->pc, 8).Add(" lr 0x").AddHex(boot.fault->lr, 8);
    fault.Add(" cfsr 0x").AddHex(boot.fault->status, 8);
    fault.Add(" address 0x").AddHex(boot.fault->address, 8);
    core_.log.Write(now, fault.view());
  }
}

base::Instant App::Poll(base::Instant now) {
  core_.stack.executor().RunReady(kTasksPerPoll);
  base::Instant next = core_.stack.Poll(now);
  next = base::Earlier(next, control_.Poll(now));
  SeedFromHost();
  return core_.stack.executor().idle() ? next : now;
}

bool App::restart_due(base::Instant now) {
  if (!core_.restart_requested) {
    return false;
  }
  if (restart_asked_ == base::kNever) {
    restart_asked_ = now;
  }
  return control_.drained() || now - restart_asked_ >= kRestartPatience;
}

void App::OnLinkChange() {
  for (size_t i = 0; i < core_.interfaces.size(); ++i) {
    Interface& interface = core_.interfaces[i];
    const base::LinkMode& link = interface.netif.driver().link();
    Line<80> line;
    line.Add(interface.netif.name()).Add(": link ").Add(link.is_up() ? "up" : "down");
    if (link.is_up()) {
      line.Add(", ").AddDecimal(link.speed_mbit).Add(" Mbit/s ");
      line.Add(link.duplex == base::Duplex::kFull ? "full" : "half").Add(" duplex");
    }
    core_.log.Write(core_.now(), line.view());
    control_.Announce<protocol::LinkChanged>(
        {.interface = static_cast<uint8_t>(i),
         .link = link,
         .time_us = static_cast<uint64_t>(base::ToMicroseconds(core_.now()))});
  }
  core_.stack.link_changed().Wait(link_waiter_);
}

// Boards without a generator get their randomness from the first host.
void App::SeedFromHost() {
  const protocol::Session& session = control_.port().session();
  if (session.generation() != seeded_generation_) {
    seeded_generation_ = session.generation();
    core_.stack.SeedRandom(std::as_bytes(std::span(session.hello().entropy)));
  }
}

}  // namespace agent
