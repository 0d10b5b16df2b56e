#include "agent/stm32f4/exti.h"

#include "agent/stm32f4/chip.h"

namespace agent::stm32f4 {
namespace {

constexpr uintptr_t kExti = 0x4001'3c00;
constexpr uint32_t kImr = 0x00;
constexpr uint32_t kRtsr = 0x08;
constexpr uint32_t kFtsr = 0x0c;
constexpr uint32_t kPr = 0x14;  // write 1 to clear
constexpr uint32_t kExticr = 0x08;
constexpr uint32_t kPortSize = kGpioB - kGpioA;

}  // namespace

void ConnectFallingEdge(Pin pin) {
  const uint32_t line = 1u << pin.number;
  const uint32_t shift = 4 * (pin.number % 4);
  const auto port = static_cast<uint32_t>((pin.port - kGpioA) / kPortSize);
  volatile uint32_t& source = Register(kSyscfg, kExticr + 4 * (pin.number / 4));
  source = (source & ~(0xfu << shift)) | port << shift;
  volatile uint32_t& rising = Register(kExti, kRtsr);
  rising = rising & ~line;
  volatile uint32_t& falling = Register(kExti, kFtsr);
  falling = falling | line;
  Register(kExti, kPr) = line;
  volatile uint32_t& mask = Register(kExti, kImr);
  mask = mask | line;
}

void AcknowledgeEdge(Pin pin) { Register(kExti, kPr) = 1u << pin.number; }

}  // namespace agent::stm32f4
