// The Ethernet of the STM32F407 as RM0090 chapter 33 describes it: MAC, MMC, DMA with its
// descriptors, station management, on virtual time and a wire. Strict: what the manual forbids is a
// violation. Not there: time stamps, remote wake-up, VLAN filtering of the receive FIFO.
//
//   memory -> descriptors -> TX FIFO 2 KiB -> wire -> sent()
//   memory <- descriptors <- RX FIFO 2 KiB <- filter <- wire <- Deliver()
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "tests/support/dma_memory.h"
#include "tests/support/mdio_model.h"
#include "tests/support/stm32_eth_descriptors.h"
#include "tests/support/stm32_eth_model_registers.h"
#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/network_port.h"
#include "tests/support/vboard/peripheral.h"

namespace test {

// What the chip and the board give to the MAC. All true is a board without mistakes. The PHY hears
// an address or not: a KSZ8081 can be told to leave address 0 alone.
struct Stm32EthWiring {
  std::function<bool()> has_transmit_clock = [] { return true; };
  std::function<bool()> has_receive_clock = [] { return true; };
  std::function<bool()> has_management_pins = [] { return true; };
  std::function<bool()> has_transmit_pins = [] { return true; };
  std::function<bool()> has_receive_pins = [] { return true; };
  std::function<bool(uint8_t)> hears_phy_address = [](uint8_t) { return true; };
};

// Faults of the board and the wire; each is the distance between two of them, 0: none.
struct Stm32EthFaults {
  uint32_t receive_crc_every = 0;  // frames
  uint32_t underflow_every = 0;    // frames: the memory answers too late
  uint32_t bus_error_every = 0;    // DMA accesses to buffers
  uint32_t mdio_noise_every = 0;   // reads
  bool swaps_receive_pins = false;
  bool cuts_transmit_pins = false;  // nothing reaches the wire
  bool stays_suspended = false;     // a new frame does not make the RX DMA look again
  bool dead_interrupt = false;      // the line never rises
};

class Stm32EthModel final : public Peripheral, public NetworkPort {
 public:
  static constexpr size_t kFifoBytes = 2048;
  static constexpr size_t kWireFrames = 128;  // on their way to the MAC

  struct Parts {
    const BoardClock& clock;
    DmaMemory& memory;
    MdioModel& mdio;
    PhyModel& phy;  // whose wire it is
    Violations& violations;
  };
  explicit Stm32EthModel(const Parts& parts, Stm32EthWiring wiring = {});

  void SetFaults(const Stm32EthFaults& faults) { faults_ = faults; }
  const Stm32EthFaults& faults() const { return faults_; }
  // The manual says that the DMA clears the control bits of TDES0 when it closes a descriptor
  // (33.6.7); some silicon keeps them. A driver works with either.
  void KeepTransmitControl(bool keeps) { keeps_control_ = keeps; }

  // Peripheral
  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;
  uint32_t Peek(uint32_t offset) override;
  void Advance() override;
  VirtualTime next_event() const override;
  bool interrupt_line() const override;

  // NetworkPort. A frame arrives when it has been on the wire for its time; frames delivered at
  // once follow each other. Short ones are padded as a sender would.
  bool Deliver(base::ConstByteSpan frame) override;
  std::deque<ByteVector>& sent() override { return sent_; }
  void PlugIn(const PhyPartner& partner) override;
  void Unplug() override;

  // A frame as it is, runts too; `errors` are the bits CE, DE, RE, RWT and LC of its RDES0.
  bool DeliverRaw(base::ConstByteSpan frame, uint32_t errors);
  // The next frames to leave end with these bits of TDES0 and do not reach the partner.
  void FailTransmits(uint32_t status, size_t count = 1) { fail_status_ = status, fail_ = count; }
  uint32_t software_resets() const { return resets_; }

 private:
  enum class DmaState : uint8_t { kStopped, kRunning, kSuspended, kDead };

  struct TxFrame {
    ByteVector bytes;
    EthDescriptor last;
    uint32_t first_control = 0;  // TDES0 of the first descriptor
    uint32_t last_control = 0;
    uint32_t status = 0;
    uint32_t collisions = 0;
    bool is_lost = false;   // in a collision that this MAC does not see
    VirtualTime ready = 0;  // enough of it is in the FIFO
    VirtualTime start = kNever;
    VirtualTime end = kNever;
  };
  struct WireFrame {
    ByteVector bytes;  // without frame check sequence
    uint32_t errors = 0;
    VirtualTime end = 0;
  };
  struct RxFrame {
    ByteVector bytes;
    uint32_t status = 0;    // of RDES0, but FS, LS, FL
    uint32_t extended = 0;  // RDES4
  };

