#include "tests/support/stm32_eth_model_registers.h"

#include <algorithm>
#include <array>

namespace test::stm32_eth {
namespace {

// RM0090 33.8.5, the register map.
// clang-format off
constexpr Register kRegisters[] = {
    {kMaccr, "MACCR", 0x0000'8000, 0x02cf'7efc},
    {kMacffr, "MACFFR", 0, 0x8000'07ff},
    {kMachthr, "MACHTHR", 0, ~0u},
    {kMachtlr, "MACHTLR", 0, ~0u},
    {kMacmiiar, "MACMIIAR", 0, 0x0000'ffdf},
    {kMacmiidr, "MACMIIDR", 0, 0x0000'ffff},
    {kMacfcr, "MACFCR", 0, 0xffff'00bf},
    {kMacvlantr, "MACVLANTR", 0, 0x0001'ffff},
    {kMacrwuffr, "MACRWUFFR", 0, ~0u},
    {kMacpmtcsr, "MACPMTCSR", 0, 0x8000'0207, 0x60},
    {kMacdbgr, "MACDBGR", 0, 0, ~0u},
    {kMacsr, "MACSR", 0, 0, 0x0278},
    {kMacimr, "MACIMR", 0, 0x0208},
    {kMaca0hr, "MACA0HR", 0x8000'ffff, 0x0000'ffff, 0x8000'0000},
    {kMaca0lr, "MACA0LR", ~0u, ~0u},
    {0x48, "MACA1HR", 0x0000'ffff, 0xff00'ffff},
    {0x4c, "MACA1LR", ~0u, ~0u},
    {0x50, "MACA2HR", 0x0000'ffff, 0xff00'ffff},
    {0x54, "MACA2LR", ~0u, ~0u},
    {0x58, "MACA3HR", 0x0000'ffff, 0xff00'ffff},
    {0x5c, "MACA3LR", ~0u, ~0u},
    {kMmccr, "MMCCR", 0, 0x3f},
    {kMmcrir, "MMCRIR", 0, 0, 0x0002'0060},
    {kMmctir, "MMCTIR", 0, 0, 0x0020'c000},
    {kMmcrimr, "MMCRIMR", 0, 0x0002'0060},
    {kMmctimr, "MMCTIMR", 0, 0x0020'c000},
    {kMmctgfsccr, "MMCTGFSCCR", 0, 0, ~0u},
    {kMmctgfmsccr, "MMCTGFMSCCR", 0, 0, ~0u},
    {kMmctgfcr, "MMCTGFCR", 0, 0, ~0u},
    {kMmcrfcecr, "MMCRFCECR", 0, 0, ~0u},
    {kMmcrfaecr, "MMCRFAECR", 0, 0, ~0u},
    {kMmcrgufcr, "MMCRGUFCR", 0, 0, ~0u},
    {kPtptscr, "PTPTSCR", 0x2000, 0x0007'ff3f},
    {0x704, "PTPSSIR", 0, 0xff},
    {0x708, "PTPTSHR", 0, 0, ~0u},
    {0x70c, "PTPTSLR", 0, 0, ~0u},
    {0x710, "PTPTSHUR", 0, ~0u},
    {0x714, "PTPTSLUR", 0, ~0u},
    {0x718, "PTPTSAR", 0, ~0u},
    {0x71c, "PTPTTHR", 0, ~0u},
    {0x720, "PTPTTLR", 0, ~0u},
    {0x728, "PTPTSSR", 0, 0, 3},
    {kPtpppscr, "PTPPPSCR", 0, 0x0f},
    {kDmabmr, "DMABMR", 0x0002'0101, 0x07ff'ffff},
    {kDmatpdr, "DMATPDR", 0, ~0u},
    {kDmarpdr, "DMARPDR", 0, ~0u},
    {kDmardlar, "DMARDLAR", 0, ~0u},
    {kDmatdlar, "DMATDLAR", 0, ~0u},
    {kDmasr, "DMASR", 0, kSrClearable, 0x3bfe'0000},
    {kDmaomr, "DMAOMR", 0, 0x0731'e0de},
    {kDmaier, "DMAIER", 0, 0x0001'e7ff},
    {kDmamfbocr, "DMAMFBOCR", 0, 0, 0x1fff'ffff},
    {kDmarswtr, "DMARSWTR", 0, 0xff},
    {kDmachtdr, "DMACHTDR", 0, 0, ~0u},
    {kDmachrdr, "DMACHRDR", 0, 0, ~0u},
    {kDmachtbar, "DMACHTBAR", 0, 0, ~0u},
    {kDmachrbar, "DMACHRBAR", 0, 0, ~0u},
};
// clang-format on

constexpr uint8_t kNone = 0xff;

constexpr auto kIndex = [] {
  std::array<uint8_t, kEnd / 4> index;
  index.fill(kNone);
  for (size_t i = 0; i < std::size(kRegisters); ++i) {
    index[kRegisters[i].offset / 4] = static_cast<uint8_t>(i);
  }
  return index;
}();

}  // namespace

const Register* FindRegister(uint32_t offset) {
  if (offset >= kEnd || offset % 4 != 0 || kIndex[offset / 4] == kNone) {
    return nullptr;
  }
  return &kRegisters[kIndex[offset / 4]];
}

}  // namespace test::stm32_eth
