// TCP options as they stand behind a header.
#include <cstdlib>

#include "stack/wire/tcp_options.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const base::ConstByteSpan options = std::as_bytes(std::span(data, size));
  wire::TcpOptionReader reader(options);
  size_t count = 0;
  while (const auto option = reader.Next()) {
    if (++count > size) {
      std::abort();
    }
  }
  (void)wire::ParseTcpOptions(options);
  return 0;
}
