// An STM32F407 with an 8 MHz crystal and a PHY on RMII.
#include "agent/board.h"

#include <array>

#include "agent/app.h"
#include "agent/boards/stm32f4-rmii/rmii.h"
#include "agent/channel.h"
#include "agent/cortex_m/core.h"
#include "agent/cortex_m/retained.h"
#include "agent/cortex_m/sleep.h"
#include "agent/cortex_m/vectors.h"
#include "agent/rtt_port.h"
#include "agent/static_object.h"
#include "agent/stm32f4/chip.h"
#include "agent/stm32f4/start.h"
#include "agent/stm32f4/timer.h"
#include "drivers/mmio_bus.h"
#include "drivers/stm32_eth/stm32_eth.h"
#include "drivers/uart/stm32_usart.h"

namespace agent {
namespace stm32f4 {
namespace {

constexpr AppLimits kLimits = {.small_buffers = 32,
                               .big_buffers = 24,
                               .parts = 32,
                               .tcp_connections = 8,
                               .tcp_receive_window = 6 * 1460,
                               .tcp_send_buffer = 6 * 1460,
                               .capture_bytes = 8 * 1024,
                               .task_bytes = 12 * 1024,
                               .jobs = 4,
                               .channels = 2};

constexpr size_t kReceiveDescriptors = 8;
constexpr size_t kTransmitDescriptors = 16;

// A KSZ8081 may be strapped to address 0, or answer there to a broadcast beside its own.
constexpr uint8_t kPhyAddress = drivers::Phy::kScanForAddress;

// The time that a PHY gets for its start from the board's power-up on (KSZ8081 datasheet, "reset
// circuit": 10 ms of reset, then 100 us); it drives REF_CLK, which the MAC needs to start.
constexpr base::Duration kPhyPowerUp = std::chrono::milliseconds(15);

struct Board {
  explicit Board(uint32_t core_hz)
      : info{.name = "stm32f4-rmii", .cpu_hz = core_hz, .boot = ReadBoot()} {}

  BoardInfo info;
  PacketMemory<kLimits> packets;
  drivers::Stm32EthStorage<kReceiveDescriptors, kTransmitDescriptors> rings;
  drivers::MmioBus ethernet_bus{kEthernet};
  drivers::Stm32Eth ethernet{ethernet_bus,
                             packets.pools(),
                             rings.rings(),
                             {.hclk_hz = info.cpu_hz, .phy_address = kPhyAddress}};
  RttPort rtt{cortex_m::RetainedRttMemory()};
  CountersOf<drivers::Stm32EthStats, drivers::PhyStats, RttStats> counters{
      ethernet.details(), ethernet.phy().stats(), rtt.rtt_stats()};
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

void OnEthernet() {
  board.get().ethernet.OnInterrupt();
  cortex_m::NoteWork();
}

bool ArmDevices() { return board.get().ethernet.ArmInterrupt(); }

void WaitForPhy() {
  constexpr uint32_t kMostLooks = 1'000'000;  // should the clock stand still
  for (uint32_t i = 0; i < kMostLooks && ReadClock() < base::Instant(kPhyPowerUp); ++i) {
  }
}

constexpr std::array<cortex_m::Handler, kInterrupts> MakeInterrupts() {
  std::array<cortex_m::Handler, kInterrupts> handlers;
  handlers.fill(&cortex_m::UnexpectedInterrupt);
  handlers[kTim2Interrupt] = &OnTim2;
  handlers[kUsart3Interrupt] = &OnUsart3;
  handlers[kEthernetInterrupt] = &OnEthernet;
  return handlers;
}
BOARD_INTERRUPTS constinit const auto kHandlers = MakeInterrupts();

}  // namespace
}  // namespace stm32f4

App& StartBoard() {
  using namespace stm32f4;
  const Clocks clocks = StartChip();
  ConnectRmii();
  Board& started = board.Construct(clocks.core_hz);
  // The divider of a constant baud rate is in range.
  static_cast<void>(started.uart.Start(clocks.apb1_hz, kUartBaud));
  cortex_m::EnableInterrupt(kTim2Interrupt);
  cortex_m::EnableInterrupt(kUsart3Interrupt);
  cortex_m::EnableInterrupt(kEthernetInterrupt);
  Log& log = started.storage.core().log;
  // The log has room for it beside the channels.
  static_cast<void>(log.Attach(started.rtt));
  App& app = started.storage.app();
  WaitForPhy();
  app.Start(ReadMacAddress(), {}, Now());
  LogClocks(log, clocks, Now());
  return app;
}

void SleepUntil(base::Instant deadline) {
  cortex_m::SleepUntil(deadline, {.read_clock = &stm32f4::ReadClock,
                                  .arm_devices = &stm32f4::ArmDevices,
                                  .set_alarm = &stm32f4::SetAlarm});
}

}  // namespace agent
