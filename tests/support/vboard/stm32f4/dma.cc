#include "tests/support/vboard/stm32f4/dma.h"

#include <algorithm>

#include "tests/support/vboard/hex.h"

namespace test {
namespace {

constexpr uint32_t kLowStatus = 0x00;
constexpr uint32_t kHighStatus = 0x04;
constexpr uint32_t kLowClear = 0x08;
constexpr uint32_t kHighClear = 0x0c;
constexpr uint32_t kFirstStream = 0x10;
constexpr uint32_t kStreamSize = 0x18;

// Places within a stream.
constexpr uint32_t kControl = 0x00;
constexpr uint32_t kItems = 0x04;
constexpr uint32_t kPeripheralAddress = 0x08;
constexpr uint32_t kMemory0 = 0x0c;
constexpr uint32_t kMemory1 = 0x10;

// SxCR.
constexpr uint32_t kEnable = 1u << 0;
constexpr uint32_t kErrorInterrupt = 1u << 2;
constexpr uint32_t kHalfInterrupt = 1u << 3;
constexpr uint32_t kCompleteInterrupt = 1u << 4;
constexpr uint32_t kPeripheralFlow = 1u << 5;
constexpr uint32_t kToPeripheral = 1u << 6;
constexpr uint32_t kMemoryToMemory = 1u << 7;
constexpr uint32_t kCircular = 1u << 8;
constexpr uint32_t kPeripheralIncrement = 1u << 9;
constexpr uint32_t kMemoryIncrement = 1u << 10;
constexpr uint32_t kDoubleBuffer = 1u << 18;
constexpr uint32_t kBursts = 0x01e0'0000;
constexpr uint32_t kReserved = 0xf010'0000;
constexpr uint32_t kProtected = 0x0fe7'ffe0;  // only while EN is 0 (10.5.5), CT apart
constexpr uint32_t kNotModelled = kPeripheralFlow | kMemoryToMemory | kDoubleBuffer | kBursts;

// SxFCR.
constexpr uint32_t kFifoReset = 0x21;
constexpr uint32_t kFifoMode = 1u << 2;  // DMDIS

// Flags of a stream.
constexpr uint32_t kTransferError = 1u << 3;
constexpr uint32_t kHalf = 1u << 4;
constexpr uint32_t kComplete = 1u << 5;
constexpr uint32_t kAllFlags = 0x3d;
constexpr std::array<uint32_t, 4> kFlagShift = {0, 6, 16, 22};

constexpr size_t kFifoBytes = 16;
constexpr int kMostMoves = 100'000;

uint32_t PeripheralWidth(uint32_t control) { return 1u << (control >> 11 & 3); }
uint32_t MemoryWidth(uint32_t control, uint32_t fifo_control) {
  // 10.3.13: direct mode takes PSIZE for both.
  return (fifo_control & kFifoMode) != 0 ? 1u << (control >> 13 & 3) : PeripheralWidth(control);
}
// Bytes in the FIFO that are a reason to write them to memory.
size_t Threshold(uint32_t control, uint32_t fifo_control) {
  return (fifo_control & kFifoMode) != 0 ? kFifoBytes / 4 * ((fifo_control & 3) + 1)
                                         : PeripheralWidth(control);
}

void Push(std::deque<std::byte>& fifo, uint32_t value, uint32_t width) {
  for (uint32_t i = 0; i < width; ++i) {
    fifo.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
}
uint32_t Pop(std::deque<std::byte>& fifo, uint32_t width) {
  uint32_t value = 0;
  for (uint32_t i = 0; i < width; ++i) {
    value |= std::to_integer<uint32_t>(fifo.front()) << (8 * i);
    fifo.pop_front();
  }
  return value;
}

}  // namespace

void Dma::Connect(uint32_t stream, uint32_t channel, std::function<bool()> is_requested) {
  requests_.push_back(
      {.stream = stream, .channel = channel, .is_requested = std::move(is_requested)});
}

void Dma::Reset() {
  streams_ = {};
  for (Stream& stream : streams_) {
    stream.fifo_control = kFifoReset;
  }
}

std::string Dma::Name(uint32_t number) const { return name_ + " stream " + std::to_string(number); }

uint32_t Dma::Flags(uint32_t first_stream) const {
  uint32_t value = 0;
  for (uint32_t i = 0; i < 4; ++i) {
    value |= streams_.at(first_stream + i).flags << kFlagShift.at(i);
  }
  return value;
}

void Dma::ClearFlags(uint32_t first_stream, uint32_t value) {
  for (uint32_t i = 0; i < 4; ++i) {
    streams_.at(first_stream + i).flags &= ~(value >> kFlagShift.at(i) & kAllFlags);
  }
}

uint32_t Dma::Read(uint32_t offset) {
  if (offset == kLowStatus || offset == kHighStatus) {
    return Flags(offset);  // 0 and 4
  }
  if (offset < kFirstStream) {
    return 0;
  }
  const uint32_t number = (offset - kFirstStream) / kStreamSize;
  if (number >= kStreams) {
    violations_.Add("no register of " + name_ + " at offset " + Hex(offset));
    return 0;
  }
  const Stream& stream = streams_.at(number);
  switch ((offset - kFirstStream) % kStreamSize) {
    case kControl:
      return stream.control;
    case kItems:
      return stream.items;
    case kPeripheralAddress:
      return stream.peripheral;
    case kMemory0:
      return stream.memory[0];
    case kMemory1:
      return stream.memory[1];
    default:
      return stream.fifo_control;
  }
}

void Dma::Write(uint32_t offset, uint32_t value) {
  if (offset == kLowClear || offset == kHighClear) {
    ClearFlags(offset == kLowClear ? 0 : 4, value);
    return;
  }
  const uint32_t number = (offset - kFirstStream) / kStreamSize;
  if (offset < kFirstStream || number >= kStreams) {
    violations_.Add("no register of " + name_ + " to write at offset " + Hex(offset));
    return;
  }
  WriteStream(number, (offset - kFirstStream) % kStreamSize, value);
}

void Dma::WriteStream(uint32_t number, uint32_t place, uint32_t value) {
  if (place == kControl) {
    WriteControl(number, value);
    Advance();
    return;
  }
  Stream& stream = streams_.at(number);
  if ((stream.control & kEnable) != 0) {
    violations_.Add(Name(number) + ": set up while EN is set");
    return;
  }
  switch (place) {
    case kItems:
      stream.items = value & 0xffff;
      return;
    case kPeripheralAddress:
      stream.peripheral = value;
      return;
    case kMemory0:
      stream.memory[0] = value;
      return;
    case kMemory1:
      stream.memory[1] = value;
      return;
    default:
      stream.fifo_control = (value & 0x87) | (stream.fifo_control & 0x38);
  }
}

void Dma::WriteControl(uint32_t number, uint32_t value) {
  Stream& stream = streams_.at(number);
  if ((value & kReserved) != 0) {
    violations_.Add(Name(number) + ": reserved bits of CR written as 1");
  }
  const bool was_enabled = (stream.control & kEnable) != 0;
  if (was_enabled && ((stream.control ^ value) & kProtected) != 0) {
    violations_.Add(Name(number) + ": set up while EN is set");
    value = (value & ~kProtected) | (stream.control & kProtected);
  }
  stream.control = value & ~kReserved;
  if (!was_enabled && (value & kEnable) != 0) {
    Enable(number);
  } else if (was_enabled && (value & kEnable) == 0) {
    // 10.3.17: what is in the FIFO goes to memory, and TCIF says so.
    FlushToMemory(stream);
    stream.flags |= kComplete;
  }
}

void Dma::CheckSettings(uint32_t number) {
  const Stream& stream = streams_.at(number);
  const uint32_t memory_width = MemoryWidth(stream.control, stream.fifo_control);
  if ((stream.control & kNotModelled) != 0) {
    violations_.Add(Name(number) + ": a mode that is not modelled");
  }
  if (stream.flags != 0) {
    violations_.Add(Name(number) + " enabled before its flags are cleared");
  }
  if (stream.items == 0) {
    violations_.Add(Name(number) + " enabled with nothing to transfer");
  }
  if (stream.peripheral % PeripheralWidth(stream.control) != 0 ||
      stream.memory[0] % memory_width != 0) {
    violations_.Add(Name(number) + ": an address is not aligned to its size");
  }
  const bool is_connected = std::ranges::any_of(requests_, [&](const Request& request) {
    return request.stream == number && request.channel == stream.control >> 25;
  });
  if (!is_connected) {
    violations_.Add(Name(number) + ": nothing that is modelled asks on this channel");
  }
}

void Dma::Enable(uint32_t number) {
  CheckSettings(number);
  Stream& stream = streams_.at(number);
  stream.total = stream.items;
  Load(stream);
  if ((stream.control & kToPeripheral) != 0 && !FillFromMemory(stream)) {
    Fail(number);
  }
}

void Dma::Load(Stream& stream) {
  stream.items = stream.total;
  stream.memory_at = stream.memory[0];
  stream.peripheral_at = stream.peripheral;
  stream.memory_left = stream.total * PeripheralWidth(stream.control);
  stream.fifo.clear();
}

bool Dma::IsRequested(uint32_t number) const {
  const Stream& stream = streams_.at(number);
  return (stream.control & kEnable) != 0 && stream.items != 0 &&
         std::ranges::any_of(requests_, [&](const Request& request) {
           return request.stream == number && request.channel == stream.control >> 25 &&
                  request.is_requested();
         });
}

// By priority, then by number (10.3.6); -1: none.
int Dma::Choose() const {
  int best = -1;
  uint32_t best_priority = 0;
  for (uint32_t i = 0; i < kStreams; ++i) {
    const uint32_t priority = streams_.at(i).control >> 16 & 3;
    if (IsRequested(i) && (best < 0 || priority > best_priority)) {
      best = static_cast<int>(i);
      best_priority = priority;
    }
  }
  return best;
}

void Dma::Advance() {
  if (is_moving_) {
    return;  // an access of ours let time pass
  }
  is_moving_ = true;
  for (int i = 0; i < kMostMoves; ++i) {
    const int number = Choose();
    if (number < 0) {
      break;
    }
    MoveOne(static_cast<uint32_t>(number));
  }
  is_moving_ = false;
}

void Dma::MoveOne(uint32_t number) {
  Stream& stream = streams_.at(number);
  --stream.items;
  const bool is_out = (stream.control & kToPeripheral) != 0;
  if (!(is_out ? ToPeripheral(stream) : FromPeripheral(stream))) {
    Fail(number);
    return;
  }
  if (stream.items == stream.total / 2) {
    stream.flags |= kHalf;
  }
  if (stream.items != 0) {
    return;
  }
  stream.flags |= kComplete;
  if ((stream.control & kCircular) == 0) {
    stream.control &= ~kEnable;
    return;
  }
  Load(stream);
  if (is_out && !FillFromMemory(stream)) {
    Fail(number);
  }
}

bool Dma::FromPeripheral(Stream& stream) {
  const uint32_t width = PeripheralWidth(stream.control);
  uint32_t value = 0;
  if (!bus_.DmaRead(stream.peripheral_at, width, value)) {
    return false;
  }
  stream.peripheral_at += (stream.control & kPeripheralIncrement) != 0 ? width : 0;
  Push(stream.fifo, value, width);
  const bool is_due = stream.fifo.size() >= Threshold(stream.control, stream.fifo_control);
  return (!is_due && stream.items != 0) || FlushToMemory(stream);
}

bool Dma::FlushToMemory(Stream& stream) {
  if ((stream.control & kToPeripheral) != 0) {
    return true;
  }
  while (!stream.fifo.empty()) {
    const uint32_t width = std::min(MemoryWidth(stream.control, stream.fifo_control),
                                    static_cast<uint32_t>(stream.fifo.size()));
    if (!bus_.DmaWrite(stream.memory_at, width, Pop(stream.fifo, width))) {
      return false;
    }
    stream.memory_at += (stream.control & kMemoryIncrement) != 0 ? width : 0;
  }
  return true;
}

bool Dma::ToPeripheral(Stream& stream) {
  const uint32_t width = PeripheralWidth(stream.control);
  const uint32_t value = Pop(stream.fifo, width);
  if (!bus_.DmaWrite(stream.peripheral_at, width, value)) {
    return false;
  }
  stream.peripheral_at += (stream.control & kPeripheralIncrement) != 0 ? width : 0;
  return FillFromMemory(stream);
}

// What fits the FIFO, in direct mode one item.
bool Dma::FillFromMemory(Stream& stream) {
  const uint32_t width = MemoryWidth(stream.control, stream.fifo_control);
  const size_t room = (stream.fifo_control & kFifoMode) != 0 ? kFifoBytes : width;
  while (stream.memory_left != 0 && stream.fifo.size() + width <= room) {
    uint32_t value = 0;
    const uint32_t size = std::min(width, stream.memory_left);
    if (!bus_.DmaRead(stream.memory_at, size, value)) {
      return false;
    }
    Push(stream.fifo, value, size);
    stream.memory_at += (stream.control & kMemoryIncrement) != 0 ? size : 0;
    stream.memory_left -= size;
  }
  return true;
}

// 10.3.18: a bus error disables the stream.
void Dma::Fail(uint32_t number) {
  Stream& stream = streams_.at(number);
  stream.flags |= kTransferError;
  stream.control &= ~kEnable;
  violations_.Add(Name(number) + ": bus error");
}

bool Dma::interrupt_of(uint32_t stream) const {
  const Stream& one = streams_.at(stream);
  // TEIE, HTIE and TCIE stand one bit below their flags.
  const uint32_t enabled = one.control & (kErrorInterrupt | kHalfInterrupt | kCompleteInterrupt);
  return (one.flags & (enabled << 1)) != 0;
}

}  // namespace test
