// One DMA controller with eight streams (RM0090 chapter 10). A transfer takes no time once it is
// requested. Not there: memory to memory, double buffers, bursts, a peripheral that ends the
// transfer.
//
//   peripheral <- PSIZE -> [ FIFO, 16 bytes ] <- MSIZE -> memory      direct mode: one item
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test {

// What the controller reaches. False: a bus error.
class DmaBus {
 public:
  virtual ~DmaBus() = default;
  virtual bool DmaRead(uint32_t address, uint32_t width, uint32_t& value) = 0;
  virtual bool DmaWrite(uint32_t address, uint32_t width, uint32_t value) = 0;
};

class Dma final : public Peripheral {
 public:
  static constexpr uint32_t kStreams = 8;

  // `name`: DMA1 or DMA2.
  Dma(std::string name, DmaBus& bus, Violations& violations)
      : name_(std::move(name)), bus_(bus), violations_(violations) {}

  // One place of the request table (tables 42 and 43).
  void Connect(uint32_t stream, uint32_t channel, std::function<bool()> is_requested);

  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;
  // Does all that is requested.
  void Advance() override;
  bool interrupt_of(uint32_t stream) const;

 private:
  struct Stream {
    uint32_t control = 0;
    uint32_t items = 0;
    uint32_t peripheral = 0;
    std::array<uint32_t, 2> memory{};
    uint32_t fifo_control = 0;
    uint32_t flags = 0;  // FEIF, DMEIF, TEIF, HTIF, TCIF as in LISR for stream 0
    // While enabled:
    uint32_t total = 0;
    uint32_t memory_at = 0;
    uint32_t peripheral_at = 0;
    uint32_t memory_left = 0;  // bytes
    std::deque<std::byte> fifo;
  };
  struct Request {
    uint32_t stream;
    uint32_t channel;
    std::function<bool()> is_requested;
  };

  uint32_t Flags(uint32_t first_stream) const;
  void ClearFlags(uint32_t first_stream, uint32_t value);
  void WriteStream(uint32_t number, uint32_t place, uint32_t value);
  void WriteControl(uint32_t number, uint32_t value);
  void Enable(uint32_t number);
  void Load(Stream& stream);
  void CheckSettings(uint32_t number);
  bool IsRequested(uint32_t number) const;
  int Choose() const;
  void MoveOne(uint32_t number);
  bool FromPeripheral(Stream& stream);
  bool ToPeripheral(Stream& stream);
  bool FlushToMemory(Stream& stream);
  bool FillFromMemory(Stream& stream);
  void Fail(uint32_t number);
  std::string Name(uint32_t number) const;

  std::string name_;
  DmaBus& bus_;
  Violations& violations_;
  std::array<Stream, kStreams> streams_{};
  std::vector<Request> requests_;
  bool is_moving_ = false;
};

}  // namespace test
