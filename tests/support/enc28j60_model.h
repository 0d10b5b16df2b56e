// The ENC28J60 as its datasheet (DS39662E) and its errata (DS80349C) describe it, byte by byte on
// the SPI and in virtual time on the wire. What they forbid is recorded in the violations.
//
//   0x0000 +-----------------+ ERXST    next packet | status vector | frame, FCS | pad to even
//          |  receive ring   |
//          +-----------------+ ERXND
//          | control | frame | ETXST
//          | status vector   | behind ETXND
//   0x1fff +-----------------+
//
// Not there: DMA, pattern match, built-in self test, pause frames, deferral.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <span>
#include <string_view>

#include "tests/support/enc28j60_model_registers.h"
#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/network_port.h"
#include "tests/support/vboard/violations.h"
#include "tests/support/vboard/virtual_board.h"

namespace test {

// EREVID of the silicon revisions (DS80349C table 1).
enum class Enc28j60Revision : uint8_t { kB1 = 2, kB4 = 4, kB5 = 5, kB7 = 6 };

struct Enc28j60Options {
  Enc28j60Revision revision = Enc28j60Revision::kB7;
  uint32_t seed = 1;  // of what errata leave to chance
  // Frames arrive one after the other at 10 Mbit/s; false: at once.
  bool is_paced = false;
};

class Enc28j60Model final : public NetworkPort {
 public:
  static constexpr size_t kBufferSize = 8192;
  static constexpr uint32_t kMaxSpiHertz = 20'000'000;
  static constexpr uint32_t kMinSpiHertz = 8'000'000;  // of revisions B1 and B4: erratum 1
  static constexpr VirtualTime kOscillatorStart = 300 * kMicrosecond;
  static constexpr VirtualTime kSoftResetTime = kMillisecond;  // erratum 2
  static constexpr VirtualTime kPinResetTime = 50 * kMicrosecond;
  static constexpr VirtualTime kMiiTime = 10'240'000;
  static constexpr VirtualTime kByteTime = 800'000;
  static constexpr size_t kMostWaiting = 256;  // frames in the switch behind the wire

  // Power has just come.
  Enc28j60Model(const Enc28j60Options& options, const BoardClock& clock, Violations& violations);

  // Of the chip select, CS (table 16-6).
  static constexpr VirtualTime kSelectSetup = 50'000;
  static constexpr VirtualTime kSelectHold = 10'000;
  static constexpr VirtualTime kSelectHoldMac = 210'000;  // behind MAC and MII registers
  static constexpr VirtualTime kDeselected = 50'000;

  // SPI. The master says how fast it is; a byte is exchanged when its last bit has moved.
  void SetSpiRate(uint32_t hertz) { spi_hertz_ = hertz; }
  void Select();
  std::byte Exchange(std::byte out);
  void Deselect();
  // CS goes high because the master was reset.
  void Release();
  bool is_selected() const { return is_selected_; }

  void PowerOn();
  void SetRevision(Enc28j60Revision revision);
  // Erratum 1: one of eight MAC register reads has a wrong bit.
  void SetUnreliable(bool is_on) { is_unreliable_ = is_on; }
  // Low resets the chip and holds it.
  void SetResetPin(bool is_high);
  // Low: an interrupt.
  bool interrupt_pin() const;

  // Everything up to now has happened.
  void Advance();
  VirtualTime next_event() const;

  // NetworkPort. Deliver() says no when the frame is not wanted now, and, unpaced, when there is no
  // room for it.
  bool Deliver(base::ConstByteSpan frame) override { return Deliver(frame, 0); }
  // With errors: bits of the receive status vector, such as kVectorCrcError.
  bool Deliver(base::ConstByteSpan frame, uint32_t errors);
  std::deque<ByteVector>& sent() override { return sent_; }
  void PlugIn(const PhyPartner& partner) override;
  void Unplug() override;

  // What can be wrong with the chip and the board around it.
  static std::span<const BoardFault> faults();
  // False: there is no such fault.
  bool SetFault(std::string_view name, bool is_on);

  // What a test looks at and changes behind the driver's back.
  uint8_t reg(uint16_t address) const { return registers_.at(Index(address)); }
  void set_reg(uint16_t address, uint8_t value) { registers_.at(Index(address)) = value; }
  uint16_t pointer(uint16_t address) const;
  uint16_t phy(uint8_t reg) const { return phy_.at(reg); }
  uint8_t packet_count() const { return reg(enc28j60_model::kEpktcnt); }
  std::array<std::byte, kBufferSize>& buffer() { return buffer_; }
  // The next transmissions end in a late collision.
  void CollideLate(size_t count) { late_collisions_ = count; }
  // The next transmissions never end, until the transmit logic is reset.
  void StallTransmitter(size_t count) { stalls_ = count; }
  bool link_up() const;
  // Of the chip as a whole, for whatever reason, power included.
  uint32_t resets() const { return resets_; }
  uint32_t receive_resets() const { return receive_resets_; }
  uint32_t transmit_resets() const { return transmit_resets_; }

