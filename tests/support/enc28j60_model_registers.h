// Registers of the ENC28J60 (DS39662E tables 3-1 to 3-3), for its model alone.
#pragma once

#include <cstdint>

namespace test::enc28j60_model {

// Opcodes, the upper three bits of the first byte (table 4-1).
constexpr uint8_t kReadControl = 0;
constexpr uint8_t kReadBuffer = 1;
constexpr uint8_t kWriteControl = 2;
constexpr uint8_t kWriteBuffer = 3;
constexpr uint8_t kBitFieldSet = 4;
constexpr uint8_t kBitFieldClear = 5;
constexpr uint8_t kSystemReset = 7;
constexpr uint8_t kBufferArgument = 0x1a;
constexpr uint8_t kResetArgument = 0x1f;

// Bank in the third digit, address below it; 0x1b to 0x1f stand in every bank.
constexpr uint16_t kErdpt = 0x000;
constexpr uint16_t kEwrpt = 0x002;
constexpr uint16_t kEtxst = 0x004;
constexpr uint16_t kEtxnd = 0x006;
constexpr uint16_t kErxst = 0x008;
constexpr uint16_t kErxnd = 0x00a;
constexpr uint16_t kErxrdpt = 0x00c;
constexpr uint16_t kErxwrpt = 0x00e;
constexpr uint16_t kEie = 0x01b;
constexpr uint16_t kEir = 0x01c;
constexpr uint16_t kEstat = 0x01d;
constexpr uint16_t kEcon2 = 0x01e;
constexpr uint16_t kEcon1 = 0x01f;
constexpr uint16_t kEht0 = 0x100;
constexpr uint16_t kErxfcon = 0x118;
constexpr uint16_t kEpktcnt = 0x119;
constexpr uint16_t kMacon1 = 0x200;
constexpr uint16_t kMacon3 = 0x202;
constexpr uint16_t kMabbipg = 0x204;
constexpr uint16_t kMamxfl = 0x20a;
constexpr uint16_t kMicmd = 0x212;
constexpr uint16_t kMiregadr = 0x214;
constexpr uint16_t kMiwrl = 0x216;
constexpr uint16_t kMiwrh = 0x217;
constexpr uint16_t kMirdl = 0x218;
constexpr uint16_t kMirdh = 0x219;
constexpr uint16_t kMaadr5 = 0x300;
constexpr uint16_t kEbstcon = 0x307;
constexpr uint16_t kMistat = 0x30a;
constexpr uint16_t kErevid = 0x312;
constexpr uint16_t kFirstCommon = 0x1b;

// EIE and EIR.
constexpr uint8_t kInterruptEnable = 0x80;  // EIE alone
constexpr uint8_t kPacket = 0x40;
constexpr uint8_t kDma = 0x20;
constexpr uint8_t kLink = 0x10;
constexpr uint8_t kTransmitted = 0x08;
constexpr uint8_t kTransmitError = 0x02;
constexpr uint8_t kReceiveError = 0x01;
constexpr uint8_t kEirClearable = kDma | kTransmitted | kTransmitError | kReceiveError;

// ESTAT.
constexpr uint8_t kInterruptPending = 0x80;
constexpr uint8_t kBufferError = 0x40;
constexpr uint8_t kLateCollision = 0x10;
constexpr uint8_t kReceiveBusy = 0x04;
constexpr uint8_t kTransmitAborted = 0x02;
constexpr uint8_t kClockReady = 0x01;

// ECON2.
constexpr uint8_t kAutoIncrement = 0x80;
constexpr uint8_t kPacketDecrement = 0x40;
constexpr uint8_t kPowerSave = 0x20;

// ECON1.
constexpr uint8_t kTransmitReset = 0x80;
constexpr uint8_t kReceiveReset = 0x40;
constexpr uint8_t kDmaStart = 0x20;
constexpr uint8_t kTransmitRequest = 0x08;
constexpr uint8_t kReceiveEnable = 0x04;
constexpr uint8_t kBankSelect = 0x03;

// ERXFCON.
constexpr uint8_t kUnicast = 0x80;
constexpr uint8_t kAllMustMatch = 0x40;
constexpr uint8_t kCheckCrc = 0x20;
constexpr uint8_t kPattern = 0x10;
constexpr uint8_t kMagic = 0x08;
constexpr uint8_t kHash = 0x04;
constexpr uint8_t kMulticast = 0x02;
constexpr uint8_t kBroadcast = 0x01;

// MACON1 and MACON3.
constexpr uint8_t kMacReceive = 0x01;
constexpr uint8_t kPassAll = 0x02;
constexpr uint8_t kAppendCrc = 0x10;
constexpr uint8_t kHugeFrames = 0x04;
constexpr uint8_t kMacFullDuplex = 0x01;

// MICMD and MISTAT.
constexpr uint8_t kMiiRead = 0x01;
constexpr uint8_t kMiiScan = 0x02;
constexpr uint8_t kMiiBusy = 0x01;
constexpr uint8_t kMiiScanning = 0x02;
constexpr uint8_t kMiiNotValid = 0x04;

// Control byte in front of a frame to send (figure 7-1).
constexpr uint8_t kOverride = 0x01;
constexpr uint8_t kOverrideCrc = 0x02;
constexpr uint8_t kOverridePad = 0x04;
constexpr uint8_t kOverrideHuge = 0x08;

// Status vectors (tables 7-1 and 7-3), bits of the upper half of the first four bytes.
constexpr uint32_t kVectorCrcError = 1u << 20;
constexpr uint32_t kVectorIsType = 1u << 22;
constexpr uint32_t kVectorOk = 1u << 23;
constexpr uint32_t kVectorMulticast = 1u << 24;
constexpr uint32_t kVectorBroadcast = 1u << 25;
constexpr uint32_t kVectorLateCollision = 1u << 29;
constexpr uint32_t kVectorGiant = 1u << 30;

// PHY.
constexpr uint8_t kPhcon1 = 0x00;
constexpr uint8_t kPhstat1 = 0x01;
constexpr uint8_t kPhid1 = 0x02;
constexpr uint8_t kPhid2 = 0x03;
constexpr uint8_t kPhcon2 = 0x10;
constexpr uint8_t kPhstat2 = 0x11;
constexpr uint8_t kPhie = 0x12;
constexpr uint8_t kPhir = 0x13;
constexpr uint8_t kPhlcon = 0x14;
constexpr uint16_t kPhyReset = 0x8000;
constexpr uint16_t kPhyLoopback = 0x4000;
constexpr uint16_t kPhyPowerSave = 0x0800;
constexpr uint16_t kPhyFullDuplex = 0x0100;
constexpr uint16_t kForceLink = 0x4000;
constexpr uint16_t kTransmitDisable = 0x2000;
constexpr uint16_t kHalfLoopbackDisable = 0x0100;
constexpr uint16_t kLinkChanged = 0x0010;
constexpr uint16_t kPhyInterruptEnables = 0x0012;  // PLNKIE, PGEIE
constexpr uint16_t kPhyInterruptFlags = 0x0014;    // PLNKIF, PGIF

enum class Unit : uint8_t { kEthernet, kMac };  // the second stands for MAC and MII

struct RegisterRow {
  uint16_t address;
  const char* name;
  Unit unit = Unit::kEthernet;
  uint8_t reset = 0;
  uint8_t writable = 0;   // bits the host may set
  uint8_t read_only = 0;  // bits that ignore what is written; the rest must be written as 0
};
// nullptr: not implemented, or reserved.
const RegisterRow* FindRegister(uint16_t address);
// Those may be read, but not changed; nothing at all may be done with 1Ah (3.1).
bool IsReserved(uint16_t address);

}  // namespace test::enc28j60_model
