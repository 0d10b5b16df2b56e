// The board's serial line as standard input and output of this process.
#pragma once

#include <cstdint>
#include <span>

#include <poll.h>

#include "tests/support/bytes.h"
#include "tests/support/vboard/virtual_board.h"

namespace test {

class SerialPort {
 public:
  // Takes both descriptors over: what else prints to standard output goes to standard error.
  explicit SerialPort(VirtualBoard& board);
  SerialPort(const SerialPort&) = delete;
  SerialPort& operator=(const SerialPort&) = delete;
  ~SerialPort();

  // Appends what to wait for from index `used` on; returns the new count.
  size_t Prepare(std::span<pollfd> fds, size_t used);
  // After the wait.
  void Process(std::span<const pollfd> fds);
  // Sends what the board has said.
  void Flush();
  // Nobody is at the other end any more.
  bool is_closed() const { return is_closed_; }
  uint64_t received() const { return received_; }
  uint64_t sent() const { return sent_; }

 private:
  void Fill();

  VirtualBoard& board_;
  const int output_;
  const int input_flags_;
  const int output_flags_;
  ByteVector unsent_;
  size_t index_ = 0;
  uint64_t received_ = 0;
  uint64_t sent_ = 0;
  bool is_closed_ = false;
};

}  // namespace test
