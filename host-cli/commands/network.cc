#include "host-cli/commands/network.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "host-cli/commands/job.h"
#include "host-cli/format.h"
#include "host-cli/interrupt.h"
#include "host-cli/options.h"

namespace netctl {
namespace {

constexpr uint8_t kMaxInterfaces = 4;

std::string_view StatusText(base::Status status) {
  switch (status) {
    case base::Status::kRefused:
      return "connection refused";
    case base::Status::kReset:
      return "connection reset by the peer";
    case base::Status::kClosed:
      return "the peer closed the connection early";
    case base::Status::kDeadlineExceeded:
      return "no answer in time";
    case base::Status::kUnreachable:
      return "no route, or nobody answers ARP";
    case base::Status::kDataLoss:
      return "the answer was incomplete or malformed";
    default:
      return base::StatusName(status);
  }
}

// Why an interface without an address has none.
Error NoAddress(const protocol::IpStatus& status, const protocol::LinkStatus& link) {
  if (!link.phy.is_up()) {
    return {ExitCode::kFailed,
            "the board has no address: its Ethernet link is down",
            "see 'netctl link show' and check the cable",
            {}};
  }
  if (status.settings.source == protocol::AddressSource::kDhcp) {
    return {ExitCode::kFailed,
            "the board has no address: no DHCP server answered",
            "try 'netctl dhcp', or set one: netctl ip set ADDRESS/LENGTH",
            {}};
  }
  return {ExitCode::kFailed,
          "the board has no address",
          "set one with 'netctl ip set ADDRESS/LENGTH' or 'netctl ip dhcp'",
          {}};
}

}  // namespace

void AddInterface(CLI::App& app, uint8_t& interface) {
  const auto convert = [&interface](const std::string& text) -> Expected<void> {
    std::string_view number = text;
    if (number.starts_with("eth")) {
      number.remove_prefix(3);
    }
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), interface);
    if (error != std::errc() || end != number.data() + number.size() ||
        interface >= kMaxInterfaces) {
      return Fail(ExitCode::kUsage, "--interface: '" + text + "' is no interface: eth0 to eth3");
    }
    return {};
  };
  AddOption(app, "-I,--interface", convert, "interface of the board (default eth0)", "NAME");
}

Error JobError(base::Status status, std::string_view what) {
  return {ExitCodeOf(status), fmt::format("{}: {}", what, StatusText(status)), {}, status};
}

Expected<protocol::IpStatus> WaitForAddress(Context& context, uint8_t interface,
                                            base::Duration limit) {
  constexpr auto kStep = std::chrono::milliseconds(100);
  const base::Instant deadline = base::Earlier(Now() + limit, context.client.deadline());
  while (true) {
    auto status = context.client.Call<protocol::GetIp>({.interface = interface});
    if (!status || !status->settings.address.is_unspecified()) {
      return status;
    }
    const bool waits = status->settings.source == protocol::AddressSource::kDhcp;
    if (!waits || Now() >= deadline || Interrupted()) {
      const auto link = context.client.Call<protocol::GetLink>({.interface = interface});
      if (!link) {
        return std::unexpected(link.error());
      }
      return std::unexpected(NoAddress(*status, *link));
    }
    if (auto waited = context.client.Wait(base::Earlier(Now() + kStep, deadline)); !waited) {
      return std::unexpected(waited.error());
    }
  }
}

Expected<base::IpAddress> ResolveHost(Context& context, const std::string& host) {
  base::IpAddress address;
  if (Parse(host, address)) {
    return address;
  }
  if (host.empty() || host.size() > decltype(protocol::DnsRequest::name)::kCapacity) {
    return Fail(ExitCode::kUsage, fmt::format("'{}' is neither an address nor a name", host));
  }
  std::optional<base::IpAddress> found;
  const auto ended = RunJob<protocol::ResolveName>(
      context.client, {.name = std::string_view(host)}, [&found](const JobEvent& event) {
        if (const auto answer = event.As<protocol::NameResolved>();
            answer && !answer->addresses.empty()) {
          found = answer->addresses[0];
        }
      });
  if (!ended) {
    return std::unexpected(ended.error());
  }
  if (!found) {
    if (*ended == base::Status::kNotFound || *ended == base::Status::kOk) {
      return Fail(ExitCode::kFailed, fmt::format("{}: no such name", host));
    }
    return std::unexpected(JobError(*ended, fmt::format("cannot resolve {}", host)));
  }
  return *found;
}

bool IsUserModeNetwork(const Target& target, const protocol::IpSettings& settings) {
  if (target.channel.find("tap") != std::string::npos) {
    return false;
  }
  constexpr std::array<std::string_view, 3> kVirtual = {"qemu:", "sim:", "vboard:"};
  if (std::ranges::any_of(kVirtual, [&target](std::string_view kind) {
        return target.channel.starts_with(kind);
      })) {
    return true;
  }
  // An emulated board that is reached another way, by its debug port for example: the addresses
  // that QEMU's user-mode network has (QEMU documentation, "Using the user mode network stack").
  return settings.gateway == base::Ipv4Address::From(10, 0, 2, 2) &&
         settings.dns[0] == base::Ipv4Address::From(10, 0, 2, 3);
}

Expected<PeerAddress> FindPeer(Context& context, const protocol::IpStatus& board,
                               const std::string& peer) {
  const auto target = context.target();
  if (!target) {
    return std::unexpected(target.error());
  }
  const std::string& name = peer.empty() ? target->peer : peer;
  std::optional<base::Ipv4Address> chosen;
  if (!name.empty()) {
    base::Ipv4Address address;
    if (const auto parsed = Parse(name, address); !parsed) {
      return std::unexpected(parsed.error());
    }
    chosen = address;
  }
  std::string why;
  const auto found = FindPeerAddress({.address = board.settings.address,
                                      .mask = board.settings.mask,
                                      .gateway = board.settings.gateway,
                                      .user_mode = IsUserModeNetwork(*target, board.settings)},
                                     chosen, why);
  if (!found) {
    return Fail(ExitCode::kUsage, why);
  }
  return *found;
}

std::string LinkModeText(const base::LinkMode& link) {
  if (!link.is_up()) {
    return "down";
  }
  return fmt::format("{} Mbit/s {} duplex{}", link.speed_mbit, EnumName(link.duplex),
                     link.pause ? ", pause" : "");
}

}  // namespace netctl
