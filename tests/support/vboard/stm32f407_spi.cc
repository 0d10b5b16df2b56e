// SPI1, DMA2 and EXTI of the chip, and how they are wired to each other.
#include <algorithm>
#include <array>

#include "tests/support/vboard/stm32f407.h"

namespace test {
namespace {

// DS8626 table 9, alternate function 5.
struct Pin {
  char port;
  uint32_t number;
};
constexpr uint32_t kSpiFunction = 5;
constexpr std::array<Pin, 2> kSckPins = {{{'A', 5}, {'B', 3}}};
constexpr std::array<Pin, 2> kMisoPins = {{{'A', 6}, {'B', 4}}};
constexpr std::array<Pin, 2> kMosiPins = {{{'A', 7}, {'B', 5}}};

// RM0090 table 43.
constexpr uint32_t kSpi1Channel = 3;
constexpr std::array<uint32_t, 2> kSpi1ReceiveStreams = {0, 2};
constexpr std::array<uint32_t, 2> kSpi1TransmitStreams = {3, 5};

// RM0090 table 62.
constexpr uint32_t kSpi1Interrupt = 35;
constexpr std::array<uint32_t, Dma::kStreams> kDma2Interrupts = {56, 57, 58, 59, 60, 68, 69, 70};
struct ExtiInterrupt {
  uint32_t interrupt;
  uint32_t first;
  uint32_t last;
};
constexpr ExtiInterrupt kExtiInterrupts[] = {{6, 0, 0},  {7, 1, 1},  {8, 2, 2},   {9, 3, 3},
                                             {10, 4, 4}, {23, 5, 9}, {40, 10, 15}};

constexpr uint32_t kExternalConfiguration = 0x08;  // SYSCFG_EXTICR1
constexpr uint32_t kNowhere = 0xffff'fc00;         // the bus finds nothing there

}  // namespace

void Stm32f407::AddSpi() {
  const auto is_routed = [this](std::span<const Pin> pins) {
    return std::ranges::any_of(pins, [this](const Pin& pin) {
      return gpio(pin.port).IsRoutedTo(pin.number, kSpiFunction);
    });
  };
  const BoardClock& board_clock = *this;
  spi1_.emplace(Spi::Wiring{.name = "SPI1",
                            .clock_hertz = [this] { return rcc_.pclk2(); },
                            .has_sck_pin = [is_routed] { return is_routed(kSckPins); },
                            .has_miso_pin = [is_routed] { return is_routed(kMisoPins); },
                            .has_mosi_pin = [is_routed] { return is_routed(kMosiPins); }},
                board_clock, violations_);
  bus_.Add({.name = "SPI1",
            .base = 0x4001'3000,
            .peripheral = &*spi1_,
            .enable_register = Rcc::kApb2Enable,
            .enable_bit = 12,
            .interrupt = kSpi1Interrupt});
}

// Behind the SPI on the bus: what a byte's end requests is done in the same moment.
void Stm32f407::AddDma() {
  DmaBus& dma_bus = *this;
  dma2_.emplace("DMA2", dma_bus, violations_);
  for (const uint32_t stream : kSpi1ReceiveStreams) {
    dma2_->Connect(stream, kSpi1Channel, [this] { return spi1_->has_received_data(); });
  }
  for (const uint32_t stream : kSpi1TransmitStreams) {
    dma2_->Connect(stream, kSpi1Channel, [this] { return spi1_->wants_transmit_data(); });
  }
  bus_.Add({.name = "DMA2",
            .base = 0x4002'6400,
            .peripheral = &*dma2_,
            .enable_register = Rcc::kAhb1Enable,
            .enable_bit = 22});
  for (uint32_t stream = 0; stream < Dma::kStreams; ++stream) {
    bus_.AddLine(kDma2Interrupts.at(stream),
                 [this, stream] { return dma2_->interrupt_of(stream); });
  }
}

void Stm32f407::AddExti() {
  const auto selected_port = [this](uint32_t pin) {
    return syscfg_.Peek(kExternalConfiguration + pin / 4 * 4) >> (pin % 4 * 4) & 0xf;
  };
  exti_.emplace(selected_port, violations_);
  bus_.Add({.name = "EXTI", .base = 0x4001'3c00, .peripheral = &*exti_});
  for (const ExtiInterrupt& one : kExtiInterrupts) {
    bus_.AddLine(one.interrupt, [this, &one] { return exti_->interrupt_of(one.first, one.last); });
  }
  for (uint32_t port = 0; port < gpios_.size(); ++port) {
    gpios_.at(port).SetInputListener(
        [this, port](uint32_t pin, bool is_high) { exti_->OnPin(port, pin, is_high); });
  }
}

void Stm32f407::Attach(Peripheral& device) {
  bus_.Add({.name = "device", .base = kNowhere, .peripheral = &device});
}

bool Stm32f407::DmaRead(uint32_t address, uint32_t width, uint32_t& value) {
  const Memory* memory = Find(address, width);
  if (memory != nullptr && memory->base == kCcmBase) {
    violations_.Add("DMA2 does not reach the CCM");
    return false;
  }
  return Read(address, width, value);
}

bool Stm32f407::DmaWrite(uint32_t address, uint32_t width, uint32_t value) {
  const Memory* memory = Find(address, width);
  if (memory != nullptr && (memory->base == kCcmBase || !memory->is_writable)) {
    violations_.Add("DMA2 does not write to the CCM or the flash");
    return false;
  }
  return Write(address, width, value);
}

}  // namespace test
