// The payloads that open a session. These layouts never change; new members are appended and older
// readers ignore them.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/messages/agent.h"
#include "stack/base/fields.h"

namespace protocol {

// Payload of HELLO, host to agent.
struct Hello {
  uint16_t protocol_version = 0;
  uint32_t schema_hash = 0;
  bool takeover = false;              // end the session that another channel holds
  std::array<uint8_t, 16> entropy{};  // for boards without a generator
  uint32_t receive_buffer = 0;        // encoded bytes the host takes without reading them
  base::Text<32> holder;              // who: "user@host pid"
  static constexpr auto kFields =
      base::FieldList{base::Field{"protocol_version", &Hello::protocol_version},
                      base::Field{"schema_hash", &Hello::schema_hash},
                      base::Field{"takeover", &Hello::takeover},
                      base::Field{"entropy", &Hello::entropy},
                      base::Field{"receive_buffer", &Hello::receive_buffer},
                      base::Field{"holder", &Hello::holder}};
};

// Payload of HELLO_REPLY, agent to host.
struct HelloReply {
  uint16_t protocol_version = 0;
  uint32_t schema_hash = 0;
  uint32_t boot_counter = 0;  // kept over warm resets
  ResetCause reset_cause = ResetCause::kUnknown;
  uint64_t build_id = 0;
  uint32_t receive_buffer = 0;   // encoded bytes the agent takes without reading them
  uint32_t largest_message = 0;  // the largest request, in bytes with its header
  base::Text<24> board;
  base::Text<48> version;
  static constexpr auto kFields =
      base::FieldList{base::Field{"protocol_version", &HelloReply::protocol_version},
                      base::Field{"schema_hash", &HelloReply::schema_hash},
                      base::Field{"boot_counter", &HelloReply::boot_counter},
                      base::Field{"reset_cause", &HelloReply::reset_cause},
                      base::Field{"build_id", &HelloReply::build_id},
                      base::Field{"receive_buffer", &HelloReply::receive_buffer},
                      base::Field{"largest_message", &HelloReply::largest_message},
                      base::Field{"board", &HelloReply::board},
                      base::Field{"version", &HelloReply::version}};
};

// Payload of BUSY, agent to host.
struct Busy {
  base::Text<32> holder;
  static constexpr auto kFields = base::FieldList{base::Field{"holder", &Busy::holder}};
};

}  // namespace protocol
