// Registers and descriptor bits of the STM32F407's Ethernet (RM0090 33.8, 33.6.7, 33.6.8) for its
// model, and what may be written to them. Offsets are from 0x40028000.
#pragma once

#include <cstddef>
#include <cstdint>

namespace test::stm32_eth {

inline constexpr uint32_t kBlockSize = 0x1400;

// MAC
inline constexpr uint32_t kMaccr = 0x00;
inline constexpr uint32_t kMacffr = 0x04;
inline constexpr uint32_t kMachthr = 0x08;
inline constexpr uint32_t kMachtlr = 0x0c;
inline constexpr uint32_t kMacmiiar = 0x10;
inline constexpr uint32_t kMacmiidr = 0x14;
inline constexpr uint32_t kMacfcr = 0x18;
inline constexpr uint32_t kMacvlantr = 0x1c;
inline constexpr uint32_t kMacrwuffr = 0x28;
inline constexpr uint32_t kMacpmtcsr = 0x2c;
inline constexpr uint32_t kMacdbgr = 0x34;
inline constexpr uint32_t kMacsr = 0x38;
inline constexpr uint32_t kMacimr = 0x3c;
inline constexpr uint32_t kMaca0hr = 0x40;  // low half, then the next address
inline constexpr uint32_t kMaca0lr = 0x44;
// MMC
inline constexpr uint32_t kMmccr = 0x100;
inline constexpr uint32_t kMmcrir = 0x104;
inline constexpr uint32_t kMmctir = 0x108;
inline constexpr uint32_t kMmcrimr = 0x10c;
inline constexpr uint32_t kMmctimr = 0x110;
inline constexpr uint32_t kMmctgfsccr = 0x14c;
inline constexpr uint32_t kMmctgfmsccr = 0x150;
inline constexpr uint32_t kMmctgfcr = 0x168;
inline constexpr uint32_t kMmcrfcecr = 0x194;
inline constexpr uint32_t kMmcrfaecr = 0x198;
inline constexpr uint32_t kMmcrgufcr = 0x1c4;
// PTP
inline constexpr uint32_t kPtptscr = 0x700;
inline constexpr uint32_t kPtpppscr = 0x72c;
// DMA
inline constexpr uint32_t kDmabmr = 0x1000;
inline constexpr uint32_t kDmatpdr = 0x1004;
inline constexpr uint32_t kDmarpdr = 0x1008;
inline constexpr uint32_t kDmardlar = 0x100c;
inline constexpr uint32_t kDmatdlar = 0x1010;
inline constexpr uint32_t kDmasr = 0x1014;
inline constexpr uint32_t kDmaomr = 0x1018;
inline constexpr uint32_t kDmaier = 0x101c;
inline constexpr uint32_t kDmamfbocr = 0x1020;
inline constexpr uint32_t kDmarswtr = 0x1024;
inline constexpr uint32_t kDmachtdr = 0x1048;
inline constexpr uint32_t kDmachrdr = 0x104c;
inline constexpr uint32_t kDmachtbar = 0x1050;
inline constexpr uint32_t kDmachrbar = 0x1054;
inline constexpr uint32_t kEnd = 0x1058;

// MACCR
inline constexpr uint32_t kCrReceiver = 1u << 2;
inline constexpr uint32_t kCrTransmitter = 1u << 3;
inline constexpr uint32_t kCrStripPad = 1u << 7;
inline constexpr uint32_t kCrRetryDisable = 1u << 9;
inline constexpr uint32_t kCrChecksumOffload = 1u << 10;
inline constexpr uint32_t kCrFullDuplex = 1u << 11;
inline constexpr uint32_t kCrLoopback = 1u << 12;
inline constexpr uint32_t kCrFast = 1u << 14;
inline constexpr uint32_t kCrJabberDisable = 1u << 22;
inline constexpr uint32_t kCrWatchdogDisable = 1u << 23;
inline constexpr uint32_t kCrStripTypeFcs = 1u << 25;
// MACFFR
inline constexpr uint32_t kFfPromiscuous = 1u << 0;
inline constexpr uint32_t kFfHashUnicast = 1u << 1;
inline constexpr uint32_t kFfHashMulticast = 1u << 2;
inline constexpr uint32_t kFfInverse = 1u << 3;
inline constexpr uint32_t kFfAllMulticast = 1u << 4;
inline constexpr uint32_t kFfNoBroadcast = 1u << 5;
inline constexpr uint32_t kFfSourceInverse = 1u << 8;
inline constexpr uint32_t kFfSource = 1u << 9;
inline constexpr uint32_t kFfHashOrPerfect = 1u << 10;
inline constexpr uint32_t kFfReceiveAll = 1u << 31;
// MACMIIAR
inline constexpr uint32_t kMiiBusy = 1u << 0;
inline constexpr uint32_t kMiiWrite = 1u << 1;
// MACFCR
inline constexpr uint32_t kFcBusy = 1u << 0;
inline constexpr uint32_t kFcTransmit = 1u << 1;
inline constexpr uint32_t kFcReceive = 1u << 2;
inline constexpr uint32_t kFcUnicast = 1u << 3;
// MACAxHR
inline constexpr uint32_t kAddressEnable = 1u << 31;
inline constexpr uint32_t kAddressOfSource = 1u << 30;
// MMCCR
inline constexpr uint32_t kMmcReset = 1u << 0;
inline constexpr uint32_t kMmcStopRollover = 1u << 1;
inline constexpr uint32_t kMmcResetOnRead = 1u << 2;
inline constexpr uint32_t kMmcFreeze = 1u << 3;
inline constexpr uint32_t kMmcPreset = 1u << 4;
inline constexpr uint32_t kMmcPresetFull = 1u << 5;
// DMABMR
inline constexpr uint32_t kBmReset = 1u << 0;
inline constexpr uint32_t kBmEnhanced = 1u << 7;
inline constexpr uint32_t kBmSeparateBursts = 1u << 23;
// DMASR
inline constexpr uint32_t kSrTransmitted = 1u << 0;
inline constexpr uint32_t kSrTransmitStopped = 1u << 1;
inline constexpr uint32_t kSrNoTransmitBuffer = 1u << 2;
inline constexpr uint32_t kSrJabber = 1u << 3;
inline constexpr uint32_t kSrOverflow = 1u << 4;
inline constexpr uint32_t kSrUnderflow = 1u << 5;
inline constexpr uint32_t kSrReceived = 1u << 6;
inline constexpr uint32_t kSrNoReceiveBuffer = 1u << 7;
inline constexpr uint32_t kSrReceiveStopped = 1u << 8;
inline constexpr uint32_t kSrWatchdog = 1u << 9;
inline constexpr uint32_t kSrEarlyTransmit = 1u << 10;
inline constexpr uint32_t kSrBusError = 1u << 13;
inline constexpr uint32_t kSrEarlyReceive = 1u << 14;
inline constexpr uint32_t kSrAbnormal = 1u << 15;
inline constexpr uint32_t kSrNormal = 1u << 16;
inline constexpr uint32_t kSrMmc = 1u << 27;
inline constexpr uint32_t kSrErrorInTransmit = 1u << 23;
inline constexpr uint32_t kSrErrorInRead = 1u << 24;
inline constexpr uint32_t kSrErrorInDescriptor = 1u << 25;
inline constexpr uint32_t kSrErrorBits = 7u << 23;
inline constexpr uint32_t kSrClearable = 0x0001'e7ff;
inline constexpr uint32_t kSrNormalSources =
    kSrTransmitted | kSrNoTransmitBuffer | kSrReceived | kSrEarlyReceive;
inline constexpr uint32_t kSrAbnormalSources =
    kSrTransmitStopped | kSrJabber | kSrOverflow | kSrUnderflow | kSrNoReceiveBuffer |
    kSrReceiveStopped | kSrWatchdog | kSrEarlyTransmit | kSrBusError;
// DMAOMR
inline constexpr uint32_t kOmReceive = 1u << 1;
inline constexpr uint32_t kOmSecondFrame = 1u << 2;
inline constexpr uint32_t kOmForwardRunts = 1u << 6;
inline constexpr uint32_t kOmForwardErrors = 1u << 7;
inline constexpr uint32_t kOmTransmit = 1u << 13;
inline constexpr uint32_t kOmFlush = 1u << 20;
inline constexpr uint32_t kOmTransmitStore = 1u << 21;
inline constexpr uint32_t kOmKeepFrames = 1u << 24;  // DFRF
inline constexpr uint32_t kOmReceiveStore = 1u << 25;
inline constexpr uint32_t kOmKeepChecksumErrors = 1u << 26;  // DTCEFD

// Descriptors
inline constexpr uint32_t kOwn = 1u << 31;
// TDES0
inline constexpr uint32_t kTdInterrupt = 1u << 30;
inline constexpr uint32_t kTdLast = 1u << 29;
inline constexpr uint32_t kTdFirst = 1u << 28;
inline constexpr uint32_t kTdNoCrc = 1u << 27;
inline constexpr uint32_t kTdNoPad = 1u << 26;
inline constexpr uint32_t kTdChecksumShift = 22;
inline constexpr uint32_t kTdEndOfRing = 1u << 21;
inline constexpr uint32_t kTdChained = 1u << 20;
inline constexpr uint32_t kTdControl = 0x7ef0'0000;  // IC to TTSE, CIC, TER, TCH
inline constexpr uint32_t kTdReserved = 0x010c'0000;
inline constexpr uint32_t kTdHeaderError = 1u << 16;
inline constexpr uint32_t kTdErrorSummary = 1u << 15;
inline constexpr uint32_t kTdJabber = 1u << 14;
inline constexpr uint32_t kTdFlushed = 1u << 13;
inline constexpr uint32_t kTdPayloadError = 1u << 12;
inline constexpr uint32_t kTdNoCarrier = 1u << 10;
inline constexpr uint32_t kTdLateCollision = 1u << 9;
inline constexpr uint32_t kTdExcessiveCollisions = 1u << 8;
inline constexpr uint32_t kTdCollisionShift = 3;
inline constexpr uint32_t kTdUnderflow = 1u << 1;
inline constexpr uint32_t kTdDeferred = 1u << 0;
inline constexpr uint32_t kTdErrors = kTdHeaderError | kTdJabber | kTdFlushed | kTdPayloadError |
                                      1u << 11 | kTdNoCarrier | kTdLateCollision |
                                      kTdExcessiveCollisions | 1u << 2 | kTdUnderflow;
// RDES0
inline constexpr uint32_t kRdFilterFail = 1u << 30;
inline constexpr uint32_t kRdLengthShift = 16;
inline constexpr uint32_t kRdErrorSummary = 1u << 15;
inline constexpr uint32_t kRdTruncated = 1u << 14;
inline constexpr uint32_t kRdSourceFail = 1u << 13;
inline constexpr uint32_t kRdLengthError = 1u << 12;
inline constexpr uint32_t kRdOverflow = 1u << 11;
inline constexpr uint32_t kRdVlan = 1u << 10;
inline constexpr uint32_t kRdFirst = 1u << 9;
inline constexpr uint32_t kRdLast = 1u << 8;
inline constexpr uint32_t kRdHeaderChecksum = 1u << 7;  // or giant
inline constexpr uint32_t kRdLateCollision = 1u << 6;
inline constexpr uint32_t kRdType = 1u << 5;
inline constexpr uint32_t kRdWatchdog = 1u << 4;
inline constexpr uint32_t kRdReceiveError = 1u << 3;
inline constexpr uint32_t kRdDribble = 1u << 2;
inline constexpr uint32_t kRdCrcError = 1u << 1;
inline constexpr uint32_t kRdExtended = 1u << 0;  // or payload checksum error
inline constexpr uint32_t kRdMacErrors =
    kRdOverflow | kRdLateCollision | kRdWatchdog | kRdReceiveError | kRdCrcError;
// RDES1
inline constexpr uint32_t kRdNoInterrupt = 1u << 31;
inline constexpr uint32_t kRdEndOfRing = 1u << 15;
inline constexpr uint32_t kRdChained = 1u << 14;
inline constexpr uint32_t kRdReserved1 = 0x6000'2000;
inline constexpr uint32_t kTdReserved1 = 0xe000'e000;
// RDES4
inline constexpr uint32_t kRxIpv6 = 1u << 7;
inline constexpr uint32_t kRxIpv4 = 1u << 6;
inline constexpr uint32_t kRxBypassed = 1u << 5;
inline constexpr uint32_t kRxPayloadError = 1u << 4;
inline constexpr uint32_t kRxHeaderError = 1u << 3;
inline constexpr uint32_t kRxUdp = 1;
inline constexpr uint32_t kRxTcp = 2;
inline constexpr uint32_t kRxIcmp = 3;

struct Register {
  uint32_t offset = 0;
  const char* name = "";
  uint32_t reset_value = 0;
  uint32_t writable = 0;
  uint32_t read_only = 0;  // bits that are there but not to be written: writing them does nothing
};
// Nullptr: there is none.
const Register* FindRegister(uint32_t offset);

}  // namespace test::stm32_eth
