// Counters of one end of the channel between host and agent.
#pragma once

#include <cstdint>

#include "stack/base/fields.h"

namespace protocol {

using base::Field;

// One end of the host <-> agent channel.
struct ChannelStats {
  uint64_t rx_bytes = 0;
  uint64_t tx_bytes = 0;
  uint32_t rx_frames = 0;
  uint32_t tx_frames = 0;
  uint32_t tx_retransmits = 0;
  uint32_t rx_bad_encoding = 0;  // not COBS, or shorter than a header
  uint32_t rx_bad_checksum = 0;
  uint32_t rx_bad_length = 0;  // the length field disagrees with the frame
  uint32_t rx_too_long = 0;
  uint32_t rx_bad_version = 0;
  uint32_t rx_other_session = 0;
  uint32_t rx_out_of_order = 0;  // behind a gap
  uint32_t rx_duplicate = 0;
  uint32_t rx_no_credit = 0;    // more than this end had granted
  uint32_t rx_noise_bytes = 0;  // neither frame nor text
  uint32_t uart_overruns = 0;
  uint32_t tx_text_no_room = 0;  // lines of console text dropped, because nobody took those before
  static constexpr auto kFields =
      base::FieldList{Field{"rx_bytes", &ChannelStats::rx_bytes},
                      Field{"tx_bytes", &ChannelStats::tx_bytes},
                      Field{"rx_frames", &ChannelStats::rx_frames},
                      Field{"tx_frames", &ChannelStats::tx_frames},
                      Field{"tx_retransmits", &ChannelStats::tx_retransmits},
                      Field{"rx_bad_encoding", &ChannelStats::rx_bad_encoding},
                      Field{"rx_bad_checksum", &ChannelStats::rx_bad_checksum},
                      Field{"rx_bad_length", &ChannelStats::rx_bad_length},
                      Field{"rx_too_long", &ChannelStats::rx_too_long},
                      Field{"rx_bad_version", &ChannelStats::rx_bad_version},
                      Field{"rx_other_session", &ChannelStats::rx_other_session},
                      Field{"rx_out_of_order", &ChannelStats::rx_out_of_order},
                      Field{"rx_duplicate", &ChannelStats::rx_duplicate},
                      Field{"rx_no_credit", &ChannelStats::rx_no_credit},
                      Field{"rx_noise_bytes", &ChannelStats::rx_noise_bytes},
                      Field{"uart_overruns", &ChannelStats::uart_overruns},
                      Field{"tx_text_no_room", &ChannelStats::tx_text_no_room}};
};

}  // namespace protocol
