// Numbers of CMSIS-DAP.
#pragma once

#include <cstdint>

namespace test {

enum DapCommand : uint8_t {
  kDapInfo = 0x00,
  kDapHostStatus = 0x01,
  kDapConnect = 0x02,
  kDapDisconnect = 0x03,
  kDapTransferConfigure = 0x04,
  kDapTransfer = 0x05,
  kDapTransferBlock = 0x06,
  kDapTransferAbort = 0x07,
  kDapWriteAbort = 0x08,
  kDapDelay = 0x09,
  kDapResetTarget = 0x0a,
  kDapPins = 0x10,
  kDapClock = 0x11,
  kDapSequence = 0x12,
  kDapSwdConfigure = 0x13,
  kDapSwoTransport = 0x17,
  kDapSwdSequence = 0x1d,
  kDapInvalid = 0xff,
};

enum DapInfoId : uint8_t {
  kInfoVendor = 0x01,
  kInfoProduct = 0x02,
  kInfoSerial = 0x03,
  kInfoProtocolVersion = 0x04,
  kInfoFirmwareVersion = 0x09,
  kInfoCapabilities = 0xf0,
  kInfoPacketCount = 0xfe,
  kInfoPacketSize = 0xff,
};

// Bits of a transfer request.
inline constexpr uint8_t kRequestAp = 1u << 0;
inline constexpr uint8_t kRequestRead = 1u << 1;
inline constexpr uint8_t kRequestAddress = 0x0c;
inline constexpr uint8_t kRequestMatch = 1u << 4;
inline constexpr uint8_t kRequestMask = 1u << 5;
inline constexpr uint8_t kRequestTimestamp = 1u << 7;
inline constexpr uint8_t kResponseMismatch = 1u << 4;

inline constexpr uint8_t kDapOk = 0x00;
inline constexpr uint8_t kDapError = 0xff;
inline constexpr uint8_t kPortSwd = 1;

// Bits of DAP_SWJ_Pins.
inline constexpr uint8_t kPinClock = 1u << 0;
inline constexpr uint8_t kPinData = 1u << 1;
inline constexpr uint8_t kPinReset = 1u << 7;

}  // namespace test
