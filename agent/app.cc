#include "agent/app.h"

#include "agent/build_id.h"
#include "agent/channel.h"
#include "build_info.h"
#include "protocol/schema_hash.h"

namespace agent {
namespace {

std::string_view CauseName(protocol::ResetCause cause) {
  constexpr std::array<std::string_view, 6> kNames = {"unknown",  "power-on", "pin",
                                                      "software", "watchdog", "fault"};
  const auto index = static_cast<size_t>(cause);
  return index < kNames.size() ? kNames[index] : kNames[0];
}

}  // namespace

App::App(Core& core, NetworkServices& services, Control& control)
    : core_(core), services_(services), control_(control) {}

void App::Start(const base::MacAddress& mac, base::ConstByteSpan entropy, base::Instant now) {
  for (ControlLine& line : control_.port().lines()) {
    // The log has room for all lines of a board.
    static_cast<void>(core_.log.Attach(line));
  }
  control_.Introduce({.protocol_version = protocol::kVersion,
                      .schema_hash = protocol::kSchemaHash,
                      .boot_counter = core_.board.boot.counter,
                      .reset_cause = core_.board.boot.cause,
                      .build_id = netctl_build_id,
                      .receive_buffer = core_.board.channel_ring,
                      .largest_message = protocol::kMaxRequest,
                      .board = core_.board.name,
                      .version = std::string_view(kVersion)});
  core_.stack.SeedRandom(entropy);
  WriteBanner(now);
  core_.stack.link_changed().Wait(link_waiter_);
  for (Interface& interface : core_.interfaces) {
    StartInterface(interface, mac, now);
  }
  if (services_.Start() != base::Status::kOk) {
    core_.log.Write(now, "no memory for all network services");
  }
}

void App::StartInterface(Interface& interface, const base::MacAddress& mac, base::Instant now) {
  stack::EthernetDriver& driver = interface.netif.driver();
  const base::Status started = driver.Start(mac);
  Line<96> line;
  line.Text(interface.netif.name()).Text(": ").Text(driver.name()).Text(" ").Mac(mac);
  if (started != base::Status::kOk) {
    line.Text(" does not start: ").Text(base::StatusName(started));
  }
  core_.log.Write(now, line.view());
  interface.dhcp.changed().Wait(dhcp_waiter_);
  // Port 68 is free at start-up.
  static_cast<void>(interface.dhcp.Start());
}

void App::WriteBanner(base::Instant now) {
  const Boot& boot = core_.board.boot;
  Line<160> line;
  line.Text("netctl agent ").Text(kVersion).Text(" on ").Text(core_.board.name);
  line.Text(", boot ").Decimal(boot.counter).Text(", reset ").Text(CauseName(boot.cause));
  core_.log.Write(now, line.view());
  if (boot.fault) {
    Line<160> fault;
    fault.Text("last fault: ").Text(FaultName(boot.fault->kind));
    fault.Text(" pc 0x").Hex(boot.fault->pc, 8).Text(" lr 0x").Hex(boot.fault->lr, 8);
    fault.Text(" cfsr 0x").Hex(boot.fault->status, 8);
    fault.Text(" address 0x").Hex(boot.fault->address, 8);
    core_.log.Write(now, fault.view());
  }
}

base::Instant App::Poll(base::Instant now) {
  base::Instant next = core_.stack.Poll(now);
  const bool tasks_ran = !core_.stack.executor().idle();
  core_.stack.executor().RunReady(kTasksPerPoll);
  next = base::Earlier(next, control_.Poll(now));
  SeedFromHost();
  // What tasks and handlers asked for leaves with the next Poll of the stack.
  return tasks_ran || !core_.stack.executor().idle() ? now : next;
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
    line.Text(interface.netif.name()).Text(": link ").Text(link.is_up() ? "up" : "down");
    if (link.is_up()) {
      line.Text(", ").Decimal(link.speed_mbit).Text(" Mbit/s ");
      line.Text(link.duplex == base::Duplex::kFull ? "full" : "half").Text(" duplex");
    }
    core_.log.Write(core_.now(), line.view());
    control_.Announce<protocol::LinkChanged>(
        {.interface = static_cast<uint8_t>(i),
         .link = link,
         .time_us = static_cast<uint64_t>(base::ToMicroseconds(core_.now()))});
  }
  core_.stack.link_changed().Wait(link_waiter_);
}

void App::OnDhcpChange() {
  for (Interface& interface : core_.interfaces) {
    const stack::DhcpClient& dhcp = interface.dhcp;
    const bool was_bound = dhcp_state_ == stack::DhcpState::kBound ||
                           dhcp_state_ == stack::DhcpState::kRenewing ||
                           dhcp_state_ == stack::DhcpState::kRebinding;
    if (dhcp.state() == stack::DhcpState::kBound && !was_bound) {
      Line<Log::kMaxLine> line;
      line.Text(interface.netif.name()).Text(": ").Address(dhcp.lease().address).Text("/");
      line.Decimal(base::PrefixLength(dhcp.lease().mask)).Text(" by DHCP from ");
      line.Address(dhcp.lease().server).Text(", gateway ").Address(dhcp.lease().gateway);
      line.Text(", lease ").Decimal(dhcp.lease().lease_seconds).Text(" s");
      core_.log.Write(core_.now(), line.view());
    }
    dhcp_state_ = dhcp.state();
    interface.dhcp.changed().Wait(dhcp_waiter_);
  }
}

// Boards without a generator get their randomness from the first host.
void App::SeedFromHost() {
  ControlPort& port = control_.port();
  if (port.generation() != seeded_generation_) {
    seeded_generation_ = port.generation();
    core_.stack.SeedRandom(std::as_bytes(std::span(port.session().hello().entropy)));
  }
}

}  // namespace agent