  // Registers
  uint32_t& At(uint32_t offset) { return registers_[offset / 4]; }
  uint32_t Stored(uint32_t offset) const { return registers_[offset / 4]; }
  bool Has(uint32_t offset, uint32_t bits) const { return (Stored(offset) & bits) != 0; }
  void Report(const char* text);
  void ResetRegisters();
  bool CheckWrite(uint32_t offset, uint32_t value);
  void CheckSpacing(uint32_t offset);
  void WriteMac(uint32_t offset, uint32_t value);
  void WriteMmc(uint32_t offset, uint32_t value);
  void WriteDma(uint32_t offset, uint32_t value);
  void WriteMaccr(uint32_t value);
  void WriteMacfcr(uint32_t value);
  void WriteDmabmr(uint32_t value);
  void WriteDmaomr(uint32_t value);
  void WriteList(EthDescriptorList& list, DmaState state, uint32_t value, uint32_t offset);
  void AdvanceReset();
  void AdvanceTo(VirtualTime now);
  uint32_t ReadStatus() const;
  uint32_t ReadDebug() const;
  uint32_t ReadMmc(uint32_t offset);
  void Raise(uint32_t bits);
  void UpdateSummary();
  bool mmc_interrupt() const;
  void Count(uint32_t offset);

  // Station management
  void WriteMiiAddress(uint32_t value);
  void CheckManagementClock(uint32_t divider);
  void AdvanceManagement();
  void SetPhyTime();

  // Transmit
  void StartTransmitDma();
  void StopTransmitDma();
  void RunTransmitDma();
  bool FetchTransmitFrame();
  std::optional<EthDescriptor> FetchTransmitDescriptor(bool is_first);
  bool ReadBuffers(const EthDescriptor& descriptor, ByteVector& bytes);
  bool ReadBuffer(uint32_t address, uint32_t size, ByteVector& bytes);
  void InsertChecksums(TxFrame& frame);
  void PrepareFrame(TxFrame& frame);
  void ScheduleTransmit();
  void CompleteTransmit();
  bool LeaveWire(TxFrame& frame);
  void CloseTransmit(const TxFrame& frame);
  void SuspendTransmit(uint32_t bits);
  void SendPauseFrame();
  void FlushTransmit();
  void KillTransmit(uint32_t error_bits);

  // Receive
  void StartReceiveDma();
  void StopReceiveDma();
  void AcquireReceiveDescriptor();
  void OnReceivePoll();
  void Arrive(WireFrame frame);
  bool IsPauseFrame(base::ConstByteSpan frame) const;
  void TakePauseFrame(base::ConstByteSpan frame);
  void PutIntoFifo(RxFrame frame);
  RxFrame MakeReceived(const WireFrame& frame, uint32_t filter_bits) const;
  bool KeepsFrame(const RxFrame& frame, size_t wire_size) const;
  void StripTail(ByteVector& bytes) const;
  void CountMissed(uint32_t first_bit, uint32_t bits);
  void DrainFifo();
  void MoveToMemory(const RxFrame& frame);
  std::optional<size_t> FillBuffers(const EthDescriptor& descriptor, base::ConstByteSpan bytes,
                                    bool is_first);
  bool WriteBuffer(uint32_t address, base::ConstByteSpan bytes);
  void EndReceive(const EthDescriptor& descriptor, uint32_t status, uint32_t extended);
  void KillReceive(uint32_t error_bits);
  bool passes_filter(base::ConstByteSpan frame, uint32_t& status_bits) const;

  // The wire
  bool can_receive();
  base::LinkMode LinkOfWire();
  bool RunsAtSpeedOf(const base::LinkMode& mode) const;
  bool partner_is_full_duplex();
  bool Enqueue(base::ConstByteSpan frame, uint32_t errors);
  void ShareWire(WireFrame& frame, VirtualTime& start);
  VirtualTime WireTime(size_t bytes) const;
  VirtualTime GapTime() const { return WireTime(12); }
  void Collide(VirtualTime at, VirtualTime until);
  bool TakeFault(uint32_t every, uint32_t& counter);

  const BoardClock& clock_;
  DmaMemory& memory_;
  MdioModel& mdio_;
  PhyModel& phy_;
  Violations& violations_;
  Stm32EthWiring wiring_;
  Stm32EthFaults faults_;
  bool keeps_control_ = false;

  std::array<uint32_t, stm32_eth::kEnd / 4> registers_{};
  std::array<VirtualTime, 8> mac_written_{};  // of MACCR to MACVLANTR
  VirtualTime time_ = 0;  // of what happens now: an event in the past, or the clock
  VirtualTime reset_until_ = kNever;
  bool is_resetting_ = false;
  VirtualTime flush_until_ = kNever;
  uint32_t resets_ = 0;
  VirtualTime management_end_ = kNever;
  VirtualTime watchdog_end_ = kNever;

  EthDescriptorList tx_list_;
  DmaState tx_state_ = DmaState::kStopped;
  std::optional<TxFrame> on_wire_;  // or next to be
  std::optional<TxFrame> queued_;   // DMAOMR.OSF
  VirtualTime tx_free_ = 0;         // the gap behind the last frame is over
  VirtualTime pause_until_ = 0;
  uint32_t fail_status_ = 0;
  size_t fail_ = 0;
  std::deque<ByteVector> sent_;

  EthDescriptorList rx_list_;
  DmaState rx_state_ = DmaState::kStopped;
  std::optional<EthDescriptor> rx_descriptor_;
  std::deque<WireFrame> wire_;
  std::deque<RxFrame> fifo_;
  size_t fifo_used_ = 0;
  VirtualTime rx_free_ = 0;
  std::optional<PhyPartner> partner_;
  uint32_t crc_faults_ = 0;
  uint32_t underflow_faults_ = 0;
  uint32_t bus_faults_ = 0;
  uint32_t noise_faults_ = 0;
};

}  // namespace test
