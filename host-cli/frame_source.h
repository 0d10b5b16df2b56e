// Frames that a user names: hexadecimal text, or a capture file.
#pragma once

#include <string>
#include <vector>

#include "host-cli/error.h"
#include "stack/base/bytes.h"

namespace netctl {

using Frame = std::vector<std::byte>;

// `text` as hexadecimal, or the frames of the pcap or pcapng file of that name. kUsage: neither; no
// Ethernet capture; a frame longer than `max_size` or cut off by its snaplen; more than
// `max_frames`.
Expected<std::vector<Frame>> ReadFrames(const std::string& text, size_t max_size,
                                        size_t max_frames);

}  // namespace netctl
