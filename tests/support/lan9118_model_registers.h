// What the two halves of the LAN9118 model know of its registers: datasheet 5.3 and 5.4.
#pragma once

#include <cstdint>

namespace test::lan9118_model {

inline constexpr uint32_t kRxData = 0x00;
inline constexpr uint32_t kTxData = 0x20;
inline constexpr uint32_t kWindow = 0x20;
inline constexpr uint32_t kRxStatus = 0x40;
inline constexpr uint32_t kTxStatus = 0x48;
inline constexpr uint32_t kIdRev = 0x50;
inline constexpr uint32_t kIrqCfg = 0x54;
inline constexpr uint32_t kIntSts = 0x58;
inline constexpr uint32_t kIntEn = 0x5c;
inline constexpr uint32_t kByteTest = 0x64;
inline constexpr uint32_t kFifoInt = 0x68;
inline constexpr uint32_t kRxCfg = 0x6c;
inline constexpr uint32_t kTxCfg = 0x70;
inline constexpr uint32_t kHwCfg = 0x74;
inline constexpr uint32_t kRxDpCtrl = 0x78;
inline constexpr uint32_t kRxFifoInf = 0x7c;
inline constexpr uint32_t kTxFifoInf = 0x80;
inline constexpr uint32_t kPmtCtrl = 0x84;
inline constexpr uint32_t kRxDrop = 0xa0;
inline constexpr uint32_t kMacCmd = 0xa4;
inline constexpr uint32_t kMacData = 0xa8;
inline constexpr uint32_t kE2pCmd = 0xb0;

inline constexpr uint32_t kBusy = 0x8000'0000;
inline constexpr uint32_t kRxError = 0x4000;
inline constexpr uint32_t kTxError = 0x2000;
inline constexpr uint32_t kPhyInterrupt = 0x4'0000;
inline constexpr uint32_t kTxStatusLevel = 0x80;
inline constexpr uint32_t kRxStatusLevel = 0x08;

inline constexpr uint8_t kMacCr = 1;
inline constexpr uint8_t kAddrHigh = 2;
inline constexpr uint8_t kAddrLow = 3;
inline constexpr uint8_t kMiiAcc = 6;
inline constexpr uint8_t kMiiData = 7;
inline constexpr uint32_t kCrLoopback = 0x0020'0000;
inline constexpr uint32_t kCrFullDuplex = 0x0010'0000;
inline constexpr uint32_t kCrAllMulticast = 0x0008'0000;
inline constexpr uint32_t kCrPromiscuous = 0x0004'0000;
inline constexpr uint32_t kCrNoBroadcast = 0x0800;
inline constexpr uint32_t kCrTransmit = 0x0008;
inline constexpr uint32_t kCrReceive = 0x0004;

}  // namespace test::lan9118_model
