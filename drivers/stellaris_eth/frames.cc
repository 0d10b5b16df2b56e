// Receiving and transmitting: a frame stands in a FIFO behind two bytes of length, so that both its
// IP header and the driver's copy of it keep to whole words.
#include <bit>
#include <cstring>

#include "drivers/stellaris_eth/registers.h"
#include "drivers/stellaris_eth/stellaris_eth.h"

namespace drivers {
namespace {

using namespace stellaris_eth;

// The FIFO's words are little-endian, and memory takes them as they are.
static_assert(std::endian::native == std::endian::little);

constexpr size_t kLengthField = 2;
constexpr size_t kFrameCheckSequence = 4;
constexpr size_t kOverhead = kLengthField + kFrameCheckSequence;
constexpr size_t kEthernetHeader = 14;
constexpr size_t kHeaderWords = (kLengthField + kEthernetHeader) / 4;
static_assert(kHeaderWords * 4 == kLengthField + kEthernetHeader);
static_assert(kLengthField == stack::EthernetDriver::kReceiveHeadroom);

constexpr size_t Words(size_t bytes) { return (bytes + 3) / 4; }

uint32_t LoadWord(const std::byte* from) {
  uint32_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

// Puts bytes of any number and alignment together to words for the FIFO.
class WordWriter {
 public:
  WordWriter(RegisterBus& bus, uint32_t first_half) : bus_(bus), word_(first_half) {}

  void Write(base::ConstByteSpan bytes) {
    const std::byte* next = bytes.data();
    size_t left = bytes.size();
    for (; left != 0 && filled_ != 0; --left) {
      WriteByte(*next++);
    }
    const size_t whole = left & ~size_t{3};
    if (whole != 0 && (reinterpret_cast<uintptr_t>(next) & 3) == 0) {
      bus_.WriteBlock(kFifo, {next, whole});
      next += whole;
      left -= whole;
    }
    for (; left >= 4; left -= 4, next += 4) {
      bus_.Write(kFifo, LoadWord(next));
    }
    for (; left != 0; --left) {
      WriteByte(*next++);
    }
  }

  void Finish() {
    if (filled_ != 0) {
      bus_.Write(kFifo, word_);
    }
  }

 private:
  void WriteByte(std::byte byte) {
    word_ |= std::to_integer<uint32_t>(byte) << 8 * filled_;
    if (++filled_ == 4) {
      bus_.Write(kFifo, word_);
      word_ = 0;
      filled_ = 0;
    }
  }

  RegisterBus& bus_;
  uint32_t word_;
  uint32_t filled_ = kLengthField;
};

}  // namespace

base::Result<base::Pbuf> StellarisEth::DoReceive() {
  if (Get<PacketCount>().frames() == 0) {
    return std::unexpected(base::Status::kUnavailable);
  }
  const uint32_t first_word = bus_.Read(kFifo);
  const size_t length = first_word & 0xffff;
  if (length < kOverhead || length > kFifoBytes) {
    return DropImplausible();
  }
  const size_t size = length - kOverhead;
  const size_t words_left = Words(length) - 1;
  if (size < kEthernetHeader || size > kMaxFrame) {
    Discard(words_left);
    ++(size > kMaxFrame ? counters().rx_too_long : counters().rx_too_short);
    return std::unexpected(base::Status::kDataLoss);
  }
  // Whole words from the length field on.
  const size_t room = 4 * Words(kLengthField + size) - kLengthField;
  auto frame = pools().Allocate(kReceiveHeadroom, room, base::Holder::kStack);
  if (!frame) {
    Discard(words_left);
    ++(frame.error() == base::Status::kResourceExhausted ? counters().rx_no_buffer
                                                         : counters().rx_too_long);
    return frame;
  }
  frame->Append(size);
  ReadFrame(*frame, first_word, size);
  return frame;
}

// A length that cannot be means that the FIFO is out of step with the frames in it.
std::unexpected<base::Status> StellarisEth::DropImplausible() {
  ++details_.rx_resyncs;
  ++counters().rx_errors;
  ResetReceiver();
  return std::unexpected(base::Status::kDataLoss);
}

void StellarisEth::ReadFrame(base::Pbuf& frame, uint32_t first_word, size_t size) {
  std::byte* to = frame.data() - kReceiveHeadroom;
  std::memcpy(to, &first_word, sizeof(first_word));
  for (size_t i = 1; i < kHeaderWords; ++i) {
    const uint32_t word = bus_.Read(kFifo);
    std::memcpy(to + 4 * i, &word, sizeof(word));
  }
  to += 4 * kHeaderWords;
  const size_t payload = size - kEthernetHeader;
  const size_t whole = payload & ~size_t{3};
  base::Sum sum = whole == 0 ? base::Sum{0} : bus_.ReadBlock(kFifo, {to, whole});
  const size_t tail = payload & 3;
  if (tail != 0) {
    // The rest of this word belongs to the frame check sequence.
    const uint32_t word = bus_.Read(kFifo) & ((uint32_t{1} << 8 * tail) - 1);
    std::memcpy(to + whole, &word, sizeof(word));
    sum = base::AddSums(sum, base::FoldSum((word & 0xffff) + (word >> 16)));
  }
  bus_.Read(kFifo);
  frame.set_sum(sum);
}

void StellarisEth::Discard(size_t words) {
  for (size_t i = 0; i < words; ++i) {
    bus_.Read(kFifo);
  }
}

bool StellarisEth::transmitter_is_busy() const {
  return (Get<TransmitRequest>().raw & TransmitRequest::kNew) != 0;
}

base::Status StellarisEth::DoTransmit(base::Pbuf&& frame) {
  const size_t size = frame.size();
  if (size < kEthernetHeader) {
    return base::Status::kInvalidArgument;
  }
  // The FIFO holds one frame, until it has left or failed for good (16.3.1.2).
  if (transmitter_is_busy()) {
    tx_wanted_ = true;
    return base::Status::kUnavailable;
  }
  WordWriter writer(bus_, static_cast<uint32_t>(size - kEthernetHeader));
  frame.ForEachPart([&](base::ConstByteSpan bytes) { writer.Write(bytes); });
  writer.Finish();
  Set(TransmitRequest{TransmitRequest::kNew});
  ++tx_written_;
  frame.Reset();
  return base::Status::kOk;
}

}  // namespace drivers
