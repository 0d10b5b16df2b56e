#include "tests/support/enc28j60_model_registers.h"

#include <algorithm>
#include <array>

namespace test::enc28j60_model {
namespace {

constexpr Unit kMac = Unit::kMac;
constexpr Unit kEth = Unit::kEthernet;

// clang-format off
// address, name, unit, value after a reset, writable, read-only: table 3-2.
constexpr RegisterRow kRegisters[] = {
    {0x000, "ERDPTL", kEth, 0xfa, 0xff}, {0x001, "ERDPTH", kEth, 0x05, 0x1f},
    {0x002, "EWRPTL", kEth, 0x00, 0xff}, {0x003, "EWRPTH", kEth, 0x00, 0x1f},
    {0x004, "ETXSTL", kEth, 0x00, 0xff}, {0x005, "ETXSTH", kEth, 0x00, 0x1f},
    {0x006, "ETXNDL", kEth, 0x00, 0xff}, {0x007, "ETXNDH", kEth, 0x00, 0x1f},
    {0x008, "ERXSTL", kEth, 0xfa, 0xff}, {0x009, "ERXSTH", kEth, 0x05, 0x1f},
    {0x00a, "ERXNDL", kEth, 0xff, 0xff}, {0x00b, "ERXNDH", kEth, 0x1f, 0x1f},
    {0x00c, "ERXRDPTL", kEth, 0xfa, 0xff}, {0x00d, "ERXRDPTH", kEth, 0x05, 0x1f},
    {0x00e, "ERXWRPTL"}, {0x00f, "ERXWRPTH"},
    {0x010, "EDMASTL", kEth, 0, 0xff}, {0x011, "EDMASTH", kEth, 0, 0x1f},
    {0x012, "EDMANDL", kEth, 0, 0xff}, {0x013, "EDMANDH", kEth, 0, 0x1f},
    {0x014, "EDMADSTL", kEth, 0, 0xff}, {0x015, "EDMADSTH", kEth, 0, 0x1f},
    {0x016, "EDMACSL"}, {0x017, "EDMACSH"},
    {kEie, "EIE", kEth, 0, 0xfb},
    {kEir, "EIR", kEth, 0, 0x2b, 0x50},
    {kEstat, "ESTAT", kEth, 0, 0x53, 0x84},
    {kEcon2, "ECON2", kEth, kAutoIncrement, 0xe8},
    {kEcon1, "ECON1", kEth, 0, 0xff},
    {0x100, "EHT0", kEth, 0, 0xff}, {0x101, "EHT1", kEth, 0, 0xff},
    {0x102, "EHT2", kEth, 0, 0xff}, {0x103, "EHT3", kEth, 0, 0xff},
    {0x104, "EHT4", kEth, 0, 0xff}, {0x105, "EHT5", kEth, 0, 0xff},
    {0x106, "EHT6", kEth, 0, 0xff}, {0x107, "EHT7", kEth, 0, 0xff},
    {0x108, "EPMM0", kEth, 0, 0xff}, {0x109, "EPMM1", kEth, 0, 0xff},
    {0x10a, "EPMM2", kEth, 0, 0xff}, {0x10b, "EPMM3", kEth, 0, 0xff},
    {0x10c, "EPMM4", kEth, 0, 0xff}, {0x10d, "EPMM5", kEth, 0, 0xff},
    {0x10e, "EPMM6", kEth, 0, 0xff}, {0x10f, "EPMM7", kEth, 0, 0xff},
    {0x110, "EPMCSL", kEth, 0, 0xff}, {0x111, "EPMCSH", kEth, 0, 0xff},
    {0x114, "EPMOL", kEth, 0, 0xff}, {0x115, "EPMOH", kEth, 0, 0x1f},
    {kErxfcon, "ERXFCON", kEth, 0xa1, 0xff},
    {kEpktcnt, "EPKTCNT"},
    {kMacon1, "MACON1", kMac, 0, 0x0f},
    {kMacon3, "MACON3", kMac, 0, 0xff},
    {0x203, "MACON4", kMac, 0, 0x70},
    {kMabbipg, "MABBIPG", kMac, 0, 0x7f},
    {0x206, "MAIPGL", kMac, 0, 0x7f}, {0x207, "MAIPGH", kMac, 0, 0x7f},
    {0x208, "MACLCON1", kMac, 0x0f, 0x0f}, {0x209, "MACLCON2", kMac, 0x37, 0x3f},
    {0x20a, "MAMXFLL", kMac, 0x00, 0xff}, {0x20b, "MAMXFLH", kMac, 0x06, 0xff},
    {kMicmd, "MICMD", kMac, 0, 0x03},
    {kMiregadr, "MIREGADR", kMac, 0, 0x1f},
    {kMiwrl, "MIWRL", kMac, 0, 0xff}, {kMiwrh, "MIWRH", kMac, 0, 0xff},
    {kMirdl, "MIRDL", kMac}, {kMirdh, "MIRDH", kMac},
    {0x300, "MAADR5", kMac, 0, 0xff}, {0x301, "MAADR6", kMac, 0, 0xff},
    {0x302, "MAADR3", kMac, 0, 0xff}, {0x303, "MAADR4", kMac, 0, 0xff},
    {0x304, "MAADR1", kMac, 0, 0xff}, {0x305, "MAADR2", kMac, 0, 0xff},
    {0x306, "EBSTSD", kEth, 0, 0xff}, {kEbstcon, "EBSTCON", kEth, 0, 0xff},
    {0x308, "EBSTCSL"}, {0x309, "EBSTCSH"},
    {kMistat, "MISTAT", kMac},
    {kErevid, "EREVID"},
    {0x315, "ECOCON", kEth, 0x04, 0x07},
    {0x317, "EFLOCON", kEth, 0, 0x03, 0x04},
    {0x318, "EPAUSL", kEth, 0x00, 0xff}, {0x319, "EPAUSH", kEth, 0x10, 0xff},
};
// clang-format on

constexpr uint16_t kReserved[] = {0x01a, 0x11a, 0x21a, 0x31a, 0x116, 0x117, 0x201,
                                  0x20c, 0x20d, 0x20e, 0x210, 0x211, 0x215, 0x316};

}  // namespace

const RegisterRow* FindRegister(uint16_t address) {
  const auto* const found = std::ranges::find(kRegisters, address, &RegisterRow::address);
  return found == std::end(kRegisters) ? nullptr : found;
}

bool IsReserved(uint16_t address) {
  return std::ranges::find(kReserved, address) != std::end(kReserved);
}

}  // namespace test::enc28j60_model
