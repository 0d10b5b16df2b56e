// Frames seen and frames made: capture and injection.
#pragma once

#include <cstdint>

#include "protocol/messages/link.h"
#include "protocol/method.h"

namespace protocol {

inline constexpr uint16_t kMaxFrame = 1514;  // bytes without FCS

enum class FrameDirection : uint8_t { kReceive, kTransmit };

struct CaptureRequest {
  uint8_t interface = 0;
  uint16_t snaplen = kMaxFrame;  // bytes kept of each frame, 14 to kMaxFrame
  static constexpr auto kFields = base::FieldList{Field{"interface", &CaptureRequest::interface},
                                                  Field{"snaplen", &CaptureRequest::snaplen}};
};
struct CapturedFrameInfo {
  uint64_t time_us = 0;  // board clock
  FrameDirection direction = FrameDirection::kReceive;
  uint32_t dropped = 0;  // frames that did not fit into the ring since the capture began
  uint16_t original_size = 0;
  base::Bytes<kMaxFrame> data{};
  static constexpr auto kFields =
      base::FieldList{Field{"time_us", &CapturedFrameInfo::time_us},
                      Field{"direction", &CapturedFrameInfo::direction},
                      Field{"dropped", &CapturedFrameInfo::dropped},
                      Field{"original_size", &CapturedFrameInfo::original_size},
                      Field{"data", &CapturedFrameInfo::data}};
};
struct CaptureTotals {
  uint32_t received = 0;  // frames that matched
  uint32_t dropped = 0;
  static constexpr auto kFields = base::FieldList{Field{"received", &CaptureTotals::received},
                                                  Field{"dropped", &CaptureTotals::dropped}};
};

struct InjectRequest {
  uint8_t interface = 0;
  FrameDirection direction = FrameDirection::kReceive;  // kReceive: as if the MAC had received it
  base::Bytes<kMaxFrame> frame{};
  static constexpr auto kFields = base::FieldList{Field{"interface", &InjectRequest::interface},
                                                  Field{"direction", &InjectRequest::direction},
                                                  Field{"frame", &InjectRequest::frame}};
};

// Frames made on the board: mostly valid headers with random defects, addressed to the board. The
// same seed makes the same frames.
struct InjectRandomRequest {
  uint8_t interface = 0;
  FrameDirection direction = FrameDirection::kReceive;
  uint32_t count = 0;
  uint32_t seed = 0;
  static constexpr auto kFields = base::FieldList{
      Field{"interface", &InjectRandomRequest::interface},
      Field{"direction", &InjectRandomRequest::direction},
      Field{"count", &InjectRandomRequest::count}, Field{"seed", &InjectRandomRequest::seed}};
};
struct InjectProgressInfo {
  uint32_t injected = 0;
  uint32_t refused = 0;  // no buffer or no room
  static constexpr auto kFields = base::FieldList{Field{"injected", &InjectProgressInfo::injected},
                                                  Field{"refused", &InjectProgressInfo::refused}};
};

// Runs until cancelled. kBusy: another capture runs.
using CaptureFrames = Job<0x0060, CaptureRequest>;
// kResourceExhausted: no buffer; kUnavailable: no room in the MAC; kUnreachable: link down.
using InjectFrame = Method<0x0061, InjectRequest, Empty>;
using InjectRandom = Job<0x0062, InjectRandomRequest>;

using FrameCaptured = Event<0x0060, CapturedFrameInfo>;
using CaptureEnd = Event<0x0061, CaptureTotals>;
using InjectProgress = Event<0x0062, InjectProgressInfo>;

}  // namespace protocol
