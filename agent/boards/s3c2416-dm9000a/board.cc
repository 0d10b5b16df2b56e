#include "agent/boards/s3c2416-dm9000a/board.h"

#include <array>

#include "agent/app.h"
#include "agent/arm926/core.h"
#include "agent/arm926/mmu.h"
#include "agent/bare_metal/machine.h"
#include "agent/bare_metal/sleep.h"
#include "agent/board.h"
#include "agent/boards/s3c2416-dm9000a/chip.h"
#include "agent/boards/s3c2416-dm9000a/clocks.h"
#include "agent/boards/s3c2416-dm9000a/timer.h"
#include "agent/channel.h"
#include "agent/static_object.h"
#include "drivers/dm9000a/dm9000a.h"
#include "drivers/mmio_bus.h"
#include "drivers/uart/s3c2416_uart.h"

namespace agent {
namespace s3c2416 {
namespace {

constexpr AppLimits kLimits = {.small_buffers = 128,
                               .big_buffers = 256,
                               .parts = 256,
                               .tcp_connections = 32,
                               // What the MAC keeps while the loop is elsewhere.
                               .tcp_receive_window = 8 * 1460,
                               .tcp_send_buffer = 24 * 1460,
                               .capture_bytes = 60 * 1024,
                               .task_bytes = 64 * 1024,
                               .jobs = 8};

// Everything that is not in the App, then the App.
struct Board {
  explicit Board(uint32_t core_hz)
      : info{.name = kBoardName, .cpu_hz = core_hz, .boot = machine::RetainedBootRecord().Begin()} {
  }

