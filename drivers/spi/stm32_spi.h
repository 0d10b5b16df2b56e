// SPI master of STM32F2/F4 with one device behind a GPIO chip select (RM0090 chapter 28), mode 0,
// 8 bits, most significant bit first. Short transfers by the CPU, long ones by DMA (chapter 10).
#pragma once

#include <cstddef>
#include <cstdint>

#include "drivers/bus.h"
#include "stack/base/fields.h"
#include "stack/base/result.h"

namespace drivers {

struct Stm32SpiStats {
  uint32_t spi_timeouts = 0;     // bytes that did not end; the rest of the transaction was given up
  uint32_t spi_overruns = 0;     // received bytes that nobody fetched in time (SR.OVR)
  uint32_t spi_mode_faults = 0;  // SR.MODF
  uint32_t spi_dma_errors = 0;   // TEIF: the DMA could not reach the memory it was given
  uint32_t spi_unreachable = 0;  // long transfers by the CPU, because no DMA reaches the memory

  static constexpr auto kFields =
      base::FieldList{base::Field{"spi_timeouts", &Stm32SpiStats::spi_timeouts},
                      base::Field{"spi_overruns", &Stm32SpiStats::spi_overruns},
                      base::Field{"spi_mode_faults", &Stm32SpiStats::spi_mode_faults},
                      base::Field{"spi_dma_errors", &Stm32SpiStats::spi_dma_errors},
                      base::Field{"spi_unreachable", &Stm32SpiStats::spi_unreachable}};
};

// The divider field (CR1.BR: 2^(n+1)) of the fastest clock that is not faster than `max_hz`, or the
// slowest one.
constexpr uint32_t SpiDivider(uint32_t bus_hz, uint32_t max_hz) {
  uint32_t divider = 0;
  while (divider < 7 && (bus_hz >> (divider + 1)) > max_hz) {
    ++divider;
  }
  return divider;
}
static_assert(SpiDivider(84'000'000, 20'000'000) == 2);  // 10.5 MHz
static_assert(SpiDivider(16'000'000, 20'000'000) == 0);  // 8 MHz
static_assert(SpiDivider(84'000'000, 1'000) == 7);

struct Stm32SpiConfig {
  uint32_t data_register;  // SPI_DR as the DMA sees it
  uint32_t bus_hz;         // of the APB that the SPI is on
  uint32_t max_hz;         // of the device
  // Of its chip select: before the first and after the last clock.
  uint32_t setup_ns;
  uint32_t hold_ns;
  uint8_t select_pin;  // 0 to 15 of the port
  // RM0090 table 43: for SPI1 receive 0 or 2, transmit 3 or 5 of DMA2, channel 3.
  uint8_t receive_stream;
  uint8_t transmit_stream;
  uint8_t channel;
};

class Stm32Spi final : public SpiDevice {
 public:
  // The registers of the SPI, of its DMA controller and of the GPIO port of the chip select, which
  // is an output. They and, on a chip, this object are where the DMA reaches them.
  Stm32Spi(RegisterBus& spi, RegisterBus& dma, RegisterBus& port, const Stm32SpiConfig& config);

  // To be called once, with the clocks of all three on.
  void Start();

  // A byte that does not come reads as 0xff.
  void WriteThenRead(base::ConstByteSpan out, base::ByteSpan in) override;
  void WriteTwo(base::ConstByteSpan head, base::ConstByteSpan body) override;

  uint32_t rate_hz() const { return config_.bus_hz >> (divider_ + 1); }
  const Stm32SpiStats& stats() const { return stats_; }

  // From here on DMA is faster than the CPU with its look at every byte.
  static constexpr size_t kShortestDma = 32;

 private:
  struct Stream;

  void Select();
  void Deselect();
  void Pause(uint32_t nanoseconds);
  bool Send(base::ConstByteSpan bytes);
  bool Receive(base::ByteSpan bytes);
  bool Exchange(std::byte out, std::byte& in);
  bool SendByDma(base::ConstByteSpan bytes);
  bool ReceiveByDma(base::ByteSpan bytes);
  bool UseDma(const std::byte* data, size_t size);
  void StartStream(const Stream& stream, uint32_t mode, uint32_t memory, size_t size);
  void StopStream(const Stream& stream);
  bool AwaitStream(const Stream& stream, size_t size);
  bool AwaitStatus(uint32_t mask, uint32_t value);
  void DiscardReceived();
  uint32_t looks_per_byte() const;

  RegisterBus& spi_;
  RegisterBus& dma_;
  RegisterBus& port_;
  const Stm32SpiConfig config_;
  const uint32_t divider_;
  const std::byte filler_{};  // what is sent while receiving
  Stm32SpiStats stats_;
};

// What the DMA of an STM32F405/407 reaches: not the core coupled memory (RM0090 2.3.1).
constexpr bool IsInReachOfDma(uintptr_t address, size_t size) {
  constexpr uintptr_t kCcm = 0x1000'0000;
  constexpr uintptr_t kCcmEnd = 0x1001'0000;
  return address <= UINT32_MAX - size && (address + size <= kCcm || address >= kCcmEnd);
}
static_assert(IsInReachOfDma(0x2000'0000, 1514) && IsInReachOfDma(0x0800'0000, 1514));
static_assert(!IsInReachOfDma(0x1000'fffc, 1514) && !IsInReachOfDma(0x0fff'fffc, 64));

}  // namespace drivers
