// The smallest board: 64 KB of RAM for everything.
#include "agent/board.h"

#include <array>

#include "agent/app.h"
#include "agent/boards/qemu-lm3s6965evb/board.h"
#include "agent/boards/qemu-lm3s6965evb/chip.h"
#include "agent/cortex_m/core.h"
#include "agent/cortex_m/fault.h"
#include "agent/cortex_m/retained.h"
#include "agent/cortex_m/sleep.h"
#include "agent/cortex_m/vectors.h"
#include "agent/static_object.h"
#include "drivers/phy/stand_in_phy.h"
#include "drivers/port_bus.h"
#include "drivers/stellaris_eth/stellaris_eth.h"
#include "drivers/uart/pl011_uart.h"

namespace agent {
namespace lm3s {
namespace {

constexpr AppLimits kLimits = {.small_buffers = 12,
                               .big_buffers = 6,
                               .parts = 12,
                               .tcp_connections = 4,
                               .tcp_receive_window = 2 * 1460,
                               .tcp_send_buffer = 2 * 1460,
                               .capture_bytes = 2 * 1024,
                               .task_bytes = 6 * 1024,
                               .jobs = 2,
                               .bulk_bytes = 2 * 1024};
// Two of the longest control frames.
constexpr uint32_t kChannelRing = 1024;

// Everything that is not in the App, then the App.
struct Board {
  Board()
      : info{.name = kBoardName,
             .cpu_hz = kClockHz,
             .channel_ring = kChannelRing,
             .boot = cortex_m::RetainedBootRecord().Begin()} {}

  BoardInfo info;
  PacketMemory<kLimits> packets;
  drivers::PortBus ethernet_bus{kEthernet};
  // QEMU's model has no PHY: its management registers read as zero.
  drivers::StandInPhy phy;
  drivers::StellarisEth ethernet{
      ethernet_bus,
      packets.pools(),
      {.clock_hz = kClockHz, .other_phy = &phy, .phy_address = drivers::StandInPhy::kAddress}};
  drivers::PortBus uart_bus{kUart0};
  std::array<std::byte, kChannelRing + 1> uart_received;
  std::array<std::byte, 1024> uart_unsent;
  drivers::Pl011Uart uart{uart_bus, uart_received, uart_unsent};
  CountersOf<drivers::StellarisEthStats, drivers::PhyStats> counters{ethernet.details(),
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

// The loop refills the transmit ring when it is half empty, not for every byte.
void OnUart() {
  drivers::Pl011Uart& uart = board.get().uart;
  const bool received = uart.OnInterrupt();
  if (received || uart.write_room() >= board.get().uart_unsent.size() / 2) {
    cortex_m::NoteWork();
  }
}

void OnEthernet() {
  board.get().ethernet.OnInterrupt();
  cortex_m::NoteWork();
}

void OnAlarm() { AcknowledgeAlarm(); }

constexpr std::array<cortex_m::Handler, kInterrupts> MakeInterrupts() {
  std::array<cortex_m::Handler, kInterrupts> handlers;
  handlers.fill(&cortex_m::UnexpectedInterrupt);
  handlers[kUart0Interrupt] = &OnUart;
  handlers[kTimer0Interrupt] = &OnAlarm;
  handlers[kEthernetInterrupt] = &OnEthernet;
  return handlers;
}
BOARD_INTERRUPTS constinit const auto kHandlers = MakeInterrupts();

// Of a board whose user registers are empty: locally administered, named after the chip.
constexpr base::MacAddress kDefaultMac{{0x02, 0x00, 0x00, 0x69, 0x65, 0x01}};

base::MacAddress ChooseMacAddress() {
  const base::MacAddress mac = ReadMacAddress();
  return mac.is_zero() || mac.is_group() ? kDefaultMac : mac;
}

}  // namespace
}  // namespace lm3s

App& StartBoard() {
  lm3s::StartChip();
  lm3s::Board& board = lm3s::board.Construct();
  // The divider of a constant baud rate is in range.
  static_cast<void>(board.uart.Start(lm3s::kClockHz, lm3s::kUartBaud));
  for (const uint32_t interrupt :
       {lm3s::kUart0Interrupt, lm3s::kTimer0Interrupt, lm3s::kEthernetInterrupt}) {
    cortex_m::EnableInterrupt(interrupt);
  }
  App& app = board.storage.app();
  app.Start(lm3s::ChooseMacAddress(), {}, Now());
  return app;
}

base::Instant Now() { return lm3s::ReadClock(); }

void SleepUntil(base::Instant deadline) {
  cortex_m::SleepUntil(deadline,
                       {.read_clock = &lm3s::ReadClock,
                        .arm_devices = [] { return lm3s::board.get().ethernet.ArmInterrupt(); },
                        .set_alarm = &lm3s::SetAlarm});
}

// Past the UART driver, which may be what failed.
void cortex_m::WriteEmergencyText(std::string_view text) {
  // Data sheet 12.5: data, and at 0x18 flags (bit 5: transmit FIFO full).
  auto* const registers = reinterpret_cast<volatile uint32_t*>(lm3s::kUart0);
  constexpr uint32_t kLongestByte = 1'000'000;
  for (const char c : text) {
    for (uint32_t i = 0; i < kLongestByte && (registers[6] & 0x20) != 0; ++i) {
    }
    registers[0] = static_cast<uint8_t>(c);
  }
}

}  // namespace agent
