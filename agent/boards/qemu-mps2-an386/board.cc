#include "agent/boards/qemu-mps2-an386/board.h"

#include <array>

#include "agent/app.h"
#include "agent/board.h"
#include "agent/boards/qemu-mps2-an386/timers.h"
#include "agent/channel.h"
#include "agent/cortex_m/core.h"
#include "agent/cortex_m/fault.h"
#include "agent/cortex_m/retained.h"
#include "agent/cortex_m/sleep.h"
#include "agent/cortex_m/vectors.h"
#include "agent/rtt_port.h"
#include "agent/static_object.h"
#include "drivers/lan9118/lan9118.h"
#include "drivers/mmio_bus.h"
#include "drivers/uart/cmsdk_uart.h"

namespace agent {
namespace mps2 {
namespace {

constexpr AppLimits kLimits = {.small_buffers = 48,
                               .big_buffers = 48,
                               .parts = 64,
                               .tcp_connections = 16,
                               // QEMU's LAN9118 keeps six full frames and drops silently.
                               .tcp_receive_window = 6 * 1460,
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
  drivers::MmioBus ethernet_bus{kEthernet};
  drivers::Lan9118 ethernet{
      ethernet_bus,
      packets.pools(),
      {.phy_address = kPhyAddress, .mac_loopback = false, .fast_forward = false}};
  drivers::MmioBus uart_bus{kUart0};
  std::array<std::byte, kChannelReceiveRing + 1> uart_received;
  std::array<std::byte, 4096> uart_unsent;
  drivers::CmsdkUart uart{uart_bus, uart_received, uart_unsent};
  RttPort rtt{cortex_m::RetainedRttMemory()};
  CountersOf<drivers::Lan9118Stats, drivers::PhyStats, RttStats> counters{
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

void OnUartReceive() {
  board.get().uart.OnReceiveInterrupt();
  cortex_m::NoteWork();
}

// The loop refills the transmit ring when it is half empty, not for every byte.
void OnUartTransmit() {
  drivers::CmsdkUart& uart = board.get().uart;
  uart.OnTransmitInterrupt();
  if (uart.write_room() >= board.get().uart_unsent.size() / 2) {
    cortex_m::NoteWork();
  }
}

void OnEthernet() {
  board.get().ethernet.OnInterrupt();
  cortex_m::NoteWork();
}

void OnAlarm() { AcknowledgeAlarm(); }

constexpr std::array<cortex_m::Handler, 32> MakeInterrupts() {
  std::array<cortex_m::Handler, 32> handlers;
  handlers.fill(&cortex_m::UnexpectedInterrupt);
  handlers[kUart0ReceiveInterrupt] = &OnUartReceive;
  handlers[kUart0TransmitInterrupt] = &OnUartTransmit;
  handlers[kTimer1Interrupt] = &OnAlarm;
  handlers[kEthernetInterrupt] = &OnEthernet;
  return handlers;
}
BOARD_INTERRUPTS constinit const auto kInterrupts = MakeInterrupts();

// Of a board without an EEPROM: locally administered, named after the board.
constexpr base::MacAddress kDefaultMac{{0x02, 0x00, 0x00, 0x86, 0x03, 0x01}};

// The address that the chip loaded from its EEPROM; QEMU puts `-nic mac=` there.
base::MacAddress ReadMacAddress(drivers::Lan9118& ethernet) {
  const base::Result<uint32_t> high = ethernet.ReadRegister(kMacAddressHigh);
  const base::Result<uint32_t> low = ethernet.ReadRegister(kMacAddressLow);
  if (!high || !low) {
    return kDefaultMac;
  }
  const base::MacAddress mac{{static_cast<uint8_t>(*low), static_cast<uint8_t>(*low >> 8),
                              static_cast<uint8_t>(*low >> 16), static_cast<uint8_t>(*low >> 24),
                              static_cast<uint8_t>(*high), static_cast<uint8_t>(*high >> 8)}};
  return mac.is_zero() || mac.is_group() ? kDefaultMac : mac;
}

}  // namespace
}  // namespace mps2

App& StartBoard() {
  mps2::StartTimers();
  mps2::Board& board = mps2::board.Construct();
  // The divider of a constant baud rate is in range.
  static_cast<void>(board.uart.Start(mps2::kClockHz, mps2::kUartBaud));
  for (const uint32_t interrupt : {mps2::kUart0ReceiveInterrupt, mps2::kUart0TransmitInterrupt,
                                   mps2::kTimer1Interrupt, mps2::kEthernetInterrupt}) {
    cortex_m::EnableInterrupt(interrupt);
  }
  // The log has room for it beside the channels.
  static_cast<void>(board.storage.core().log.Attach(board.rtt));
  App& app = board.storage.app();
  app.Start(mps2::ReadMacAddress(board.ethernet), {}, Now());
  return app;
}

base::Instant Now() { return mps2::ReadClock(); }

void SleepUntil(base::Instant deadline) {
  cortex_m::SleepUntil(deadline,
                       {.read_clock = &mps2::ReadClock,
                        .arm_devices = [] { return mps2::board.get().ethernet.ArmInterrupt(); },
                        .set_alarm = &mps2::SetAlarm});
}

// Past the UART driver, which may be what failed.
void cortex_m::WriteEmergencyText(std::string_view text) {
  // ARM DDI 0479 table 4-8: data, state (bit 0: transmit buffer full), control (bit 0: transmit).
  auto* const registers = reinterpret_cast<volatile uint32_t*>(mps2::kUart0);
  constexpr uint32_t kLongestByte = 1'000'000;
  registers[2] = registers[2] | 1;
  for (const char c : text) {
    for (uint32_t i = 0; i < kLongestByte && (registers[1] & 1) != 0; ++i) {
    }
    registers[0] = static_cast<uint8_t>(c);
  }
}

}  // namespace agent
