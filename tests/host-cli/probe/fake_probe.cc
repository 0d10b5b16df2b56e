#include "tests/host-cli/probe/fake_probe.h"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "host-cli/probe/memory_error.h"

namespace test {
namespace {

using netctl::FailMemory;
using netctl::MemoryError;
using netctl::MemoryResult;

class Forward : public netctl::DapTransport {
 public:
  explicit Forward(FakeProbe& probe) : probe_(probe) {}
  void SetPacketSize(size_t bytes) override { EXPECT_EQ(bytes, probe_.packet_size); }
  MemoryResult<void> Submit(base::ConstByteSpan packet) override { return probe_.Submit(packet); }
  MemoryResult<base::ConstByteSpan> Receive(base::Instant /*deadline*/) override {
    return probe_.Receive();
  }

 private:
  FakeProbe& probe_;
};

uint8_t Byte(base::ConstByteSpan bytes, size_t index) {
  return std::to_integer<uint8_t>(bytes[index]);
}

uint32_t Word(base::ConstByteSpan bytes, size_t index) {
  return base::Load<base::ByteOrder::kLittle, uint32_t>(bytes.subspan(index, 4).data());
}

void Append(std::vector<std::byte>& bytes, uint32_t word) {
  bytes.resize(bytes.size() + 4);
  base::Store<base::ByteOrder::kLittle>(bytes.data() + bytes.size() - 4, word);
}

std::vector<std::byte> Octets(std::initializer_list<uint8_t> values) {
  std::vector<std::byte> bytes;
  for (const uint8_t value : values) {
    bytes.push_back(std::byte{value});
  }
  return bytes;
}

}  // namespace

std::unique_ptr<netctl::DapTransport> FakeProbe::Transport() {
  return std::make_unique<Forward>(*this);
}

void FakeProbe::AnswerTransfers(size_t first, size_t count, uint8_t ack) {
  numbered_ = 0;
  faults_.push_back({first, count, ack});
}

MemoryResult<void> FakeProbe::Submit(base::ConstByteSpan packet) {
  if (unplug_after && commands >= *unplug_after) {
    return FailMemory(MemoryError::Kind::kLost, "unplugged");
  }
  ++commands;
  EXPECT_LE(packet.size(), packet_size);
  Bytes reply = Reply(packet);
  EXPECT_LE(reply.size(), packet_size);
  if (on_reply) {
    on_reply(reply);
  }
  replies_.push_back(std::move(reply));
  most_in_flight = std::max(most_in_flight, replies_.size());
  return {};
}

MemoryResult<base::ConstByteSpan> FakeProbe::Receive() {
  if (replies_.empty() || !answers) {
    return FailMemory(MemoryError::Kind::kLost, "no answer");
  }
  last_reply_ = std::move(replies_.front());
  replies_.pop_front();
  return last_reply_;
}

FakeProbe::Bytes FakeProbe::Info(uint8_t id) const {
  switch (id) {
    case 0x03: {
      Bytes reply = Octets({0, static_cast<uint8_t>(serial.size() + 1)});
      const auto text = std::as_bytes(std::span(serial.c_str(), serial.size() + 1));
      reply.insert(reply.end(), text.begin(), text.end());
      return reply;
    }
    case 0xf0:
      return Octets({0, 1, capabilities});
    case 0xfe:
      return Octets({0, 1, packet_count});
    case 0xff:
      return Octets(
          {0, 2, static_cast<uint8_t>(packet_size & 0xff), static_cast<uint8_t>(packet_size >> 8)});
    default:
      return Octets({0, 0});
  }
}

FakeProbe::Bytes FakeProbe::Reply(base::ConstByteSpan packet) {
  const uint8_t command = Byte(packet, 0);
  switch (command) {
    case 0x00:
      return Info(Byte(packet, 1));
    case 0x01:
      lamp = Byte(packet, 2) != 0;
      return Octets({command, 0});
    case 0x02:
      connected = true;
      return Octets({command, 1});
    case 0x03:
      connected = false;
      return Octets({command, 0});
    case 0x05:
      return Transfer(packet);
    case 0x08:
      Abort(Word(packet, 2));
      return Octets({command, 0});
    case 0x11:
      clock = Word(packet, 1);
      return Octets({command, 0});
    case 0x12:
      ++line_resets;
      line_reset_ = true;
      line_ready_ = false;
      return Octets({command, 0});
    case 0x04:
    case 0x13:
      return Octets({command, 0});
    default:
      return Octets({0xff});
  }
}

FakeProbe::Bytes FakeProbe::Transfer(base::ConstByteSpan packet) {
  ++transfer_commands;
  Bytes data;
  size_t at = 3;
  uint8_t done = 0;
  uint8_t ack = kAckOk;
  bool wrote = false;
  for (size_t i = 0; i < Byte(packet, 2) && ack == kAckOk; ++i) {
    const uint8_t request = Byte(packet, at);
    const bool read = (request & 2) != 0;
    uint32_t value = read ? 0 : Word(packet, at + 1);
    at += read ? 1 : 5;
    ack = One(request, value);
    done = static_cast<uint8_t>(done + (ack == kAckOk ? 1 : 0));
    if (read && ack == kAckOk) {
      Append(data, value);
    }
    wrote = !read;
  }
  // The read of RDBUFF that tells how a posted write ended.
  if (ack == kAckOk && wrote && sticky_error_) {
    ack = kAckFault;
  }
  Bytes reply = Octets({0x05, done, ack});
  reply.insert(reply.end(), data.begin(), data.end());
  return reply;
}

uint8_t FakeProbe::InjectedAck() {
  const size_t number = numbered_++;
  for (const Fault& fault : faults_) {
    if (number >= fault.first && number - fault.first < fault.count) {
      return fault.ack;
    }
  }
  return disturb_each_ != 0 && number % disturb_each_ == 0 ? disturbance_ : kAckOk;
}

// Without a clear answer both sides have lost count of the bits.
void FakeProbe::LoseLine() {
  line_ready_ = false;
  line_reset_ = false;
}

uint8_t FakeProbe::One(uint8_t request, uint32_t& value) {
  ++transfers;
  if (!target_powered || !connected) {
    LoseLine();
    power_ = 0;
    return kAckNone;
  }
  const uint8_t injected = InjectedAck();
  if (injected == kAckNone || injected == kAckParity) {
    LoseLine();
  }
  if (injected != kAckOk) {
    return injected;
  }
  if (line_reset_ && request == 2) {
    line_reset_ = false;
    line_ready_ = true;
  }
  if (!line_ready_) {
    return kAckNone;
  }
  return (request & 1) == 0 ? DebugPort(request, value) : AccessPort(request, value);
}

void FakeProbe::Abort(uint32_t value) {
  aborted_accesses += value & 1;
  if ((value & 0x04) != 0) {
    sticky_error_ = false;
  }
}

uint8_t FakeProbe::DebugPort(uint8_t request, uint32_t& value) {
  switch (request) {
    case 0x0:
      Abort(value);
      return kAckOk;
    case 0x2:
      value = idcode;
      return kAckOk;
    case 0x4:
      power_ = value;
      return kAckOk;
    case 0x6:
      value = power_ | (power_up_works ? power_ << 1 : 0) | (sticky_error_ ? 1U << 5 : 0);
      return kAckOk;
    case 0x8:
      select_ = value;
      return kAckOk;
    default:
      return kAckFault;
  }
}

uint8_t FakeProbe::AccessPort(uint8_t request, uint32_t& value) {
  if (sticky_error_ || power_ != 0x5000'0000) {
    return kAckFault;
  }
  const bool read = (request & 2) != 0;
  const uint32_t address = (select_ & 0xf0) | (request & 0x0cU);
  switch (address) {
    case 0x00:
      (read ? value : csw_) = read ? csw_ : value;
      return kAckOk;
    case 0x04:
      (read ? value : tar_) = read ? tar_ : value;
      return kAckOk;
    case 0x0c:
      if (Bus(read, value)) {
        return kAckOk;
      }
      sticky_error_ = true;
      return read ? kAckFault : kAckOk;
    case 0xfc:
      value = ap_idr;
      return kAckOk;
    default:
      value = 0;
      return kAckOk;
  }
}

bool FakeProbe::Bus(bool read, uint32_t& value) {
  const uint32_t width = 1U << (csw_ & 7);
  EXPECT_EQ(tar_ % width, 0U);
  if (bad_words.contains(tar_ & ~3U)) {
    return false;
  }
  const bool done =
      tar_ >= 0xe000'0000 ? CoreRegister(read, tar_, value) : RamAccess(read, tar_, width, value);
  // Only ten bits are sure to count.
  if (done && (csw_ & 0x30) == 0x10) {
    tar_ = (tar_ & ~0x3ffU) | ((tar_ + width) & 0x3ffU);
  }
  return done;
}

bool FakeProbe::RamAccess(bool read, uint32_t address, uint32_t width, uint32_t& value) {
  if (address < kRam || address - kRam + width > ram.size()) {
    return false;
  }
  if (read) {
    value = 0x5a5a'5a5a;  // lanes that were not asked for
  }
  for (uint32_t i = 0; i < width; ++i) {
    std::byte& byte = ram[address - kRam + i];
    const uint32_t shift = 8 * ((address + i) % 4);
    if (read) {
      value = (value & ~(0xffU << shift)) | std::to_integer<uint32_t>(byte) << shift;
    } else {
      byte = static_cast<std::byte>(value >> shift);
    }
  }
  if (!read && on_write) {
    on_write();
  }
  return true;
}

bool FakeProbe::CoreRegister(bool read, uint32_t address, uint32_t& value) {
  switch (address) {
    case 0xe000'ed0c:
      if (!read && value == 0x05fa'0004 && reset_works) {
        ResetCore();
      }
      return true;
    case 0xe000'edf0:
      if (read) {
        value = (debug_enabled ? 1U : 0) | (halted ? 1U << 17 : 0) | (was_reset_ ? 1U << 25 : 0);
        was_reset_ = false;
      } else if (value >> 16 == 0xa05f) {
        debug_enabled = (value & 1) != 0;
        halted = debug_enabled && (value & 2) != 0;
      }
      return true;
    case 0xe000'edfc:
      if (read) {
        value = demcr_others | (catch_reset ? 1U : 0);
      } else {
        catch_reset = (value & 1) != 0;
        demcr_others = value & ~1U;
      }
      return true;
    default:
      return false;
  }
}

void FakeProbe::ResetCore() {
  ++resets;
  was_reset_ = true;
  halted = halted || (debug_enabled && catch_reset);
  if (reset_takes_port) {
    LoseLine();
    power_ = 0;
    csw_ = 0;
    select_ = 0xf0;
  }
}

}  // namespace test
