// The STM32 Ethernet model's way from memory to the wire (RM0090 33.6.5 and 33.5.2).
#include <algorithm>

#include "tests/support/ethernet_checksums.h"
#include "tests/support/stm32_eth_model.h"

namespace test {

using namespace stm32_eth;

namespace {

constexpr size_t kHeaderBytes = 14;
constexpr size_t kShortest = 60;  // without frame check sequence
constexpr size_t kFcsBytes = 4;
constexpr size_t kPreambleBytes = 8;
constexpr size_t kJabberBytes = 2048;
constexpr uint32_t kCollisionWindowBytes = 64;
constexpr uint32_t kAttempts = 16;
constexpr size_t kReadCyclesPerWord = 2;

}  // namespace

void Stm32EthModel::StartTransmitDma() {
  if (tx_state_ == DmaState::kDead) {
    return;
  }
  if (!tx_list_.has_base()) {
    Report("DMAOMR.ST set before DMATDLAR was written");
    return;
  }
  tx_state_ = DmaState::kRunning;
  RunTransmitDma();
}

// The frame in transmission is completed first.
void Stm32EthModel::StopTransmitDma() {
  if (tx_state_ == DmaState::kDead || on_wire_) {
    return;
  }
  tx_state_ = DmaState::kStopped;
  Raise(kSrTransmitStopped);
}

void Stm32EthModel::SuspendTransmit(uint32_t bits) {
  tx_state_ = DmaState::kSuspended;
  Raise(bits);
}

// Fetches the frame to be sent, and with DMAOMR.OSF the one behind it.
void Stm32EthModel::RunTransmitDma() {
  while (tx_state_ == DmaState::kRunning && Has(kDmaomr, kOmTransmit)) {
    const bool has_room = !on_wire_ || (!queued_ && Has(kDmaomr, kOmSecondFrame));
    if (!has_room || !FetchTransmitFrame()) {
      break;
    }
  }
  ScheduleTransmit();
}

// Nullopt: the DMA is suspended or dead.
std::optional<EthDescriptor> Stm32EthModel::FetchTransmitDescriptor(bool is_first) {
  const std::optional<EthDescriptor> descriptor = tx_list_.Fetch();
  if (!descriptor) {
    KillTransmit(kSrErrorInDescriptor | kSrErrorInRead);
    return std::nullopt;
  }
  const uint32_t control = descriptor->words[0];
  if ((control & kOwn) == 0) {
    if (!is_first) {
      Report("first TX descriptor of a frame given to the DMA before all of them");
    }
    SuspendTransmit(kSrNoTransmitBuffer | (is_first ? 0 : kSrUnderflow));
    return std::nullopt;
  }
  if (((control & kTdFirst) != 0) != is_first) {
    Report(is_first ? "frame begins with a TX descriptor without FS"
                    : "TX descriptor with FS within a frame");
  }
  return descriptor;
}

// False: there was none.
bool Stm32EthModel::FetchTransmitFrame() {
  TxFrame frame;
  for (bool is_first = true;; is_first = false) {
    const std::optional<EthDescriptor> descriptor = FetchTransmitDescriptor(is_first);
    if (!descriptor || !ReadBuffers(*descriptor, frame.bytes)) {
      return false;
    }
    const uint32_t control = descriptor->words[0];
    frame.first_control = is_first ? control : frame.first_control;
    tx_list_.StepPast(*descriptor);
    if ((control & kTdLast) != 0) {
      frame.last = *descriptor;
      frame.last_control = control;
      break;
    }
    if (!tx_list_.Close(*descriptor, keeps_control_ ? control & kTdControl : 0)) {
      KillTransmit(kSrErrorInDescriptor);
      return false;
    }
  }
  PrepareFrame(frame);
  (on_wire_ ? queued_ : on_wire_) = std::move(frame);
  Raise(kSrEarlyTransmit);
  return true;
}

bool Stm32EthModel::ReadBuffers(const EthDescriptor& descriptor, ByteVector& bytes) {
  const bool is_ring =
      (descriptor.words[0] & kTdChained) == 0 || (descriptor.words[0] & kTdEndOfRing) != 0;
  return ReadBuffer(descriptor.words[2], descriptor.words[1] & 0x1fff, bytes) &&
         (!is_ring || ReadBuffer(descriptor.words[3], descriptor.words[1] >> 16 & 0x1fff, bytes));
}

// Whole words are read, what is not asked for is dropped (RM0090 33.6.3).
bool Stm32EthModel::ReadBuffer(uint32_t address, uint32_t size, ByteVector& bytes) {
  if (size == 0) {
    return true;
  }
  const uint32_t lead = address % 4;
  const uint32_t words = (lead + size + 3) / 4;
  const size_t at = bytes.size();
  bytes.resize(at + 4 * words);
  const bool fails = TakeFault(faults_.bus_error_every, bus_faults_);
  if (fails || !memory_.Read(address - lead, std::span(bytes).subspan(at))) {
    KillTransmit(kSrErrorInRead);
    return false;
  }
  if (lead != 0) {
    bytes.erase(bytes.begin() + static_cast<ptrdiff_t>(at),
                bytes.begin() + static_cast<ptrdiff_t>(at + lead));
  }
  bytes.resize(at + size);
  return true;
}

void Stm32EthModel::InsertChecksums(TxFrame& frame) {
  const uint32_t mode = frame.first_control >> kTdChecksumShift & 3;
  if (mode == 0) {
    return;
  }
  if (!Has(kDmaomr, kOmTransmitStore)) {
    Report("checksum insertion asked for without DMAOMR.TSF");
    return;
  }
  // A frame that the FIFO does not hold gets its header checksum only (RM0090 33.5.2).
  const bool fits = frame.bytes.size() <= kFifoBytes;
  const ChecksumInsertion done = InsertIpChecksums(frame.bytes, fits ? mode : 1);
  frame.status |=
      (done.header_error ? kTdHeaderError : 0) | (done.payload_error ? kTdPayloadError : 0);
  if (done.icmp_field_not_zero) {
    Report("checksum insertion into an ICMP message whose checksum field is not 0");
  }
}

void Stm32EthModel::PrepareFrame(TxFrame& frame) {
  const size_t words = (frame.bytes.size() + 3) / 4;
  frame.ready = time_ + DurationOf(kReadCyclesPerWord * words, std::max(clock_.hclk(), 1u));
  if (frame.bytes.size() < kHeaderBytes) {
    Report("frame to send is shorter than an Ethernet header");
  }
  InsertChecksums(frame);
  const bool pads = (frame.first_control & kTdNoPad) == 0;
  if (pads && frame.bytes.size() < kShortest) {
    frame.bytes.resize(kShortest);
    frame.first_control &= ~kTdNoCrc;  // a padded frame always gets its own
  }
  if (!Has(kMaccr, kCrJabberDisable) && frame.bytes.size() > kJabberBytes) {
    frame.bytes.resize(kJabberBytes);
    frame.status |= kTdJabber;
  }
  if (TakeFault(faults_.underflow_every, underflow_faults_)) {
    frame.status |= kTdUnderflow;
  }
  if (fail_ != 0) {
    --fail_;
    frame.status |= fail_status_;
  }
}

VirtualTime Stm32EthModel::WireTime(size_t bytes) const {
  return DurationOf(8 * bytes, Has(kMaccr, kCrFast) ? 100'000'000 : 10'000'000);
}

// Half duplex waits for the other end; RFCE waits for the time it asked for.
void Stm32EthModel::ScheduleTransmit() {
  if (!on_wire_ || on_wire_->end != kNever || !Has(kMaccr, kCrTransmitter) ||
      !wiring_.has_transmit_clock()) {
    return;
  }
  VirtualTime start = std::max({on_wire_->ready, tx_free_, pause_until_, time_});
  if (!Has(kMaccr, kCrFullDuplex) && !wire_.empty() && rx_free_ > start) {
    start = rx_free_;
    on_wire_->status |= kTdDeferred;
  } else if (Has(kMaccr, kCrFullDuplex) && !wire_.empty() && rx_free_ > start &&
             !partner_is_full_duplex()) {
    wire_.front().errors |= kRdCrcError;
    on_wire_->is_lost = true;
  }
  if (!wiring_.has_transmit_pins()) {
    Report("frame sent, but TX_EN, TXD0 and TXD1 are not all in alternate function 11");
  }
  on_wire_->start = start;
  const size_t fcs = (on_wire_->first_control & kTdNoCrc) != 0 ? 0 : kFcsBytes;
  on_wire_->end = start + WireTime(kPreambleBytes + on_wire_->bytes.size() + fcs);
}

// The other end began to send at `at`, until `until`.
void Stm32EthModel::Collide(VirtualTime at, VirtualTime until) {
  TxFrame& frame = *on_wire_;
  if (at > frame.start + WireTime(kPreambleBytes + kCollisionWindowBytes)) {
    frame.status |= kTdLateCollision;
    return;
  }
  ++frame.collisions;
  if (frame.collisions == kAttempts || Has(kMaccr, kCrRetryDisable)) {
    frame.status |= kTdExcessiveCollisions;
    return;
  }
  const VirtualTime duration = frame.end - frame.start;
  frame.start = std::max(at, until) + GapTime();
  frame.end = frame.start + duration;
}

// True: it arrived somewhere.
bool Stm32EthModel::LeaveWire(TxFrame& frame) {
  if ((frame.status & (kTdErrors & ~kTdHeaderError & ~kTdPayloadError)) != 0) {
    return false;
  }
  if ((frame.first_control & kTdNoCrc) != 0) {
    const size_t size = frame.bytes.size();
    if (size < kHeaderBytes + kFcsBytes || !HasGoodFcs(frame.bytes)) {
      return true;  // the partner drops it
    }
    frame.bytes.resize(size - kFcsBytes);
  }
  if (Has(kMaccr, kCrLoopback)) {
    Enqueue(frame.bytes, 0);
    return true;
  }
  const base::LinkMode mode = LinkOfWire();
  if (!mode.is_up()) {
    frame.status |= Has(kMaccr, kCrFullDuplex) ? 0 : kTdNoCarrier;
    return Has(kMaccr, kCrFullDuplex);
  }
  const bool is_cut = faults_.cuts_transmit_pins || !wiring_.has_transmit_pins();
  if (frame.is_lost || is_cut || !RunsAtSpeedOf(mode)) {
    return true;  // garbled
  }
  if (phy_.loopback()) {
    Enqueue(frame.bytes, 0);
  } else {
    sent_.push_back(std::move(frame.bytes));
  }
  return true;
}

void Stm32EthModel::CompleteTransmit() {
  TxFrame frame = std::move(*on_wire_);
  on_wire_.reset();
  tx_free_ = frame.end + GapTime();
  if (LeaveWire(frame) && (frame.status & kTdErrors) == 0) {
    Count(kMmctgfcr);
    if (frame.collisions != 0) {
      Count(frame.collisions == 1 ? kMmctgfsccr : kMmctgfmsccr);
    }
  }
  CloseTransmit(frame);
  if (tx_state_ == DmaState::kDead) {
    return;
  }
  on_wire_ = std::exchange(queued_, std::nullopt);
  if ((frame.status & kTdUnderflow) != 0) {
    SuspendTransmit(kSrUnderflow);
  }
  if (!Has(kDmaomr, kOmTransmit) && !on_wire_) {
    tx_state_ = DmaState::kStopped;
    Raise(kSrTransmitStopped);
  }
  RunTransmitDma();
}

void Stm32EthModel::CloseTransmit(const TxFrame& frame) {
  uint32_t status = frame.status | frame.collisions << kTdCollisionShift;
  status |= (status & kTdErrors) != 0 ? kTdErrorSummary : 0;
  status |= keeps_control_ ? frame.last_control & kTdControl : 0;
  if (!tx_list_.Close(frame.last, status)) {
    KillTransmit(kSrErrorInDescriptor);
    return;
  }
  Raise(((frame.last_control & kTdInterrupt) != 0 ? kSrTransmitted : 0) |
        ((frame.status & kTdJabber) != 0 ? kSrJabber : 0));
}

// DMAOMR.FTF: what is in the FIFO is lost.
void Stm32EthModel::FlushTransmit() {
  for (std::optional<TxFrame>* slot : {&on_wire_, &queued_}) {
    if (*slot) {
      TxFrame frame = std::move(**slot);
      slot->reset();
      frame.status |= kTdFlushed | kTdUnderflow;
      CloseTransmit(frame);
    }
  }
  RunTransmitDma();
}

}  // namespace test
