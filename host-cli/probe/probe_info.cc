#include "host-cli/probe/probe_info.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "host-cli/format.h"

namespace netctl {
namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::string HexOf(std::string_view serial) { return FormatHex(base::AsBytes(serial)); }

bool IsPlainText(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

bool SerialMatches(std::string_view wanted, std::string_view serial) {
  const std::string lower = LowerCase(wanted);
  return lower == LowerCase(serial) || (!serial.empty() && lower == HexOf(serial));
}

bool SameName(const ProbeInfo& a, const ProbeInfo& b) {
  return a.vendor_id == b.vendor_id && a.product_id == b.product_id && a.serial == b.serial;
}

std::string ListOf(std::span<const ProbeInfo> chosen, std::span<const ProbeInfo> all) {
  std::vector<std::string> names;
  for (const ProbeInfo& probe : chosen) {
    names.push_back(SelectorOf(probe, all));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::unexpected<Error> NotFound(const ProbeSelector& selector, std::span<const ProbeInfo> all) {
  std::string hint = "is it plugged in? netctl probes lists what is there";
  if (!all.empty()) {
    hint = fmt::format("there is: {}; netctl probes says more", ListOf(all, all));
  }
  return Fail(ExitCode::kChannel, fmt::format("there is no {}", Describe(selector)),
              std::move(hint));
}

}  // namespace

std::string_view ProbeKindName(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::kCmsisDapV2:
      return "CMSIS-DAP v2";
    case ProbeKind::kCmsisDapV1:
      return "CMSIS-DAP v1";
    case ProbeKind::kStLink:
      return "ST-Link";
    case ProbeKind::kJLink:
      break;
  }
  return "J-Link";
}

std::string ProbeInfo::node() const {
  return fmt::format("/dev/bus/usb/{:03}/{:03}", bus, address);
}

bool Matches(const ProbeSelector& selector, const ProbeInfo& probe) {
  return (!selector.vendor_id || *selector.vendor_id == probe.vendor_id) &&
         (!selector.product_id || *selector.product_id == probe.product_id) &&
         (!selector.interface || *selector.interface == probe.interface) &&
         (!selector.serial || SerialMatches(*selector.serial, probe.serial));
}

std::string SelectorOf(const ProbeInfo& probe, std::span<const ProbeInfo> all) {
  const bool several = std::ranges::count_if(
                           all, [&](const ProbeInfo& other) { return SameName(probe, other); }) > 1;
  return fmt::format("{:04x}:{:04x}{}:{}", probe.vendor_id, probe.product_id,
                     several ? fmt::format("-{}", probe.interface) : "",
                     IsPlainText(probe.serial) ? probe.serial : HexOf(probe.serial));
}

std::string Describe(const ProbeSelector& selector) {
  std::string text = "debug probe";
  if (selector.vendor_id && selector.product_id) {
    text += fmt::format(" {:04x}:{:04x}", *selector.vendor_id, *selector.product_id);
  }
  if (selector.interface) {
    text += fmt::format(", interface {}", *selector.interface);
  }
  if (selector.serial && selector.serial->empty()) {
    text += " without a serial number";
  } else if (selector.serial) {
    text += fmt::format(" with serial number {}", EscapeText(*selector.serial));
  }
  return text;
}

Expected<ProbeInfo> ChooseProbe(const ProbeSelector& selector, std::span<const ProbeInfo> all) {
  std::vector<ProbeInfo> found;
  for (const ProbeInfo& probe : all) {
    if (!Matches(selector, probe)) {
      continue;
    }
    const auto sibling = std::ranges::find(found, probe.location, &ProbeInfo::location);
    if (sibling == found.end()) {
      found.push_back(probe);
    } else if (probe.kind < sibling->kind) {
      *sibling = probe;
    }
  }
  // Probes of other kinds are only meant where they are named.
  const auto driven = [](const ProbeInfo& probe) { return probe.kind <= ProbeKind::kCmsisDapV1; };
  if (std::ranges::count_if(found, driven) == 1) {
    return *std::ranges::find_if(found, driven);
  }
  if (found.empty()) {
    return NotFound(selector, all);
  }
  if (found.size() > 1 && SelectorOf(found[0], all) == SelectorOf(found[1], all)) {
    return Fail(ExitCode::kChannel,
                fmt::format("there are {} debug probes that nothing tells apart", found.size()),
                "they have no serial numbers: unplug all but one");
  }
  if (found.size() > 1) {
    return Fail(ExitCode::kChannel,
                fmt::format("there are {} debug probes to choose from", found.size()),
                fmt::format("name one of them: {}", ListOf(found, all)));
  }
  return Fail(ExitCode::kChannel,
              fmt::format("{} is a probe of kind {}, which netctl does not drive by itself",
                          SelectorOf(found[0], all), ProbeKindName(found[0].kind)),
              "go through OpenOCD: -t openocd:BOARD");
}

}  // namespace netctl
