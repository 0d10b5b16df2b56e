// What a Client talks through: a session of its own, or a broker's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <poll.h>

#include "host-cli/error.h"
#include "protocol/message.h"
#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace netctl {

// A message that owns its fields.
struct Message {
  protocol::MessageHeader header;
  std::vector<std::byte> fields;
};

// The board at the other end, as it introduced itself.
struct Peer {
  std::string board;
  std::string version;
  uint64_t build_id = 0;
  uint32_t boot_counter = 0;
  uint32_t largest_message = 0;  // bytes
  std::string via;               // the channel in words: "/dev/ttyACM0 at 115200 baud"
};

class MessagePort {
 public:
  using TextSink = std::function<void(std::string_view)>;

  virtual ~MessagePort() = default;

  // Queues one message. kChannel, kAgent, kTimeout (no room within 5 s).
  virtual Expected<void> Send(const Message& message) = 0;
  // The next message. Waits until `deadline`, one of `extra` is ready (its revents are then set) or
  // a signal arrives; then nullopt. kChannel, kAgent when the session is gone.
  virtual Expected<std::optional<Message>> Receive(base::Instant deadline,
                                                   std::span<pollfd> extra) = 0;
  // Text that the board printed between frames.
  virtual void set_text_sink(TextSink sink) = 0;
  virtual const Peer& peer() const = 0;
  // Asks for the text that came before this port was opened, where somebody kept it.
  virtual void AskForBacklog() {}
};

}  // namespace netctl
