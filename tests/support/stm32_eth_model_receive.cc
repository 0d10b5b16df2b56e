// The STM32 Ethernet model's way from the wire to memory (RM0090 33.6.6 and 33.5.3).
#include <algorithm>

#include "tests/support/ethernet_checksums.h"
#include "tests/support/stm32_eth_model.h"

namespace test {

using namespace stm32_eth;

namespace {

constexpr size_t kFcsBytes = 4;
constexpr size_t kHeaderBytes = 14;
constexpr size_t kShortestOnWire = 64;
constexpr size_t kLongestOnWire = 1518;
constexpr size_t kWatchdogBytes = 2048;
constexpr size_t kLongestWatched = 16384;
constexpr uint32_t kFirstType = 0x600;
constexpr uint32_t kLongestLength = 1500;
constexpr uint32_t kVlanType = 0x8100;
constexpr std::byte kDummy{0xdd};  // what the DMA writes around the frame to fill words
constexpr uint32_t kWatchdogCycles = 256;
constexpr uint32_t kThresholds[] = {64, 32, 96, 128};

uint32_t TypeOf(base::ConstByteSpan frame) {
  return frame.size() < kHeaderBytes
             ? kFirstType
             : std::to_integer<uint32_t>(frame[12]) << 8 | std::to_integer<uint32_t>(frame[13]);
}

}  // namespace

void Stm32EthModel::StartReceiveDma() {
  if (rx_state_ == DmaState::kDead) {
    return;
  }
  if (!rx_list_.has_base()) {
    Report("DMAOMR.SR set before DMARDLAR was written");
    return;
  }
  if (Has(kMaccr, kCrChecksumOffload) && !rx_list_.is_enhanced()) {
    Report("MACCR.IPCO needs enhanced descriptors");
  }
  AcquireReceiveDescriptor();
}

void Stm32EthModel::StopReceiveDma() {
  if (rx_state_ == DmaState::kDead) {
    return;
  }
  rx_state_ = DmaState::kStopped;
  rx_descriptor_.reset();
  Raise(kSrReceiveStopped);
}

void Stm32EthModel::OnReceivePoll() {
  if (rx_state_ == DmaState::kSuspended) {
    AcquireReceiveDescriptor();
    DrainFifo();
  }
}

void Stm32EthModel::AcquireReceiveDescriptor() {
  rx_descriptor_ = rx_list_.Fetch();
  if (!rx_descriptor_) {
    KillReceive(kSrErrorInDescriptor | kSrErrorInRead);
    return;
  }
  if ((rx_descriptor_->words[0] & kOwn) != 0) {
    rx_state_ = DmaState::kRunning;
    return;
  }
  rx_descriptor_.reset();
  rx_state_ = DmaState::kSuspended;
  Raise(kSrNoReceiveBuffer);
}

// A frame has been on the wire for its time.
void Stm32EthModel::Arrive(WireFrame frame) {
  if (!can_receive()) {
    return;
  }
  uint32_t filter_bits = 0;
  const bool is_wanted = passes_filter(frame.bytes, filter_bits);
  if (frame.errors == 0) {
    TakePauseFrame(frame.bytes);
  }
  if (!is_wanted && !Has(kMacffr, kFfReceiveAll)) {
    return;
  }
  if ((frame.errors & kRdCrcError) != 0) {
    Count((frame.errors & kRdDribble) != 0 ? kMmcrfaecr : kMmcrfcecr);
  } else if (frame.errors == 0 && (frame.bytes[0] & std::byte{1}) == std::byte{0}) {
    Count(kMmcrgufcr);
  }
  RxFrame received = MakeReceived(frame, filter_bits);
  if (KeepsFrame(received, frame.bytes.size() + kFcsBytes)) {
    PutIntoFifo(std::move(received));
  }
}

Stm32EthModel::RxFrame Stm32EthModel::MakeReceived(const WireFrame& frame,
                                                   uint32_t filter_bits) const {
  const uint32_t type = TypeOf(frame.bytes);
  const size_t wire_size = frame.bytes.size() + kFcsBytes;
  const size_t longest = Has(kMaccr, kCrWatchdogDisable) ? kLongestWatched : kWatchdogBytes;
  RxFrame made{.bytes = frame.bytes, .status = frame.errors | filter_bits};
  made.status |= type >= kFirstType ? kRdType : 0;
  made.status |= type == kVlanType ? kRdVlan : 0;
  if (type < kFirstType && type <= kLongestLength && frame.bytes.size() < kHeaderBytes + type) {
    made.status |= kRdLengthError;
  }
  if (wire_size > longest) {
    made.bytes.resize(longest);
    made.status |= kRdWatchdog;
  }
  const bool offloads = Has(kMaccr, kCrChecksumOffload);
  const bool is_enhanced = rx_list_.is_enhanced();
  if (!offloads && !is_enhanced && wire_size > kLongestOnWire + (type == kVlanType ? 4 : 0)) {
    made.status |= kRdHeaderChecksum | kRdErrorSummary;  // giant
  }
  if (offloads) {
    const IpExamination ip = ExamineIp(frame.bytes);
    made.extended = ip.extended;
    made.status |= is_enhanced ? kRdExtended : ip.basic;
  }
  AppendFcs(made.bytes, (frame.errors & kRdCrcError) == 0);
  StripTail(made.bytes);
  made.status |= (made.status & kRdMacErrors) != 0 ? kRdErrorSummary : 0;
  return made;
}

// MACCR.CSTF and APCS.
void Stm32EthModel::StripTail(ByteVector& bytes) const {
  const uint32_t type = TypeOf(bytes);
  if (type >= kFirstType) {
    bytes.resize(bytes.size() - (Has(kMaccr, kCrStripTypeFcs) ? kFcsBytes : 0));
  } else if (type <= kLongestLength && Has(kMaccr, kCrStripPad)) {
    bytes.resize(std::min(bytes.size() - kFcsBytes, kHeaderBytes + type));
  }
}

// DMAOMR.FEF, FUGF and DTCEFD. In threshold mode the head of a frame has left the FIFO before its
// end is known.
bool Stm32EthModel::KeepsFrame(const RxFrame& frame, size_t wire_size) const {
  const bool stores = Has(kDmaomr, kOmReceiveStore);
  if (!stores && wire_size >= kThresholds[Stored(kDmaomr) >> 3 & 3]) {
    return true;
  }
  if ((frame.status & kRdErrorSummary) != 0) {
    return Has(kDmaomr, kOmForwardErrors);
  }
  if (wire_size < kShortestOnWire) {
    return Has(kDmaomr, kOmForwardRunts);
  }
  const bool is_basic = !rx_list_.is_enhanced() && Has(kMaccr, kCrChecksumOffload) &&
                        (frame.status & kRdType) != 0 && (frame.extended & kRxBypassed) == 0;
  const bool has_checksum_error = (frame.extended & (kRxHeaderError | kRxPayloadError)) != 0 ||
                                  (is_basic && (frame.status & kRdHeaderChecksum) != 0);
  return !has_checksum_error || Has(kDmaomr, kOmForwardErrors | kOmKeepChecksumErrors);
}

// DMAMFBOCR: a counter of `bits` with its overflow flag behind it.
void Stm32EthModel::CountMissed(uint32_t first_bit, uint32_t bits) {
  uint32_t& value = At(kDmamfbocr);
  const uint32_t mask = (1u << bits) - 1;
  const uint32_t next = (value >> first_bit & mask) + 1;
  value = (value & ~(mask << first_bit)) | (next & mask) << first_bit;
  value |= next > mask ? 1u << (first_bit + bits) : 0;
}

void Stm32EthModel::PutIntoFifo(RxFrame frame) {
  const bool is_moving = rx_state_ == DmaState::kRunning && fifo_.empty();
  if (!is_moving && fifo_used_ + frame.bytes.size() > kFifoBytes) {
    CountMissed(17, 11);
    Raise(kSrOverflow);
    return;
  }
  fifo_used_ += frame.bytes.size();
  fifo_.push_back(std::move(frame));
  DrainFifo();
}

// A suspended DMA looks at its descriptor again for every frame, which it drops when there is still
// none, unless DMAOMR.DFRF is set (RM0090 33.6.6).
void Stm32EthModel::DrainFifo() {
  while (!fifo_.empty() && rx_state_ != DmaState::kStopped && rx_state_ != DmaState::kDead) {
    if (rx_state_ == DmaState::kSuspended && !faults_.stays_suspended) {
      AcquireReceiveDescriptor();
    }
    if (rx_state_ == DmaState::kRunning) {
      MoveToMemory(fifo_.front());
    } else if (rx_state_ == DmaState::kDead || Has(kDmaomr, kOmKeepFrames)) {
      return;
    } else {
      CountMissed(0, 16);
    }
    fifo_used_ -= fifo_.front().bytes.size();
    fifo_.pop_front();
  }
}

void Stm32EthModel::MoveToMemory(const RxFrame& frame) {
  const base::ConstByteSpan bytes = frame.bytes;
  size_t done = 0;
  uint32_t first = kRdFirst;
  for (;;) {
    const EthDescriptor descriptor = *rx_descriptor_;
    const std::optional<size_t> filled = FillBuffers(descriptor, bytes.subspan(done), first != 0);
    if (!filled) {
      KillReceive(0);
      return;
    }
    done += *filled;
    const uint32_t length = static_cast<uint32_t>(done) << kRdLengthShift;
    rx_list_.StepPast(descriptor);
    if (done == bytes.size()) {
      EndReceive(descriptor, frame.status | first | kRdLast | length, frame.extended);
      return;
    }
    Raise(kSrEarlyReceive);
    AcquireReceiveDescriptor();
    if (!rx_descriptor_) {
      constexpr uint32_t kCut = kRdLast | kRdTruncated | kRdErrorSummary;
      static_cast<void>(rx_list_.Close(descriptor, first | kCut | length, frame.extended));
      Raise(kSrReceived);
      return;
    }
    if (!rx_list_.Close(descriptor, first | length)) {
      KillReceive(kSrErrorInDescriptor);
      return;
    }
    first = 0;
  }
}

void Stm32EthModel::EndReceive(const EthDescriptor& descriptor, uint32_t status,
                               uint32_t extended) {
  if (!rx_list_.Close(descriptor, status, extended)) {
    KillReceive(kSrErrorInDescriptor);
    return;
  }
  if ((descriptor.words[1] & kRdNoInterrupt) == 0) {
    watchdog_end_ = kNever;
    Raise(kSrReceived);
  } else if (Stored(kDmarswtr) != 0 && watchdog_end_ == kNever) {
    watchdog_end_ = time_ + DurationOf(kWatchdogCycles * Stored(kDmarswtr), clock_.hclk());
  }
  AcquireReceiveDescriptor();
}

// How many bytes went in; nullopt: a bus error. Only the start of a frame may stand at an odd
// address (RDES2).
std::optional<size_t> Stm32EthModel::FillBuffers(const EthDescriptor& descriptor,
                                                 base::ConstByteSpan bytes, bool is_first) {
  const uint32_t control = descriptor.words[1];
  const bool is_ring = (control & kRdChained) == 0 || (control & kRdEndOfRing) != 0;
  const uint32_t sizes[] = {control & 0x1fff, is_ring ? control >> 16 & 0x1fff : 0};
  size_t done = 0;
  for (size_t i = 0; i < 2; ++i) {
    const uint32_t lead = is_first && done == 0 ? descriptor.words[2 + i] % 4 : 0;
    const uint32_t size = sizes[i] & ~3u;
    const size_t taken = std::min<size_t>(size - std::min(lead, size), bytes.size() - done);
    if (taken == 0) {
      continue;
    }
    const uint32_t address = (descriptor.words[2 + i] & ~3u) + lead;
    if (!WriteBuffer(address, bytes.subspan(done, taken))) {
      return std::nullopt;
    }
    done += taken;
  }
  return done;
}

bool Stm32EthModel::WriteBuffer(uint32_t address, base::ConstByteSpan bytes) {
  if (TakeFault(faults_.bus_error_every, bus_faults_)) {
    return false;
  }
  const uint32_t lead = address % 4;
  if (lead == 0 && bytes.size() % 4 == 0) {
    return memory_.Write(address, bytes);
  }
  ByteVector words((lead + bytes.size() + 3) & ~size_t{3}, kDummy);
  std::ranges::copy(bytes, words.begin() + lead);
  return memory_.Write(address - lead, words);
}

}  // namespace test
