#include "tests/support/vboard/stm32f407.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace test {
namespace {

// DS8626 table 9.
struct Pin {
  char port;
  uint32_t number;
};
struct UsartPlace {
  const char* name;
  uint32_t base;
  bool on_apb2;
  uint32_t enable_bit;
  uint32_t interrupt;
  std::array<Pin, 3> tx;
  std::array<Pin, 3> rx;
};
constexpr uint32_t kUsartFunction = 7;
// clang-format off
constexpr UsartPlace kUsarts[] = {
    {"USART1", 0x4001'1000, true, 4, 37, {{{'A', 9}, {'B', 6}, {'B', 6}}}, {{{'A', 10}, {'B', 7}, {'B', 7}}}},
    {"USART2", 0x4000'4400, false, 17, 38, {{{'A', 2}, {'D', 5}, {'D', 5}}}, {{{'A', 3}, {'D', 6}, {'D', 6}}}},
    {"USART3", 0x4000'4800, false, 18, 39, {{{'B', 10}, {'C', 10}, {'D', 8}}}, {{{'B', 11}, {'C', 11}, {'D', 9}}}},
};
// clang-format on

}  // namespace

Stm32f407::Stm32f407(const Stm32f407Options& options)
    : flash_memory_(FlashController::kSize, options.flash_file),
      ram_(kRamSize),
      ccm_(kCcmSize),
      system_(kSystemSize, std::byte{0xff}),
      core_(*this, *this, *this, violations_),
      rcc_(*this, violations_),
      flash_(*this, violations_, flash_memory_.bytes()),
      pwr_("PWR", violations_,
           {{.offset = 0x00, .reset_value = 0x4000, .writable = 0x43ff},
            {.offset = 0x04, .reset_value = 0x4000, .writable = 0x0300}}),
      syscfg_("SYSCFG", violations_,
              {{.offset = 0x00, .writable = 3},
               {.offset = 0x04, .writable = 1u << 23},
               {.offset = 0x08, .writable = 0xffff},
               {.offset = 0x0c, .writable = 0xffff},
               {.offset = 0x10, .writable = 0xffff},
               {.offset = 0x14, .writable = 0xffff},
               {.offset = 0x20, .writable = 1}}),
      dbgmcu_("DBGMCU", violations_,
              {{.offset = 0x00, .reset_value = 0x1007'6413},
               {.offset = 0x04, .writable = 0xe7},
               {.offset = 0x08, .writable = 0x06e0'1dff},
               {.offset = 0x0c, .writable = 0x0007'0003}}),
      tim2_(
          "TIM2", [this] { return rcc_.timer1_hertz(); }, *this, violations_),
      bus_(rcc_, violations_),
      random_(options.seed) {
  AddPeripherals();
  MapMemories();
  WriteSystemMemory();
  PowerCycle();
}

void Stm32f407::AddPeripherals() {
  bus_.Add({.name = "RCC", .base = 0x4002'3800, .peripheral = &rcc_});
  bus_.Add({.name = "FLASH", .base = 0x4002'3c00, .peripheral = &flash_});
  bus_.Add({.name = "DBGMCU", .base = kDbgmcuBase, .peripheral = &dbgmcu_, .survives_reset = true});
  bus_.Add({.name = "PWR",
            .base = 0x4000'7000,
            .peripheral = &pwr_,
            .enable_register = Rcc::kApb1Enable,
            .enable_bit = 28});
  bus_.Add({.name = "SYSCFG",
            .base = 0x4001'3800,
            .peripheral = &syscfg_,
            .enable_register = Rcc::kApb2Enable,
            .enable_bit = 14});
  bus_.Add({.name = "TIM2",
            .base = 0x4000'0000,
            .peripheral = &tim2_,
            .enable_register = Rcc::kApb1Enable,
            .enable_bit = 0,
            .interrupt = 28});
  AddPorts();
  AddUsarts();
  AddSpi();
  AddDma();
  AddExti();
  AddEthernet();
}

void Stm32f407::AddPorts() {
  constexpr uint32_t kPorts = 9;
  for (uint32_t i = 0; i < kPorts; ++i) {
    const char letter = static_cast<char>('A' + i);
    bus_.Add({.name = std::string("GPIO") + letter,
              .base = 0x4002'0000 + PeripheralBus::kBlockSize * i,
              .peripheral = &gpios_.emplace_back(letter, violations_),
              .enable_register = Rcc::kAhb1Enable,
              .enable_bit = i});
  }
}

void Stm32f407::AddUsarts() {
  const BoardClock& board_clock = *this;
  for (const UsartPlace& place : kUsarts) {
    const auto is_routed = [this](std::span<const Pin> pins) {
      return std::ranges::any_of(pins, [this](const Pin& pin) {
        return gpios_.at(static_cast<size_t>(pin.port - 'A'))
            .IsRoutedTo(pin.number, kUsartFunction);
      });
    };
    Usart::Wiring wiring{
        .name = place.name,
        .clock_hertz = [this, &place] { return place.on_apb2 ? rcc_.pclk2() : rcc_.pclk1(); },
        .has_tx_pin = [is_routed, &place] { return is_routed(place.tx); },
        .has_rx_pin = [is_routed, &place] { return is_routed(place.rx); }};
    bus_.Add({.name = place.name,
              .base = place.base,
              .peripheral = &usarts_.emplace_back(std::move(wiring), board_clock, violations_),
              .enable_register = place.on_apb2 ? Rcc::kApb2Enable : Rcc::kApb1Enable,
              .enable_bit = place.enable_bit,
              .interrupt = place.interrupt});
  }
}

void Stm32f407::MapMemories() {
  memories_ = {
      {.base = FlashController::kBase, .bytes = flash_memory_.bytes(), .is_writable = false},
      {.base = 0, .bytes = flash_memory_.bytes(), .is_writable = false},
      {.base = kRamBase, .bytes = ram_, .is_writable = true},
      {.base = kCcmBase, .bytes = ccm_, .is_writable = true},
      {.base = kSystemBase, .bytes = system_, .is_writable = false}};
  for (const Memory& memory : memories_) {
    core_.cpu().MapMemory(memory.base, memory.bytes, memory.is_writable);
  }
  core_.cpu().MapDevices(kDeviceBase, kDeviceSize);
  core_.cpu().MapDevices(kDbgmcuBase, kPage);
  core_.cpu().MapDevices(SystemControl::kDwtBase, SystemControl::kBlockSize);
  core_.cpu().MapDevices(SystemControl::kScsBase, SystemControl::kBlockSize);
}

void Stm32f407::WriteSystemMemory() {
  // Wafer coordinates, wafer and lot number as ASCII (RM0090 39.1).
  constexpr std::array<uint32_t, 3> kId = {0x0025'0031, 0x3137'5107, 0x3235'3930};
  constexpr uint16_t kKibibytes = FlashController::kSize / 1024;
  std::memcpy(&system_[kUniqueId - kSystemBase], kId.data(), sizeof kId);
  std::memcpy(&system_[kFlashSize - kSystemBase], &kKibibytes, sizeof kKibibytes);
}

void Stm32f407::LoadFlash(std::span<const std::byte> image) {
  const std::span<std::byte> cells = flash_memory_.bytes();
  std::ranges::fill(cells, std::byte{0xff});
  std::ranges::copy(image.first(std::min(image.size(), cells.size())), cells.begin());
  core_.cpu().ForgetCode(FlashController::kBase, FlashController::kSize);
  core_.cpu().ForgetCode(0, FlashController::kSize);
  ResetBy(ResetCause::kPin, core_.is_halted());
}

void Stm32f407::PowerCycle() {
  for (std::span<std::byte> memory : {std::span(ram_), std::span(ccm_)}) {
    std::ranges::generate(memory, [this] { return static_cast<std::byte>(random_()); });
  }
  core_.cpu().ForgetCode(kRamBase, kRamSize);
  core_.cpu().ForgetCode(kCcmBase, kCcmSize);
  core_.SetBreakpoints({});
  dbgmcu_.Reset();
  ethernet_->PowerCycle();
  ResetBy(ResetCause::kPowerOn, false);
  real_ = 0;
}

void Stm32f407::ResetBy(ResetCause cause, bool halt) {
  bus_.Reset();
  ethernet_->OnChipReset();
  rcc_.ResetBy(cause);
  core_.Reset(halt);
}

}  // namespace test
