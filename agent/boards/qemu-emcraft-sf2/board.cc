#include "agent/board.h"

#include <array>

#include "agent/app.h"
#include "agent/boards/qemu-emcraft-sf2/board.h"
#include "agent/boards/qemu-emcraft-sf2/chip.h"
#include "agent/channel.h"
#include "agent/cortex_m/core.h"
#include "agent/cortex_m/fault.h"
#include "agent/cortex_m/retained.h"
#include "agent/cortex_m/sleep.h"
#include "agent/cortex_m/vectors.h"
#include "agent/rtt_port.h"
#include "agent/static_object.h"
#include "drivers/mmio_bus.h"
#include "drivers/msf2_emac/msf2_emac.h"
#include "drivers/uart/ns16550_uart.h"

namespace agent {
namespace msf2 {
namespace {

constexpr AppLimits kLimits = {.small_buffers = 96,
                               .big_buffers = 64,
                               .parts = 96,
                               .tcp_connections = 16,
                               // What the receive ring holds, with room for others.
                               .tcp_receive_window = 12 * 1460,
                               .tcp_send_buffer = 12 * 1460,
                               .capture_bytes = 48 * 1024,
                               .task_bytes = 32 * 1024,
                               .jobs = 8,
                               .channels = 2};

// Everything that is not in the App, then the App.
struct Board {
  Board()
      : info{.name = kBoardName,
             .cpu_hz = kClockHz,
             .boot = cortex_m::RetainedBootRecord().Begin()} {}

  BoardInfo info;
  PacketMemory<kLimits> packets;
  drivers::Msf2EmacMemory<32, 8> rings;
  drivers::MmioBus ethernet_bus{kEthernet};
  drivers::Msf2Emac ethernet{ethernet_bus,
                             packets.pools(),
                             rings.receive(),
                             rings.transmit(),
                             {.phy_address = kPhyAddress,
                              .set_line_speed = &SetLineSpeed,
                              .stores_frame_check_sequence = false,
                              .first_octet_on_top = true,
                              .phy_loopback = false}};
  drivers::MmioBus uart_bus{kUart0};
  std::array<std::byte, kChannelReceiveRing + 1> uart_received;
  std::array<std::byte, 4096> uart_unsent;
  drivers::Ns16550Uart uart{uart_bus, uart_received, uart_unsent};
  RttPort rtt{cortex_m::RetainedRttMemory()};
  CountersOf<drivers::Msf2EmacStats, drivers::PhyStats, RttStats> counters{
      ethernet.details(), ethernet.phy().stats(), rtt.rtt_stats()};
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
void OnUart() {
  drivers::Ns16550Uart& uart = board.get().uart;
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
  handlers[kEthernetInterrupt] = &OnEthernet;
  handlers[kTimer2Interrupt] = &OnAlarm;
  return handlers;
}
BOARD_INTERRUPTS constinit const auto kHandlers = MakeInterrupts();

// The chip has no address of its own: locally administered, named after the board.
constexpr base::MacAddress kMac{{0x02, 0x00, 0x00, 0x0f, 0x02, 0x01}};

}  // namespace
}  // namespace msf2

App& StartBoard() {
  msf2::StartChip();
  msf2::Board& board = msf2::board.Construct();
  // The divider of a constant baud rate is in range.
  static_cast<void>(board.uart.Start(msf2::kPeripheralHz, msf2::kUartBaud));
  for (const uint32_t interrupt :
       {msf2::kUart0Interrupt, msf2::kEthernetInterrupt, msf2::kTimer2Interrupt}) {
    cortex_m::EnableInterrupt(interrupt);
  }
  // The log has room for it beside the channels.
  static_cast<void>(board.storage.core().log.Attach(board.rtt));
  App& app = board.storage.app();
  app.Start(msf2::kMac, {}, Now());
  return app;
}

base::Instant Now() { return msf2::ReadClock(); }

void SleepUntil(base::Instant deadline) {
  cortex_m::SleepUntil(deadline,
                       {.read_clock = &msf2::ReadClock,
                        .arm_devices = [] { return msf2::board.get().ethernet.ArmInterrupt(); },
                        .set_alarm = &msf2::SetAlarm});
}

// Past the UART driver, which may be what failed.
void cortex_m::WriteEmergencyText(std::string_view text) {
  // PC16550D: data, and at 0x14 line status (bit 5: transmitter empty).
  auto* const registers = reinterpret_cast<volatile uint32_t*>(msf2::kUart0);
  constexpr uint32_t kLongestByte = 1'000'000;
  for (const char c : text) {
    for (uint32_t i = 0; i < kLongestByte && (registers[5] & 0x20) == 0; ++i) {
    }
    registers[0] = static_cast<uint8_t>(c);
  }
}

}  // namespace agent
