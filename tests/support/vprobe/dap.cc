#include "tests/support/vprobe/dap.h"

#include <algorithm>
#include <string_view>

#include "tests/support/vprobe/dap_commands.h"
#include "tests/support/vprobe/dap_request.h"

namespace test {
namespace {

constexpr uint8_t kCapabilitySwd = 1u << 0;

void PutText(std::vector<uint8_t>& answer, std::string_view text) {
  answer.push_back(static_cast<uint8_t>(text.size() + 1));
  answer.insert(answer.end(), text.begin(), text.end());
  answer.push_back(0);
}

}  // namespace

std::optional<std::vector<uint8_t>> Dap::Execute(std::span<const uint8_t> packet) {
  ++counters_.commands;
  if (packet.empty() || packet.size() > settings_.packet_size) {
    return Answer{kDapInvalid};
  }
  const uint8_t command = packet[0];
  if (command == kDapTransferAbort) {
    return std::nullopt;  // every transfer is over by now
  }
  Request request(packet.subspan(1));
  Answer answer{command};
  if (!Dispatch(command, request, answer) || request.overrun()) {
    return Answer{kDapInvalid};
  }
  answer.resize(std::min<size_t>(answer.size(), settings_.packet_size));
  return answer;
}

bool Dap::Dispatch(uint8_t command, Request& request, Answer& answer) {
  switch (command) {
    case kDapInfo:
      Info(request.Byte(), answer);
      return true;
    case kDapTransfer:
      Transfer(request, answer);
      return true;
    case kDapTransferBlock:
      TransferBlock(request, answer);
      return true;
    case kDapPins:
      Pins(request, answer);
      return true;
    case kDapSwdSequence:
      SwdSequence(request, answer);
      return true;
    case kDapConnect: {
      const uint8_t port = request.Byte();
      connected_ = port <= kPortSwd;  // 0: the probe's choice
      answer.push_back(connected_ ? kPortSwd : 0);
      return true;
    }
    case kDapDisconnect:
      connected_ = false;
      break;
    case kDapTransferConfigure:
      TransferConfigure(request);
      break;
    case kDapWriteAbort: {
      request.Byte();
      uint32_t value = request.Word();
      static_cast<void>(Packet(kDpAbort, value));
      break;
    }
    case kDapDelay:  // time is not modelled
      request.Half();
      break;
    case kDapResetTarget:  // no sequence of a device's own
      answer.insert(answer.end(), {kDapOk, 0});
      return true;
    case kDapClock:
      answer.push_back(request.Word() == 0 ? kDapError : kDapOk);
      return true;
    case kDapSequence:
      Sequence(request);
      break;
    case kDapHostStatus:
    case kDapSwdConfigure:
    case kDapSwoTransport:
      request.Byte();
      break;
    default:
      return false;
  }
  answer.push_back(kDapOk);
  return true;
}

void Dap::Info(uint8_t id, Answer& answer) const {
  switch (id) {
    case kInfoVendor:
      return PutText(answer, settings_.vendor);
    case kInfoProduct:
      return PutText(answer, settings_.product);
    case kInfoSerial:
      return PutText(answer, settings_.serial);
    case kInfoProtocolVersion:
      return PutText(answer, "2.1.0");
    case kInfoFirmwareVersion:
      return PutText(answer, "1.0.0");
    case kInfoCapabilities:
      answer.insert(answer.end(), {1, kCapabilitySwd});
      return;
    case kInfoPacketCount:
      answer.insert(answer.end(), {1, settings_.packet_count});
      return;
    case kInfoPacketSize:
      answer.insert(answer.end(), {2, static_cast<uint8_t>(settings_.packet_size),
                                   static_cast<uint8_t>(settings_.packet_size >> 8)});
      return;
    default:
      answer.push_back(0);
  }
}

void Dap::TransferConfigure(Request& request) {
  request.Byte();  // idle cycles
  wait_retries_ = request.Half();
  match_retries_ = request.Half();
}

void Dap::Pins(Request& request, Answer& answer) {
  const uint8_t output = request.Byte();
  const uint8_t select = request.Byte();
  request.Word();  // how long to wait for the pins: they follow at once
  if ((select & kPinReset) != 0) {
    const bool high = (output & kPinReset) != 0;
    if (high && !reset_pin_) {
      core_.Reset();
    }
    reset_pin_ = high;
  }
  answer.push_back(static_cast<uint8_t>(kPinClock | kPinData | (reset_pin_ ? kPinReset : 0)));
}

void Dap::Sequence(Request& request) {
  const uint8_t count = request.Byte();
  const uint32_t bits = count == 0 ? 256 : count;
  uint8_t data = 0;
  for (uint32_t i = 0; i < bits; ++i) {
    data = i % 8 == 0 ? request.Byte() : static_cast<uint8_t>(data >> 1);
    port_.Clock((data & 1) != 0);
  }
}

void Dap::SwdSequence(Request& request, Answer& answer) {
  constexpr uint8_t kInput = 1u << 7;
  answer.push_back(kDapOk);
  const uint8_t sequences = request.Byte();
  for (uint8_t n = 0; n < sequences; ++n) {
    const uint8_t info = request.Byte();
    const uint32_t bits = (info & 0x3f) == 0 ? 64 : info & 0x3f;
    if ((info & kInput) != 0) {
      answer.insert(answer.end(), (bits + 7) / 8, 0xff);  // nobody drives the wire: pulled up
      continue;
    }
    uint8_t data = 0;
    for (uint32_t i = 0; i < bits; ++i) {
      data = i % 8 == 0 ? request.Byte() : static_cast<uint8_t>(data >> 1);
      port_.Clock((data & 1) != 0);
    }
  }
}

}  // namespace test
