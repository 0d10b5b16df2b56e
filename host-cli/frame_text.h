// One line for one Ethernet frame, for a quick look without Wireshark.
#pragma once

#include <string>

#include "stack/base/bytes.h"

namespace netctl {

// "02:..:01 > ff:..:ff ARP request who-has 10.0.2.2 tell 10.0.2.15, 60 bytes". `original_size` is
// that on the wire.
std::string FrameText(base::ConstByteSpan frame, size_t original_size);

}  // namespace netctl
