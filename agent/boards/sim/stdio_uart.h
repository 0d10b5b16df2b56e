// The control channel of the simulated board: standard input and output.
#pragma once

#include <array>
#include <span>

#include <poll.h>

#include "drivers/uart/uart.h"
#include "stack/base/ring_buffer.h"

namespace agent::sim {

class StdioUart final : public drivers::Uart {
 public:
  // Makes both descriptors non-blocking.
  void Open();

  size_t Read(base::ByteSpan out) override { return received_.Read(out); }
  size_t Write(base::ConstByteSpan data) override;
  size_t write_room() const override { return unsent_.room(); }
  const drivers::UartStats& stats() const override { return stats_; }

  bool has_input() const { return !received_.empty(); }
  // As Wire::Prepare and Wire::Process.
  size_t Prepare(std::span<pollfd> fds, size_t used);
  void Process(std::span<const pollfd> fds);
  // Nobody is at the other end any more.
  bool closed() const { return closed_; }

 private:
  void Fill();
  void Flush();

  std::array<std::byte, 4096> received_memory_;
  std::array<std::byte, 65536> unsent_memory_;
  base::RingBuffer received_{received_memory_};
  base::RingBuffer unsent_{unsent_memory_};
  drivers::UartStats stats_;
  size_t index_ = 0;
  bool closed_ = false;
};

}  // namespace agent::sim
