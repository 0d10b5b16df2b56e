#include "drivers/spi/stm32_spi.h"

#include <algorithm>
#include <atomic>

namespace drivers {
namespace {

// RM0090 28.5.
struct Control1 {
  static constexpr uint32_t kAddress = 0x00;
  static constexpr uint32_t kMaster = 1 << 2;
  static constexpr uint32_t kDividerShift = 3;
  static constexpr uint32_t kEnable = 1 << 6;
  static constexpr uint32_t kSoftwareSelect = 3 << 8;  // SSM and SSI: NSS is no pin and stays high
};
struct Control2 {
  static constexpr uint32_t kAddress = 0x04;
  static constexpr uint32_t kReceiveDma = 1 << 0;
  static constexpr uint32_t kTransmitDma = 1 << 1;
};
struct SpiStatus {
  static constexpr uint32_t kAddress = 0x08;
  static constexpr uint32_t kReceived = 1 << 0;       // RXNE
  static constexpr uint32_t kTransmitEmpty = 1 << 1;  // TXE
  static constexpr uint32_t kModeFault = 1 << 5;
  static constexpr uint32_t kOverrun = 1 << 6;
  static constexpr uint32_t kBusy = 1 << 7;
};
constexpr uint32_t kData = 0x0c;

constexpr uint32_t kBitSetReset = 0x18;  // GPIOx_BSRR, 8.4.7

// 10.5: flags of streams 0 to 3 and, one word further, of 4 to 7.
constexpr uint32_t kFlags = 0x00;
constexpr uint32_t kClearFlags = 0x08;
constexpr uint32_t kTransferError = 1 << 3;  // TEIF of stream 0
constexpr uint32_t kComplete = 1 << 5;       // TCIF
constexpr uint32_t kAllFlags = 0x3d;

struct StreamControl {
  static constexpr uint32_t kEnable = 1 << 0;
  static constexpr uint32_t kMemoryToPeripheral = 1 << 6;
  static constexpr uint32_t kMemoryIncrement = 1 << 10;
  static constexpr uint32_t kVeryHighPriority = 3 << 16;
  static constexpr uint32_t kChannelShift = 25;
};

// What EN and BSY take at most when nothing is wrong is some cycles.
constexpr uint32_t kMostLooks = 1'000;
constexpr size_t kLongestDma = 65'535;  // SxNDTR

// Bytes in memory and registers in the order in which they stand here.
void Fence() { std::atomic_thread_fence(std::memory_order_seq_cst); }

uint32_t DmaAddress(const std::byte* data) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(data));
}

}  // namespace

// 10.5.5 to 10.5.10.
struct Stm32Spi::Stream {
  explicit Stream(uint8_t number) : base(0x10 + 0x18u * number), word(number / 4 * 4u) {
    constexpr uint8_t kShifts[4] = {0, 6, 16, 22};
    shift = kShifts[number % 4];
  }
  uint32_t control() const { return base; }
  uint32_t count() const { return base + 0x04; }
  uint32_t peripheral() const { return base + 0x08; }
  uint32_t memory() const { return base + 0x0c; }
  uint32_t fifo() const { return base + 0x14; }

  uint32_t base;
  uint32_t word;  // of its flags
  uint32_t shift = 0;
};

Stm32Spi::Stm32Spi(RegisterBus& spi, RegisterBus& dma, RegisterBus& port,
                   const Stm32SpiConfig& config)
    : spi_(spi),
      dma_(dma),
      port_(port),
      config_(config),
      divider_(SpiDivider(config.bus_hz, config.max_hz)) {}

void Stm32Spi::Start() {
  port_.Write(kBitSetReset, 1u << config_.select_pin);
  spi_.Write(Control2::kAddress, 0);
  const uint32_t control =
      Control1::kMaster | Control1::kSoftwareSelect | divider_ << Control1::kDividerShift;
  // 28.3.3: the clock is set before the SPI is enabled.
  spi_.Write(Control1::kAddress, control);
  spi_.Write(Control1::kAddress, control | Control1::kEnable);
}

void Stm32Spi::WriteThenRead(base::ConstByteSpan out, base::ByteSpan in) {
  Select();
  if (!Send(out) || !Receive(in)) {
    std::ranges::fill(in, std::byte{0xff});
  }
  Deselect();
}

void Stm32Spi::WriteTwo(base::ConstByteSpan head, base::ConstByteSpan body) {
  Select();
  if (Send(head)) {
    static_cast<void>(Send(body));
  }
  Deselect();
}

void Stm32Spi::Select() {
  port_.Write(kBitSetReset, 1u << (config_.select_pin + 16));
  Pause(config_.setup_ns);
}

void Stm32Spi::Deselect() {
  // 28.3.8: TXE, then BSY, before the device may be let go.
  if (!AwaitStatus(SpiStatus::kTransmitEmpty | SpiStatus::kBusy, SpiStatus::kTransmitEmpty)) {
    ++stats_.spi_timeouts;
  }
  const uint32_t status = spi_.Read(SpiStatus::kAddress);
  if ((status & SpiStatus::kOverrun) != 0) {
    ++stats_.spi_overruns;
    DiscardReceived();
  }
  if ((status & SpiStatus::kModeFault) != 0) {
    ++stats_.spi_mode_faults;
    Start();  // a fault takes the master's role away; writing CR1 clears it (28.3.10)
  }
  Pause(config_.hold_ns);
  port_.Write(kBitSetReset, 1u << config_.select_pin);
}

// A look at the SPI takes at least one cycle of its bus.
void Stm32Spi::Pause(uint32_t nanoseconds) {
  const uint64_t cycles = (uint64_t{nanoseconds} * config_.bus_hz + 999'999'999) / 1'000'000'000;
  for (uint64_t i = 0; i < cycles; ++i) {
    spi_.Read(SpiStatus::kAddress);
  }
}

