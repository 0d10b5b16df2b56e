// What the parts of the DM9000A model know of its registers: DM9000A datasheet chapter 6, and the
// DM9000B's where that says more.
#pragma once

#include <array>
#include <cstdint>

namespace test::dm9000a_model {

inline constexpr uint8_t kNcr = 0x00;
inline constexpr uint8_t kNsr = 0x01;
inline constexpr uint8_t kTcr = 0x02;
inline constexpr uint8_t kTsr1 = 0x03;
inline constexpr uint8_t kTsr2 = 0x04;
inline constexpr uint8_t kRcr = 0x05;
inline constexpr uint8_t kRsr = 0x06;
inline constexpr uint8_t kRocr = 0x07;
inline constexpr uint8_t kFctr = 0x09;
inline constexpr uint8_t kFcr = 0x0a;
inline constexpr uint8_t kEpcr = 0x0b;
inline constexpr uint8_t kEpar = 0x0c;
inline constexpr uint8_t kEpdrl = 0x0d;
inline constexpr uint8_t kEpdrh = 0x0e;
inline constexpr uint8_t kPar = 0x10;
inline constexpr uint8_t kMar = 0x16;
inline constexpr uint8_t kGpr = 0x1f;
inline constexpr uint8_t kTrpal = 0x22;
inline constexpr uint8_t kRwpal = 0x24;
inline constexpr uint8_t kVidl = 0x28;
inline constexpr uint8_t kChipr = 0x2c;
inline constexpr uint8_t kTcscr = 0x31;
inline constexpr uint8_t kRcscsr = 0x32;
inline constexpr uint8_t kIntcr = 0x39;
inline constexpr uint8_t kMrcmdx = 0xf0;
inline constexpr uint8_t kMrcmdx1 = 0xf1;
inline constexpr uint8_t kMrcmd = 0xf2;
inline constexpr uint8_t kMrrl = 0xf4;
inline constexpr uint8_t kMrrh = 0xf5;
inline constexpr uint8_t kMwcmdx = 0xf6;
inline constexpr uint8_t kMwcmd = 0xf8;
inline constexpr uint8_t kMwrl = 0xfa;
inline constexpr uint8_t kMwrh = 0xfb;
inline constexpr uint8_t kTxpll = 0xfc;
inline constexpr uint8_t kTxplh = 0xfd;
inline constexpr uint8_t kIsr = 0xfe;
inline constexpr uint8_t kImr = 0xff;

inline constexpr uint8_t kNcrReset = 0x01;
inline constexpr uint8_t kNcrLoopback = 0x06;
inline constexpr uint8_t kLoopbackMac = 0x02;
inline constexpr uint8_t kLoopbackPhy = 0x04;
inline constexpr uint8_t kNcrFullDuplex = 0x08;

inline constexpr uint8_t kNsrSpeed10 = 0x80;
inline constexpr uint8_t kNsrLink = 0x40;
inline constexpr uint8_t kNsrWake = 0x20;
inline constexpr uint8_t kNsrTx2End = 0x08;
inline constexpr uint8_t kNsrTx1End = 0x04;
inline constexpr uint8_t kNsrRxOverflow = 0x02;

inline constexpr uint8_t kTcrRequest = 0x01;
inline constexpr uint8_t kTcrNoCrc1 = 0x02;
inline constexpr uint8_t kTcrNoPad1 = 0x04;

inline constexpr uint8_t kTsrNoCarrier = 0x60;  // loss of carrier, no carrier
inline constexpr uint8_t kTsrLateCollision = 0x18;

inline constexpr uint8_t kRcrNoLong = 0x20;
inline constexpr uint8_t kRcrNoBadCrc = 0x10;
inline constexpr uint8_t kRcrAllMulticast = 0x08;
inline constexpr uint8_t kRcrRunt = 0x04;
inline constexpr uint8_t kRcrPromiscuous = 0x02;
inline constexpr uint8_t kRcrEnable = 0x01;

inline constexpr uint8_t kRsrRunt = 0x80;
inline constexpr uint8_t kRsrMulticast = 0x40;
inline constexpr uint8_t kRsrCrc = 0x02;

inline constexpr uint8_t kFcrPauseNow = 0xc0;  // TXP0, TXPF
inline constexpr uint8_t kFcrPauseEnable = 0x20;
inline constexpr uint8_t kFcrPaused = 0x04;         // latched
inline constexpr uint8_t kFcrPausedCurrent = 0x02;  // as long as it lasts
inline constexpr uint8_t kFcrEnable = 0x01;

inline constexpr uint8_t kEpcrReload = 0x20;
inline constexpr uint8_t kEpcrPhy = 0x08;
inline constexpr uint8_t kEpcrRead = 0x04;
inline constexpr uint8_t kEpcrWrite = 0x02;
inline constexpr uint8_t kEpcrBusy = 0x01;

inline constexpr uint8_t kIsr8Bit = 0x80;
inline constexpr uint8_t kIsrLinkChange = 0x20;
inline constexpr uint8_t kIsrCounterOverflow = 0x08;
inline constexpr uint8_t kIsrOverflow = 0x04;
inline constexpr uint8_t kIsrSent = 0x02;
inline constexpr uint8_t kIsrReceived = 0x01;
inline constexpr uint8_t kIsrEvents = 0x3f;
inline constexpr uint8_t kImrWrap = 0x80;  // PAR

// A register that only keeps what is written, or whose effects the model adds.
struct RegisterInfo {
  uint8_t address;
  uint8_t reset;
  uint8_t writable;             // a one elsewhere is a reserved bit
  bool survives_reset = false;  // NCR.RST leaves it alone
};

// clang-format off
inline constexpr auto kRegisters = std::to_array<RegisterInfo>({
    {kNcr, 0x00, 0x5f}, {kNsr, 0x00, 0xee}, {kTcr, 0x00, 0x7f}, {kTsr1, 0, 0}, {kTsr2, 0, 0},
    {kRcr, 0x00, 0x7f}, {kRsr, 0, 0}, {kRocr, 0, 0}, {0x08, 0x37, 0xff}, {kFctr, 0x38, 0xff},
    {kFcr, 0x00, 0xff}, {kEpcr, 0x00, 0x3f}, {kEpar, 0x40, 0xff}, {kEpdrl, 0x00, 0xff},
    {kEpdrh, 0x00, 0xff}, {0x0f, 0x00, 0x3f},
    {0x10, 0, 0xff, true}, {0x11, 0, 0xff, true}, {0x12, 0, 0xff, true}, {0x13, 0, 0xff, true},
    {0x14, 0, 0xff, true}, {0x15, 0, 0xff, true},
    {0x16, 0xa5, 0xff, true}, {0x17, 0x5a, 0xff, true}, {0x18, 0xc3, 0xff, true},
    {0x19, 0x3c, 0xff, true}, {0x1a, 0x96, 0xff, true}, {0x1b, 0x69, 0xff, true},
    {0x1c, 0x0f, 0xff, true}, {0x1d, 0x30, 0xff, true},
    {0x1e, 0x71, 0x7f, true}, {kGpr, 0x01, 0x7f, true},
    {kTrpal, 0, 0}, {kTrpal + 1, 0, 0}, {kRwpal, 0, 0}, {kRwpal + 1, 0, 0},
    {kVidl, 0x46, 0, true}, {0x29, 0x0a, 0, true}, {0x2a, 0x00, 0, true}, {0x2b, 0x90, 0, true},
    {kChipr, 0x19, 0, true}, {0x2d, 0x00, 0xff, true}, {0x2f, 0x00, 0x87}, {0x30, 0x00, 0xe3},
    {kTcscr, 0x00, 0x07}, {kRcscsr, 0x00, 0xff}, {0x34, 0x00, 0x03, true}, {0x38, 0x61, 0x6f, true},
    {kIntcr, 0x00, 0x03, true},
    {kMrcmdx, 0, 0}, {kMrcmdx1, 0, 0}, {kMrcmd, 0, 0}, {kMrrl, 0, 0xff}, {kMrrh, 0, 0xff},
    {kMwcmdx, 0, 0xff}, {kMwcmd, 0, 0xff}, {kMwrl, 0, 0xff}, {kMwrh, 0, 0xff},
    {kTxpll, 0, 0xff}, {kTxplh, 0, 0xff}, {kIsr, 0, 0xff}, {kImr, 0, 0xbf},
});
// clang-format on

}  // namespace test::dm9000a_model
