// A board that runs the unmodified firmware image: chip, what is soldered to it, and the faults it
// can have.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/vboard/network_port.h"
#include "tests/support/vboard/virtual_time.h"

namespace test {

// Something that is wrong with a board, as a user would meet it.
struct BoardFault {
  std::string_view name;  // for a command line, such as "no-ref-clk"
  std::string_view text;
};

class VirtualBoard {
 public:
  virtual ~VirtualBoard() = default;

  virtual std::string_view name() const = 0;

  // Lets time pass as it really does, at most about a millisecond of it in a call. True: it wants
  // to be called again at once.
  virtual bool RunSlice() = 0;
  // Lets that much virtual time pass, no matter how long it really takes.
  virtual void RunFor(VirtualTime duration) = 0;
  virtual VirtualTime now() const = 0;
  // Instructions executed since the board was made.
  virtual uint64_t instructions() const = 0;

  // The serial line of the control channel, from the other end: bytes for the board, and what takes
  // those it sends. Receive keeps what the line cannot carry yet; unreceived() says how much.
  virtual void SetSerialSink(std::function<void(std::byte)> sink) = 0;
  virtual void SerialReceive(base::ConstByteSpan bytes) = 0;
  virtual size_t serial_unreceived() const = 0;

  virtual NetworkPort& network() = 0;

  virtual void PowerCycle() = 0;

  // What the firmware did that a manual forbids.
  virtual const std::vector<std::string>& violations() const = 0;

  virtual std::span<const BoardFault> faults() const = 0;
  // False: there is no such fault.
  virtual bool SetFault(std::string_view name, bool is_on) = 0;
};

struct VirtualBoardOptions {
  std::string image;  // ELF file of the firmware
  uint32_t seed = 1;  // of RAM after power-on and of faults
};

// One row for each board. The factories stand in boards/.
struct VirtualBoardType {
  std::string_view name;  // of the firmware's folder in agent/boards
  std::unique_ptr<VirtualBoard> (*make)(const VirtualBoardOptions& options);
};
std::span<const VirtualBoardType> virtual_board_types();

}  // namespace test