  BoardInfo info;
  PacketMemory<kLimits> packets;
  drivers::MappedIndexDataBus ethernet_bus{drivers::IndexDataBus::Width::k16, kEthernetIndex,
                                           kEthernetData};
  drivers::Dm9000a ethernet{ethernet_bus, packets.pools()};
  drivers::S3c2416UartBus uart_bus{kUart0};
  drivers::MmioBus interrupt_controller{kInterruptController};
  std::array<std::byte, kChannelReceiveRing + 1> uart_received;
  std::array<std::byte, 4096> uart_unsent;
  drivers::S3c2416Uart uart{uart_bus, interrupt_controller, kUart0ReceiveSubSource, uart_received,
                            uart_unsent};
  CountersOf<drivers::Dm9000aStats, drivers::PhyStats> counters{ethernet.details(),
                                                                ethernet.phy().stats()};
  std::array<drivers::Uart*, kLimits.channels> channels{&uart};
  AppStorage<kLimits> storage{AppParts{.board = info,
                                       .pools = packets.pools(),
                                       .driver = ethernet,
                                       .phy = ethernet.phy(),
                                       .counters = counters,
                                       .channels = channels,
                                       .read_clock = &ReadClock}};
};

constinit StaticObject<Board> board;

// User's manual chapter 9, and 10 for the lines EINT4 to EINT23.
volatile uint32_t& Srcpnd() { return Register<kInterruptController + 0x00>(); }
volatile uint32_t& Intmsk() { return Register<kInterruptController + 0x08>(); }
volatile uint32_t& Intpnd() { return Register<kInterruptController + 0x10>(); }
volatile uint32_t& Intoffset() { return Register<kInterruptController + 0x14>(); }
volatile uint32_t& Eintmask() { return Register<kPorts + 0xa4>(); }
volatile uint32_t& Eintpend() { return Register<kPorts + 0xa8>(); }
constexpr uint32_t kEint7 = 1 << 7;

// The loop refills the transmit ring when it is half empty, not for every byte.
void OnUart0() {
  drivers::S3c2416Uart& uart = board.get().uart;
  const bool received = uart.OnInterrupt();
  if (received || uart.write_room() >= board.get().uart_unsent.size() / 2) {
    bare_metal::NoteWork();
  }
}

// The driver may be in the middle of an access, so the chip itself is left alone.
void OnEthernet() {
  Eintmask() = Eintmask() | kEint7;
  Eintpend() = kEint7;
  bare_metal::NoteWork();
}

bool ArmDevices() {
  if (!board.get().ethernet.ArmInterrupt()) {
    return false;
  }
  Eintpend() = kEint7;
  Eintmask() = Eintmask() & ~kEint7;
  return true;
}

// Taken back before it is served: what comes up meanwhile is another interrupt.
extern "C" [[gnu::used]] void HandleInterrupt() {
  if (Intpnd() == 0) {
    return;  // its source was masked meanwhile
  }
  const uint32_t interrupt = Intoffset();
  Srcpnd() = 1u << interrupt;
  Intpnd() = 1u << interrupt;
  if (interrupt == kTimer4Interrupt) {
    OnTick();
  } else if (interrupt == kUart0Interrupt) {
    OnUart0();
  } else if (interrupt == kEint4To7Interrupt) {
    OnEthernet();
  } else {
    Intmsk() = Intmsk() | 1u << interrupt;  // of no device that this board uses
  }
}

void EnableBoardInterrupts() {
  Eintpend() = Eintpend();
  constexpr uint32_t kUsed =
      1u << kEint4To7Interrupt | 1u << kTimer4Interrupt | 1u << kUart0Interrupt;
  Srcpnd() = Srcpnd();
  Intpnd() = Intpnd();
  Intmsk() = ~kUsed;
  arm926::EnableInterrupts();
}

// Of a board without an EEPROM: locally administered, named after the board.
constexpr base::MacAddress kDefaultMac{{0x02, 0x00, 0x00, 0x24, 0x16, 0x01}};

}  // namespace
}  // namespace s3c2416

std::span<const arm926::Region> arm926::MemoryMap() {
  static constexpr std::array<Region, 5> kMap = {{
      {0x000, 0x300, 1, Memory::kCode},  // the vectors
      {0x080, 0x080, 1, Memory::kDevice},
      {0x300, 0x300, 1, Memory::kCode},
      {0x302, 0x302, 62, Memory::kData},
      {0x480, 0x480, 0x180, Memory::kDevice},
  }};
  return kMap;
}

App& StartBoard() {
  using namespace s3c2416;
  QuietenChip();
  const Clocks clocks = ReadClocks();
  ConnectPins();
  OpenEthernetBank(clocks.hclk_hz);
  StartTimer(clocks.pclk_hz);
  Board& started = board.Construct(clocks.core_hz);
  // PCLK is some tens of megahertz, so that the divider is in range.
  static_cast<void>(started.uart.Start(clocks.pclk_hz, kUartBaud));
  EnableBoardInterrupts();
  App& app = started.storage.app();
  app.Start(kDefaultMac, {}, Now());
  return app;
}

base::Instant Now() { return s3c2416::ReadClock(); }

void SleepUntil(base::Instant deadline) {
  bare_metal::SleepUntil(deadline, {.read_clock = &s3c2416::ReadClock,
                                    .arm_devices = &s3c2416::ArmDevices,
                                    .set_alarm = &s3c2416::SetAlarm});
}

// Past the UART driver, which may be what failed.
void machine::WriteEmergencyText(std::string_view text) {
  // Chapter 14: UTRSTAT (bit 2: all is out), UFSTAT (bit 14: the FIFO is full), UTXH.
  const auto& transmit_status = s3c2416::Register<s3c2416::kUart0 + 0x10>();
  const auto& fifo_status = s3c2416::Register<s3c2416::kUart0 + 0x18>();
  auto* const transmit = reinterpret_cast<volatile uint8_t*>(s3c2416::kUart0 + 0x20);
  constexpr uint32_t kTransmitterEmpty = 1 << 2;
  constexpr uint32_t kFifoFull = 1 << 14;
  constexpr uint32_t kLongestByte = 1'000'000;
  for (const char c : text) {
    for (uint32_t i = 0; i < kLongestByte && (fifo_status & kFifoFull) != 0; ++i) {
    }
    *transmit = static_cast<uint8_t>(c);
  }
  // A restart follows, which empties the FIFO.
  for (uint32_t i = 0; i < 64 * kLongestByte && (transmit_status & kTransmitterEmpty) == 0; ++i) {
  }
}

}  // namespace agent