bool Stm32Spi::Send(base::ConstByteSpan bytes) {
  if (UseDma(bytes.data(), bytes.size())) {
    return SendByDma(bytes);
  }
  return std::ranges::all_of(bytes, [this](std::byte out) {
    std::byte ignored;
    return Exchange(out, ignored);
  });
}

bool Stm32Spi::Receive(base::ByteSpan bytes) {
  if (UseDma(bytes.data(), bytes.size())) {
    return ReceiveByDma(bytes);
  }
  return std::ranges::all_of(bytes, [this](std::byte& in) { return Exchange(filler_, in); });
}

// Eight bits of `2^(divider + 1)` bus cycles; a look takes at least one.
uint32_t Stm32Spi::looks_per_byte() const { return 2 * (8u << (divider_ + 1)); }

bool Stm32Spi::Exchange(std::byte out, std::byte& in) {
  spi_.Write(kData, std::to_integer<uint32_t>(out));
  for (uint32_t i = 0; i < looks_per_byte(); ++i) {
    if ((spi_.Read(SpiStatus::kAddress) & SpiStatus::kReceived) != 0) {
      in = static_cast<std::byte>(spi_.Read(kData));
      return true;
    }
  }
  ++stats_.spi_timeouts;
  return false;
}

bool Stm32Spi::UseDma(const std::byte* data, size_t size) {
  if (size < kShortestDma || size > kLongestDma) {
    return false;
  }
  if (!IsInReachOfDma(reinterpret_cast<uintptr_t>(data), size)) {
    ++stats_.spi_unreachable;
    return false;
  }
  return true;
}

// 28.3.9. What comes in meanwhile is not looked at and makes an overrun, which is expected.
bool Stm32Spi::SendByDma(base::ConstByteSpan bytes) {
  const Stream stream(config_.transmit_stream);
  Fence();
  StartStream(stream, StreamControl::kMemoryToPeripheral | StreamControl::kMemoryIncrement,
              DmaAddress(bytes.data()), bytes.size());
  spi_.Write(Control2::kAddress, Control2::kTransmitDma);
  bool done = AwaitStream(stream, bytes.size());
  // The last two bytes are still on their way: one waits, one is being sent.
  done &= AwaitStatus(SpiStatus::kTransmitEmpty, SpiStatus::kTransmitEmpty) &&
          AwaitStatus(SpiStatus::kBusy, 0);
  spi_.Write(Control2::kAddress, 0);
  StopStream(stream);
  DiscardReceived();
  return done;
}

// Receiving takes sending: the receive stream is ready before the other one starts the clock.
bool Stm32Spi::ReceiveByDma(base::ByteSpan bytes) {
  const Stream receive(config_.receive_stream);
  const Stream transmit(config_.transmit_stream);
  StartStream(receive, StreamControl::kMemoryIncrement, DmaAddress(bytes.data()), bytes.size());
  StartStream(transmit, StreamControl::kMemoryToPeripheral, DmaAddress(&filler_), bytes.size());
  spi_.Write(Control2::kAddress, Control2::kReceiveDma);
  spi_.Write(Control2::kAddress, Control2::kReceiveDma | Control2::kTransmitDma);
  const bool done = AwaitStream(receive, bytes.size());
  spi_.Write(Control2::kAddress, 0);
  StopStream(transmit);
  StopStream(receive);
  Fence();
  return done;
}

// 10.3.17; the stream is off, and direct mode moves bytes as the SPI asks for them.
void Stm32Spi::StartStream(const Stream& stream, uint32_t mode, uint32_t memory, size_t size) {
  const uint32_t control = static_cast<uint32_t>(config_.channel) << StreamControl::kChannelShift |
                           StreamControl::kVeryHighPriority | mode;
  dma_.Write(kClearFlags + stream.word, kAllFlags << stream.shift);
  dma_.Write(stream.peripheral(), config_.data_register);
  dma_.Write(stream.memory(), memory);
  dma_.Write(stream.count(), static_cast<uint32_t>(size));
  dma_.Write(stream.fifo(), 0);
  dma_.Write(stream.control(), control);
  dma_.Write(stream.control(), control | StreamControl::kEnable);
}

// One that has come to its end is off already.
void Stm32Spi::StopStream(const Stream& stream) {
  for (uint32_t i = 0; i < kMostLooks; ++i) {
    const uint32_t control = dma_.Read(stream.control());
    if ((control & StreamControl::kEnable) == 0) {
      break;
    }
    dma_.Write(stream.control(), control & ~StreamControl::kEnable);
  }
  dma_.Write(kClearFlags + stream.word, kAllFlags << stream.shift);
}

bool Stm32Spi::AwaitStream(const Stream& stream, size_t size) {
  const size_t looks = (size + 2) * looks_per_byte();
  for (size_t i = 0; i < looks; ++i) {
    const uint32_t flags = dma_.Read(kFlags + stream.word) >> stream.shift;
    if ((flags & kTransferError) != 0) {
      ++stats_.spi_dma_errors;
      return false;
    }
    if ((flags & kComplete) != 0) {
      return true;
    }
  }
  ++stats_.spi_timeouts;
  return false;
}

bool Stm32Spi::AwaitStatus(uint32_t mask, uint32_t value) {
  for (uint32_t i = 0; i < kMostLooks + 2 * looks_per_byte(); ++i) {
    if ((spi_.Read(SpiStatus::kAddress) & mask) == value) {
      return true;
    }
  }
  return false;
}

// The data register, then the status: that clears RXNE and OVR (28.3.10).
void Stm32Spi::DiscardReceived() {
  spi_.Read(kData);
  spi_.Read(SpiStatus::kAddress);
}

}  // namespace drivers