 private:
  enum Fault : uint8_t {
    kNoChip,
    kMisoLow,
    kWrongRevision,
    kTxStall,
    kRxHang,
    kCorruptNextPointer,
    kFalseLateCollision,
    kInterruptDead,
    kNoLink,
    kDuplexMismatch,
    kFaults
  };
  struct Incoming {
    ByteVector frame;
    uint32_t errors;
    VirtualTime end;
  };

  static size_t Index(uint16_t address);
  bool Has(uint16_t address, uint8_t bits) const { return (reg(address) & bits) != 0; }
  bool HasFault(Fault fault) const { return faults_on_.at(fault); }
  void SetPointer(uint16_t address, uint16_t value);
  void Raise(uint8_t flags);
  bool IsEarly() const { return clock_.now() < ready_at_; }
  uint8_t flags() const;

  // SPI: enc28j60_model.cc.
  void ResetRegisters();
  void SoftReset();
  void StartInstruction(uint8_t first);
  void CheckInstructionEnd();
  std::byte ReadControlByte();
  std::byte ReadBufferByte();
  void WriteBufferByte(std::byte value);
  void TakeDataByte(std::byte value);

  // Registers: enc28j60_model_bank.cc.
  uint16_t Banked(uint8_t address) const;
  bool IsDummyFirst(uint16_t address) const;
  void CheckMacAccess(uint16_t address, const char* name);
  uint8_t ReadRegister(uint16_t address);
  void WriteRegister(uint16_t address, uint8_t value);
  void ChangeBits(uint16_t address, uint8_t bits, bool set);
  void Store(const enc28j60_model::RegisterRow& row, uint8_t value);
  void WriteEcon1(uint8_t value);
  void WriteEcon2(uint8_t value);
  void OnReceivePointer(uint16_t address, uint8_t value);

  // Frames: enc28j60_model_frames.cc, enc28j60_model_transmit.cc.
  bool IsListening() const;
  bool IsWanted(base::ConstByteSpan frame, uint32_t errors) const;
  size_t ReceiveRoom() const;
  bool Receive(base::ConstByteSpan frame, uint32_t errors);
  void StoreFrame(base::ConstByteSpan frame, uint32_t errors);
  uint16_t PutIntoRing(uint16_t at, base::ConstByteSpan bytes) const;
  void ResetReceiver();
  void StartTransmit();
  void CheckTransmitArea();
  ByteVector FrameToSend(uint8_t control);
  void FinishTransmit();
  void AbortTransmit();
  bool CollidesLate();
  void PutOnWire();
  void WriteTransmitVector(uint32_t status);

  // PHY: enc28j60_model_phy.cc.
  void StartMii(bool is_read);
  void FinishMii();
  void ResetPhy();
  uint16_t ReadPhy(uint8_t number);
  void WritePhy(uint8_t number, uint16_t value);
  void UpdateLink();
  bool is_full_duplex() const;
  bool partner_is_full_duplex() const;

  Enc28j60Options options_;
  const BoardClock& clock_;
  Violations& violations_;
  std::mt19937 random_;
  std::array<uint8_t, 0x80> registers_{};  // by bank and address
  mutable std::array<std::byte, kBufferSize> buffer_{};
  std::array<uint16_t, 32> phy_{};
  std::array<bool, kFaults> faults_on_{};

  // SPI.
  uint32_t spi_hertz_ = 10'000'000;
  bool is_selected_ = false;
  bool is_unreliable_ = false;
  VirtualTime selected_at_ = 0;
  VirtualTime deselected_at_ = -kDeselected;
  VirtualTime last_byte_at_ = 0;
  bool reset_pin_ = true;
  std::optional<uint8_t> first_byte_;
  size_t data_bytes_ = 0;
  VirtualTime ready_at_ = 0;  // MAC, PHY and both directions may be used from then on
  VirtualTime clock_ready_at_ = 0;
  uint8_t receive_pointer_low_ = 0;  // ERXRDPTL until ERXRDPTH is written

  // Receiver.
  uint16_t write_pointer_ = 0;  // not ERXWRPT, which shows it after each frame
  std::deque<Incoming> incoming_;
  VirtualTime wire_free_at_ = 0;
  size_t received_ = 0;
  bool is_hung_ = false;

  // Transmitter.
  VirtualTime transmit_end_ = kNever;
  ByteVector outgoing_;
  bool is_stalled_ = false;
  bool is_giant_ = false;
  size_t late_collisions_ = 0;
  size_t stalls_ = 0;
  size_t transmissions_ = 0;
  std::deque<ByteVector> sent_;

  // PHY.
  VirtualTime mii_end_ = kNever;
  bool mii_is_read_ = false;
  std::optional<PhyPartner> partner_;
  bool was_up_ = false;
  uint32_t resets_ = 0;
  uint32_t receive_resets_ = 0;
  uint32_t transmit_resets_ = 0;
};

}  // namespace test
