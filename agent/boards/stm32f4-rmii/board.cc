#include "agent/boards/stm32f4-rmii/board.h"

#include <array>
#include <atomic>
#include <cstring>

#include "agent/app.h"
#include "agent/board.h"
#include "agent/boards/stm32f4-rmii/no_ethernet.h"
#include "agent/boards/stm32f4-rmii/rcc.h"
#include "agent/boards/stm32f4-rmii/timer.h"
#include "agent/channel.h"
#include "agent/cortex_m/core.h"
#include "agent/cortex_m/critical_section.h"
#include "agent/cortex_m/fault.h"
#include "agent/cortex_m/retained.h"
#include "agent/cortex_m/vectors.h"
#include "agent/rtt_port.h"
#include "agent/static_object.h"
#include "agent/unique_mac.h"
#include "drivers/mmio_bus.h"
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

// The chip's own reason, unless the agent restarted itself and noted why.
Boot ReadBoot() {
  Boot boot = cortex_m::RetainedBootRecord().Begin();
  const protocol::ResetCause cause = TakeResetCause();
  if (boot.cause == protocol::ResetCause::kUnknown || cause == protocol::ResetCause::kPowerOn) {
    boot.cause = cause;
  }
  return boot;
}

// Everything that is not in the App, then the App.
struct Board {
  explicit Board(uint32_t core_hz)
      : info{.name = kBoardName, .cpu_hz = core_hz, .boot = ReadBoot()} {}

  BoardInfo info;
  PacketMemory<kLimits> packets;
  NoEthernet ethernet{packets.pools()};
  RttPort rtt{cortex_m::RetainedRttMemory()};
  CountersOf<drivers::PhyStats, RttStats> counters{ethernet.phy().stats(), rtt.rtt_stats()};
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

// Set by every interrupt that leaves work for the loop.
constinit std::atomic<bool> work_waits = false;

// The loop refills the transmit ring when it is half empty, not for every byte.
void OnUsart3() {
  drivers::Stm32Usart& uart = board.get().uart;
  const bool received = uart.OnInterrupt();
  if (received || uart.write_room() >= board.get().uart_unsent.size() / 2) {
    work_waits.store(true, std::memory_order_relaxed);
  }
}

void OnTim2() { AcknowledgeAlarm(); }

constexpr std::array<cortex_m::Handler, kInterrupts> MakeInterrupts() {
  std::array<cortex_m::Handler, kInterrupts> handlers;
  handlers.fill(&cortex_m::UnexpectedInterrupt);
  handlers[kTim2Interrupt] = &OnTim2;
  handlers[kUsart3Interrupt] = &OnUsart3;
  return handlers;
}
BOARD_INTERRUPTS constinit const auto kHandlers = MakeInterrupts();

// RM0090 8.4: two bits of mode, speed and pull for each pin, four of alternate function.
void ConnectUartPins() {
  auto* const gpio = reinterpret_cast<volatile uint32_t*>(kGpioD);
  constexpr size_t kModer = 0x00 / 4;
  constexpr size_t kPupdr = 0x0c / 4;
  constexpr size_t kAfrh = 0x24 / 4;  // pins 8 to 15
  constexpr uint32_t kAlternate = 2;
  constexpr uint32_t kPullUp = 1;
  for (const uint32_t pin : {kUartTxPin, kUartRxPin}) {
    const uint32_t at = 4 * (pin - 8);
    gpio[kAfrh] = (gpio[kAfrh] & ~(0xfu << at)) | kUartAlternateFunction << at;
    gpio[kModer] = (gpio[kModer] & ~(3u << 2 * pin)) | kAlternate << 2 * pin;
  }
  // Nobody may be plugged in.
  gpio[kPupdr] = (gpio[kPupdr] & ~(3u << 2 * kUartRxPin)) | kPullUp << 2 * kUartRxPin;
}

base::MacAddress ReadMacAddress() {
  std::array<std::byte, kUniqueIdSize> id;
  std::memcpy(id.data(), reinterpret_cast<const void*>(kUniqueId), id.size());
  return MacOfUniqueId(id);
}

void LogClocks(Log& log, const Clocks& clocks) {
  if (clocks.source == Clocks::Source::kInternal) {
    log.Write(Now(), "the 8 MHz crystal does not start: 168 MHz from the internal oscillator, 1 %");
  } else if (clocks.source == Clocks::Source::kSlow) {
    log.Write(Now(), "the PLL does not lock: 16 MHz from the internal oscillator, 1 %");
  }
}

}  // namespace
}  // namespace stm32f4

App& StartBoard() {
  using namespace stm32f4;
  // A boot loader may have left its own table there.
  cortex_m::Vtor() = kVectors;
  // DBGMCU_CR.DBG_SLEEP (RM0090 chapter 38): a probe reaches memory also while the core sleeps.
  cortex_m::Register<kDbgmcuCr>() = cortex_m::Register<kDbgmcuCr>() | 1;
  const Clocks clocks = StartClocks();
  StartTimer(clocks.apb1_timer_hz);
  ConnectUartPins();
  Board& started = board.Construct(clocks.core_hz);
  // The divider of a constant baud rate is in range.
  static_cast<void>(started.uart.Start(clocks.apb1_hz, kUartBaud));
  cortex_m::EnableInterrupt(kTim2Interrupt);
  cortex_m::EnableInterrupt(kUsart3Interrupt);
  Log& log = started.storage.core().log;
  // The log has room for it beside the channels.
  static_cast<void>(log.Attach(started.rtt));
  App& app = started.storage.app();
  app.Start(ReadMacAddress(), {}, Now());
  LogClocks(log, clocks);
  log.Write(Now(), "this image has no driver for the Ethernet MAC");
  return app;
}

base::Instant Now() { return stm32f4::ReadClock(); }

// Each round sleeps once; the interrupt that ended the sleep is taken at the end of the round.
void SleepUntil(base::Instant deadline) {
  for (;;) {
    const cortex_m::CriticalSection no_interrupts;
    // With interrupts off, whatever happens after these checks ends WaitForInterrupt at once.
    if (stm32f4::work_waits.exchange(false, std::memory_order_relaxed)) {
      return;
    }
    const base::Instant now = Now();
    if (deadline <= now || !stm32f4::SetAlarm(deadline, now)) {
      return;
    }
    cortex_m::WaitForInterrupt();
  }
}

void RestartBoard() {
  cortex_m::RetainedBootRecord().NoteReset(protocol::ResetCause::kSoftware);
  cortex_m::ResetSystem();
}

// Past the UART driver, which may be what failed.
void cortex_m::WriteEmergencyText(std::string_view text) {
  // RM0090 30.6: SR (TXE is bit 7, TC bit 6), DR.
  auto* const registers = reinterpret_cast<volatile uint32_t*>(stm32f4::kUsart3);
  constexpr uint32_t kTransmitEmpty = 1 << 7;
  constexpr uint32_t kTransmitComplete = 1 << 6;
  constexpr uint32_t kLongestByte = 1'000'000;
  for (const char c : text) {
    uint32_t waited = 0;
    while ((registers[0] & kTransmitEmpty) == 0) {
      if (++waited == kLongestByte) {
        return;  // it has no clock yet
      }
    }
    registers[1] = static_cast<uint8_t>(c);
  }
  // A reset follows: the last two characters have to be on the wire.
  for (uint32_t i = 0; i < kLongestByte && (registers[0] & kTransmitComplete) == 0; ++i) {
  }
}

}  // namespace agent
