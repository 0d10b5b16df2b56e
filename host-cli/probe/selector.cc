#include <algorithm>

#include <fmt/format.h>

#include "host-cli/format.h"
#include "host-cli/probe/open.h"

namespace netctl {
namespace {

// Errors that point into the text; columns count from 1.
std::unexpected<Error> Bad(std::string_view text, size_t offset, std::string_view why) {
  return Fail(ExitCode::kUsage,
              fmt::format("probe '{}', column {}: {}", EscapeText(text), offset + 1, why),
              "VID:PID[-INTERFACE][:SERIAL], or a serial number alone; netctl probes lists them");
}

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

// 1 to `digits` hexadecimal digits.
Expected<uint16_t> HexId(std::string_view text, size_t begin, size_t end, size_t digits,
                         std::string_view what) {
  const std::string_view field = text.substr(begin, end - begin);
  if (field.empty() || field.size() > digits || !IsHex(field)) {
    return Bad(text, begin, fmt::format("{} is 1 to {} hexadecimal digits", what, digits));
  }
  return static_cast<uint16_t>(ParseNumber(fmt::format("0x{}", field), 0, 0xffff).value());
}

Expected<void> ParseProduct(std::string_view text, size_t begin, size_t end,
                            ProbeSelector& selector) {
  const size_t dash = std::min(text.substr(0, end).find('-', begin), end);
  const auto product = HexId(text, begin, dash, 4, "the product id");
  if (!product) {
    return std::unexpected(product.error());
  }
  selector.product_id = *product;
  if (dash == end) {
    return {};
  }
  const auto interface = ParseNumber(text.substr(dash + 1, end - dash - 1), 0, 255);
  if (!interface) {
    return Bad(text, dash + 1, "the interface is a number from 0 to 255");
  }
  selector.interface = static_cast<uint8_t>(*interface);
  return {};
}

}  // namespace

Expected<ProbeSelector> ParseProbeSelector(std::string_view text) {
  ProbeSelector selector;
  if (text.empty()) {
    return selector;
  }
  const size_t colon = text.find(':');
  if (colon == text.npos) {
    selector.serial = text;
    return selector;
  }
  const auto vendor = HexId(text, 0, colon, 4, "the vendor id");
  if (!vendor) {
    return std::unexpected(vendor.error());
  }
  selector.vendor_id = *vendor;
  // What follows the second colon is the serial number, colons and all.
  const size_t second = text.find(':', colon + 1);
  const size_t end = std::min(second, text.size());
  if (const auto product = ParseProduct(text, colon + 1, end, selector); !product) {
    return std::unexpected(product.error());
  }
  if (second != text.npos) {
    selector.serial = text.substr(second + 1);
  }
  return selector;
}

}  // namespace netctl
