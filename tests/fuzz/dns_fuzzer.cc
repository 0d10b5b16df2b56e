// Names in DNS messages: compression pointers, labels, the text form.
#include <cstdlib>

#include "stack/wire/dns.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const base::ConstByteSpan message = std::as_bytes(std::span(data, size));
  for (size_t start = 0; start <= size && start < 64; ++start) {
    size_t offset = start;
    const auto name = wire::ReadDnsName(message, offset);
    if (!name || name->empty()) {
      continue;
    }
    // A name that was read lies within the message, and what is written of it reads back as the
    // same.
    std::byte written[256];
    size_t read = 0;
    const auto length = wire::WriteDnsName(*name, written);
    if (offset > size || offset <= start || !length) {
      std::abort();
    }
    const auto again = wire::ReadDnsName({written, *length}, read);
    if (!again || again->view() != name->view() || read != *length) {
      std::abort();
    }
  }
  (void)wire::MakeDnsName({reinterpret_cast<const char*>(data), size});
  return 0;
}
