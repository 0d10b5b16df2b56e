// DHCP options, with overload into the boot file and server name fields.
#include <cstdlib>

#include "stack/wire/dhcp.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < wire::kDhcpHeaderSize) {
    return 0;
  }
  const base::ConstByteSpan message = std::as_bytes(std::span(data, size));
  wire::DhcpOptionReader reader(message);
  size_t options = 0;
  while (const auto option = reader.Next()) {
    const bool inside = option->value.empty() ||
                        (option->value.data() >= message.data() &&
                         option->value.data() + option->value.size() <= message.data() + size);
    // Each option takes at least two bytes, so there are never more than half as many as bytes.
    if (!inside || ++options > size / 2) {
      std::abort();
    }
  }
  return 0;
}
