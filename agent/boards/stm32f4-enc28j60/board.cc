// An STM32F407VG with an 8 MHz crystal and an ENC28J60 on SPI1.
#include "agent/boards/stm32f4-enc28j60/board.h"

#include <array>

#include "agent/app.h"
#include "agent/board.h"
#include "agent/channel.h"
#include "agent/cortex_m/core.h"
#include "agent/cortex_m/retained.h"
#include "agent/cortex_m/sleep.h"
#include "agent/cortex_m/vectors.h"
#include "agent/rtt_port.h"
#include "agent/static_object.h"
#include "agent/stm32f4/exti.h"
#include "agent/stm32f4/start.h"
#include "agent/stm32f4/timer.h"
#include "drivers/enc28j60/enc28j60.h"
#include "drivers/mmio_bus.h"
#include "drivers/uart/stm32_usart.h"

namespace agent {
namespace stm32f4 {
namespace {

// The chip keeps three received frames of full size.
constexpr AppLimits kLimits = {.small_buffers = 32,
                               .big_buffers = 24,
                               .parts = 32,
                               .tcp_connections = 8,
                               .tcp_receive_window = 3 * 1460,
                               .tcp_send_buffer = 4 * 1460,
                               .capture_bytes = 8 * 1024,
                               .task_bytes = 12 * 1024,
                               .jobs = 4,
                               .channels = 2};

// Everything that is not in the App, then the App.
struct Board {
  explicit Board(const Clocks& clocks)
      : info{.name = "stm32f4-enc28j60", .cpu_hz = clocks.core_hz, .boot = ReadBoot()},
        spi(spi_bus, dma_bus, select_bus, EthernetSpi(clocks.apb2_hz)) {}

  BoardInfo info;
  PacketMemory<kLimits> packets;
  drivers::MmioBus spi_bus{kSpi1};
  drivers::MmioBus dma_bus{kDma2};
  drivers::MmioBus select_bus{kSpiSelect.port};
  drivers::Stm32Spi spi;
  drivers::Enc28j60 ethernet{spi, packets.pools(), {.spi_hz = spi.rate_hz()}};
  RttPort rtt{cortex_m::RetainedRttMemory()};
  CountersOf<drivers::Enc28j60Stats, drivers::Stm32SpiStats, drivers::PhyStats, RttStats> counters{
      ethernet.details(), spi.stats(), ethernet.phy().stats(), rtt.rtt_stats()};
  drivers::MmioBus uart_bus{kUsart3};
  std::array<std::byte, kChannelReceiveRing + 1> uart_received;
  std::array<std::byte, 2048> uart_unsent;
  drivers::Stm32Usart uart{uart_bus, uart_received, uart_unsent};
  std::array<drivers::Uart*, kLimits.channels> channels{&uart, &rtt};
  AppStorage<kLimits> storage{AppParts{.board = info,
                                       .pools = packets.pools(),
                                       .driver = ethernet,
                                       .phy = ethernet.phy(),
                                       .counters = counters,
                                       .channels = channels,
                                       .read_clock = &ReadClock}};
};

constinit StaticObject<Board> board;

// The loop refills the transmit ring when it is half empty, not for every byte.
void OnUsart3() {
  drivers::Stm32Usart& uart = board.get().uart;
  const bool received = uart.OnInterrupt();
  if (received || uart.write_room() >= board.get().uart_unsent.size() / 2) {
    cortex_m::NoteWork();
  }
}

void OnTim2() { AcknowledgeAlarm(); }

// The loop may be in the middle of an SPI transaction, so the chip is left to it.
void OnExti4() {
  AcknowledgeEdge(kEthernetInterrupt);
  cortex_m::NoteWork();
}

constexpr std::array<cortex_m::Handler, kInterrupts> MakeInterrupts() {
  std::array<cortex_m::Handler, kInterrupts> handlers;
  handlers.fill(&cortex_m::UnexpectedInterrupt);
  handlers[kExti4Interrupt] = &OnExti4;
  handlers[kTim2Interrupt] = &OnTim2;
  handlers[kUsart3Interrupt] = &OnUsart3;
  return handlers;
}
BOARD_INTERRUPTS constinit const auto kHandlers = MakeInterrupts();

void Pause(uint32_t microseconds) {
  const base::Instant end = ReadClock() + base::Duration(microseconds);
  // A look takes some cycles at least; more of them than cycles in that time are never needed.
  for (uint32_t i = 0; i < 168 * microseconds && ReadClock() < end; ++i) {
  }
}

void ResetEthernet() {
  MakeOutput(kEthernetReset, false);
  Pause(kResetLowUs);
  SetPin(kEthernetReset, true);
  Pause(kResetRecoveryUs);
}

void ConnectEthernet() {
  EnableClocks({.ahb1 = kGpioAClock | kGpioCClock | kDma2Clock, .apb2 = kSpi1Clock | kSyscfgClock});
  MakeOutput(kSpiSelect, true, Slew::kHigh);
  ConnectPin(kSpiClock, kSpiFunction, Pull::kNone, Slew::kHigh);
  // Nobody drives it between transactions.
  ConnectPin(kSpiReceive, kSpiFunction, Pull::kUp);
  ConnectPin(kSpiTransmit, kSpiFunction, Pull::kNone, Slew::kHigh);
  MakeInput(kEthernetInterrupt, Pull::kUp);
  ResetEthernet();
  ConnectFallingEdge(kEthernetInterrupt);
}

// An edge that came while the line was low already is none: the level counts.
bool ArmEthernet() { return board.get().ethernet.ArmInterrupt() && ReadPin(kEthernetInterrupt); }

}  // namespace
}  // namespace stm32f4

App& StartBoard() {
  using namespace stm32f4;
  const Clocks clocks = StartChip();
  ConnectEthernet();
  Board& started = board.Construct(clocks);
  started.spi.Start();
  // The divider of a constant baud rate is in range.
  static_cast<void>(started.uart.Start(clocks.apb1_hz, kUartBaud));
  cortex_m::EnableInterrupt(kTim2Interrupt);
  cortex_m::EnableInterrupt(kUsart3Interrupt);
  cortex_m::EnableInterrupt(kExti4Interrupt);
  Log& log = started.storage.core().log;
  // The log has room for it beside the channels.
  static_cast<void>(log.Attach(started.rtt));
  App& app = started.storage.app();
  app.Start(ReadMacAddress(), {}, Now());
  LogClocks(log, clocks, Now());
  return app;
}

void SleepUntil(base::Instant deadline) {
  cortex_m::SleepUntil(deadline, {.read_clock = &stm32f4::ReadClock,
                                  .arm_devices = &stm32f4::ArmEthernet,
                                  .set_alarm = &stm32f4::SetAlarm});
}

}  // namespace agent
