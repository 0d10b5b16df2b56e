// netctl ip show|set|dhcp: the board's address, gateway and name servers.
#include <charconv>
#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/options.h"

namespace netctl {
namespace {

struct Options {
  uint8_t interface = 0;
  std::string address;  // 192.0.2.5/24
  std::string gateway;
  std::vector<std::string> dns;
};

std::string WithPrefix(const protocol::IpSettings& settings) {
  if (settings.address.is_unspecified()) {
    return "none";
  }
  return fmt::format("{}/{}", settings.address, base::PrefixLength(settings.mask));
}

std::string OrNone(base::Ipv4Address address) {
  return address.is_unspecified() ? "none" : fmt::format("{}", address);
}

ExitCode RunShow(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.ip/1");
  const auto status = context.client.Call<protocol::GetIp>({.interface = options.interface});
  if (!status) {
    return report.Fail(status.error());
  }
  if (report.json()) {
    report.Fields(*status);
    return ExitCode::kOk;
  }
  const protocol::IpSettings& settings = status->settings;
  report.Value("address", settings.address, WithPrefix(settings));
  report.Value("source", settings.source);
  report.Value("gateway", settings.gateway, OrNone(settings.gateway));
  std::string servers;
  for (const base::Ipv4Address server : settings.dns) {
    servers +=
        server.is_unspecified() ? "" : fmt::format("{}{}", servers.empty() ? "" : ", ", server);
  }
  report.Value("dns", settings.dns, servers.empty() ? "none" : servers);
  report.Value("dhcp", status->dhcp);
  if (status->dhcp == protocol::DhcpState::kBound) {
    report.Value("lease", status->lease_s,
                 fmt::format("{} s from {}, {} s left", status->lease_s, status->dhcp_server,
                             status->lease_left_s));
  }
  return ExitCode::kOk;
}

// "192.0.2.5/24" into address and mask.
Expected<void> ParsePrefix(const std::string& text, protocol::IpSettings& settings) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos) {
    return Fail(ExitCode::kUsage, fmt::format("'{}' has no prefix length", text),
                "for example 192.168.0.20/24");
  }
  if (const auto parsed = Parse(text.substr(0, slash), settings.address); !parsed) {
    return parsed;
  }
  const auto length = ParseNumber(text.substr(slash + 1), 1, 32);
  if (!length) {
    return std::unexpected(length.error());
  }
  settings.mask = base::Ipv4Address::Mask(static_cast<uint8_t>(*length));
  return {};
}

Expected<protocol::IpSettings> StaticSettings(const Options& options) {
  protocol::IpSettings settings{.interface = options.interface,
                                .source = protocol::AddressSource::kStatic};
  if (const auto parsed = ParsePrefix(options.address, settings); !parsed) {
    return std::unexpected(parsed.error());
  }
  if (!options.gateway.empty()) {
    if (const auto parsed = Parse(options.gateway, settings.gateway); !parsed) {
      return std::unexpected(parsed.error());
    }
    if (!settings.gateway.IsInSubnet(settings.address, settings.mask)) {
      return Fail(ExitCode::kUsage, fmt::format("gateway {} is not in the subnet of {}",
                                                settings.gateway, options.address));
    }
  }
  for (size_t i = 0; i < options.dns.size() && i < settings.dns.size(); ++i) {
    if (const auto parsed = Parse(options.dns[i], settings.dns[i]); !parsed) {
      return std::unexpected(parsed.error());
    }
  }
  return settings;
}

ExitCode RunSet(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.ip/1");
  const auto settings = StaticSettings(options);
  if (!settings) {
    return report.Fail(settings.error());
  }
  if (const auto set = context.client.Call<protocol::SetIp>(*settings); !set) {
    return report.Fail(Error(set.error()).In(options.address));
  }
  return RunShow(context, options);
}

ExitCode RunDhcp(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.ip/1");
  const protocol::IpSettings settings{.interface = options.interface,
                                      .source = protocol::AddressSource::kDhcp};
  if (const auto set = context.client.Call<protocol::SetIp>(settings); !set) {
    return report.Fail(set.error());
  }
  if (const auto bound = WaitForAddress(context, options.interface); !bound) {
    return report.Fail(bound.error());
  }
  return RunShow(context, options);
}

}  // namespace

Runner BindIpShow(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddInterface(app, options->interface);
  return [options](Context& context) { return RunShow(context, *options); };
}

Runner BindIpSet(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddInterface(app, options->interface);
  AddText(app, "address", options->address, "address and prefix length, 192.168.0.20/24")
      .Required();
  AddText(app, "-g,--gateway", options->gateway, "default gateway", "ADDRESS");
  AddList(app, "-d,--dns", options->dns, "name server; at most two", "ADDRESS", 1, 2);
  return [options](Context& context) { return RunSet(context, *options); };
}

Runner BindIpDhcp(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddInterface(app, options->interface);
  return [options](Context& context) { return RunDhcp(context, *options); };
}

}  // namespace netctl
