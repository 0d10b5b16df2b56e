// What users and files say to netctl: channel URLs, HTTP URLs, addresses, sizes, hexadecimal.
#include <string>

#include "host-cli/channels/url.h"
#include "host-cli/format.h"
#include "host-cli/http_url.h"
#include "host-cli/pattern.h"
#include "host-cli/phy_registers.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)netctl::ParseChannelUrl(text);
  (void)netctl::ParseUrl(text);
  (void)netctl::ParseHex(text);
  (void)netctl::ParseNumber(text, 0, 1000);
  (void)netctl::ParseSize(text, 1 << 30);
  (void)netctl::EscapeText(text);
  (void)netctl::ParsePhyRegister(0x0007c0d1, text);
  (void)netctl::MatchesPattern(text.substr(0, size / 2), text.substr(size / 2));
  base::MacAddress mac;
  base::SocketAddress socket;
  base::Duration duration;
  (void)netctl::Parse(text, mac);
  (void)netctl::Parse(text, socket);
  (void)netctl::Parse(text, duration);
  return 0;
}
