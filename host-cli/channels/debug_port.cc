#include "host-cli/channels/debug_port.h"

#include <fmt/format.h>

#include "host-cli/channels/open.h"
#include "host-cli/channels/rtt.h"
#include "host-cli/elf_image.h"
#include "host-cli/format.h"
#include "host-cli/openocd/open.h"
#include "host-cli/paths.h"
#include "host-cli/probe/open.h"

namespace netctl {
namespace {

constexpr uint32_t kDefaultKhz = 4000;
constexpr uint32_t kMinKhz = 50;  // slower, a packet outlasts the wait for its reply
constexpr uint32_t kMaxKhz = 50'000;
constexpr uint32_t kMaxSearch = 16 << 20;

Expected<std::unique_ptr<TargetMemory>> OpenByProbe(const ChannelUrl& url) {
  auto selector = ParseProbeSelector(url.path);
  const auto khz = url.Number("khz", kDefaultKhz, kMaxKhz);
  const auto idcode = url.Number("idcode", 0, UINT32_MAX);
  if (!selector || !khz || !idcode) {
    return std::unexpected(!selector ? selector.error() : !khz ? khz.error() : idcode.error());
  }
  if (*khz < kMinKhz) {
    return Fail(ExitCode::kUsage,
                fmt::format("channel '{}': khz is {} to {}", url.text, kMinKhz, kMaxKhz));
  }
  return OpenProbe({.selector = std::move(*selector), .clock_hz = *khz * 1000, .idcode = *idcode});
}

Expected<uint32_t> SymbolIn(const std::string& image) {
  const auto elf = ReadElf(image);
  if (!elf) {
    return std::unexpected(elf.error());
  }
  const auto symbol = elf->FindSymbol(protocol::kRttSymbol);
  if (!symbol) {
    return Fail(ExitCode::kUsage, fmt::format("{} has no symbol {}: is it the netctl agent?", image,
                                              protocol::kRttSymbol));
  }
  return symbol->address;
}

// Of the images that came with netctl: one of them is probably on the board.
std::vector<uint32_t> ShippedAddresses() {
  std::vector<uint32_t> addresses;
  for (const auto& image : ShippedFirmware()) {
    const auto address = SymbolIn(image.string());
    if (address && std::ranges::find(addresses, *address) == addresses.end()) {
      addresses.push_back(*address);
    }
  }
  return addresses;
}

Expected<MemoryRange> ParseRange(const ChannelUrl& url) {
  const std::string text = url.Option("ram");
  const size_t plus = text.find('+');
  if (plus != text.npos) {
    const auto begin = ParseNumber(text.substr(0, plus), 0, UINT32_MAX);
    const auto size = ParseNumber(text.substr(plus + 1), protocol::kRttAlignment, kMaxSearch);
    if (begin && size && *begin % protocol::kRttAlignment == 0 && *begin + *size <= 1ull << 32) {
      return MemoryRange{static_cast<uint32_t>(*begin), static_cast<uint32_t>(*size)};
    }
  }
  return Fail(ExitCode::kUsage,
              fmt::format("channel '{}': ram={} is no BEGIN+SIZE (begin a multiple of 16, at most "
                          "16 MiB)",
                          url.text, text),
              "for example ram=0x20000000+0x20000");
}

}  // namespace

bool IsDebugPort(const ChannelUrl& url) {
  return url.kind == ChannelUrl::Kind::kProbe || url.kind == ChannelUrl::Kind::kOpenOcd;
}

Expected<std::unique_ptr<TargetMemory>> OpenTargetMemory(const ChannelUrl& url,
                                                         base::Instant deadline) {
  if (url.kind == ChannelUrl::Kind::kProbe) {
    return OpenByProbe(url);
  }
  if (url.kind == ChannelUrl::Kind::kOpenOcd && !url.host.empty()) {
    return AttachOpenOcd(url.host, url.port, deadline);
  }
  if (url.kind == ChannelUrl::Kind::kOpenOcd) {
    return StartOpenOcd({.config = url.path, .probe = url.Option("probe")}, deadline);
  }
  return Fail(ExitCode::kUsage,
              fmt::format("channel '{}' does not go through a debug probe", url.text),
              "name one: -t probe:, -t probe:SERIAL or -t openocd:CONFIG");
}

Expected<RttSearch> MakeRttSearch(const ChannelUrl& url) {
  std::vector<MemoryRange> ranges(UsualRam().begin(), UsualRam().end());
  if (!url.Option("ram").empty()) {
    const auto range = ParseRange(url);
    if (!range) {
      return std::unexpected(range.error());
    }
    ranges = {*range};
  }
  if (!url.Option("rtt").empty()) {
    const auto address = url.Number("rtt", 0, UINT32_MAX);
    if (!address) {
      return std::unexpected(address.error());
    }
    return RttSearch({*address}, {});
  }
  if (const std::string image = url.Option("elf"); !image.empty()) {
    const auto address = SymbolIn(image);
    if (!address) {
      return std::unexpected(address.error());
    }
    return RttSearch({*address}, {});
  }
  return RttSearch(ShippedAddresses(), std::move(ranges));
}

Expected<std::unique_ptr<Channel>> OpenRtt(const ChannelUrl& url, base::Instant deadline) {
  auto search = MakeRttSearch(url);
  if (!search) {
    return std::unexpected(search.error());
  }
  auto memory = OpenTargetMemory(url, deadline);
  if (!memory) {
    return std::unexpected(memory.error());
  }
  return std::make_unique<RttChannel>(std::move(*memory), std::move(*search));
}

}  // namespace netctl
