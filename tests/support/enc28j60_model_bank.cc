// The control registers of the ENC28J60: banks, reserved bits, and what a write sets off.
#include <algorithm>
#include <string>

#include "tests/support/enc28j60_model.h"
#include "tests/support/vboard/hex.h"

namespace test {

using namespace enc28j60_model;

uint16_t Enc28j60Model::Banked(uint8_t address) const {
  return address >= kFirstCommon
             ? address
             : static_cast<uint16_t>((reg(kEcon1) & kBankSelect) << 8 | address);
}

// Figure 4-4.
bool Enc28j60Model::IsDummyFirst(uint16_t address) const {
  const RegisterRow* row = FindRegister(address);
  return row != nullptr && row->unit == Unit::kMac;
}

void Enc28j60Model::CheckMacAccess(uint16_t address, const char* name) {
  const RegisterRow* row = FindRegister(address);
  if (row->unit != Unit::kMac) {
    return;
  }
  if (IsEarly()) {
    violations_.Add(std::string("ENC28J60: ") + name + " used before the clock is ready");
  }
  const bool is_old =
      options_.revision == Enc28j60Revision::kB1 || options_.revision == Enc28j60Revision::kB4;
  if (is_old && spi_hertz_ < kMinSpiHertz) {
    violations_.Add("ENC28J60 erratum 1: MAC register used with an SPI clock below 8 MHz");
  }
}

uint8_t Enc28j60Model::ReadRegister(uint16_t address) {
  if (is_unreliable_ && IsDummyFirst(address) && random_() % 8 == 0) {
    return static_cast<uint8_t>(reg(address) ^ 1u << random_() % 8);
  }
  if ((address & 0x1f) == 0x1a) {
    violations_.Add("ENC28J60: register 1Ah read");
  }
  const RegisterRow* row = FindRegister(address);
  if (row == nullptr) {
    return 0;
  }
  CheckMacAccess(address, row->name);
  switch (address) {
    case kEir:
      // Erratum 6: PKTIF is not to be trusted.
      return static_cast<uint8_t>(random_() % 4 == 0 ? flags() & ~kPacket : flags());
    case kEstat: {
      const bool busy = !incoming_.empty() && IsListening();
      const bool pending = (flags() & reg(kEie) & 0x7f) != 0;
      return static_cast<uint8_t>(reg(kEstat) | (busy ? kReceiveBusy : 0) |
                                  (pending ? kInterruptPending : 0) |
                                  (clock_.now() >= clock_ready_at_ ? kClockReady : 0));
    }
    case kErevid:
      return HasFault(kWrongRevision) ? 3 : reg(kErevid);
    case kMirdl:
    case kMirdh:
      if ((reg(kMistat) & (kMiiBusy | kMiiNotValid)) != 0 && !Has(kMicmd, kMiiScan)) {
        violations_.Add("ENC28J60: MIRD read while MISTAT.BUSY is set");
      }
      return reg(address);
    default:
      return reg(address);
  }
}

void Enc28j60Model::WriteRegister(uint16_t address, uint8_t value) {
  const RegisterRow* row = FindRegister(address);
  if (row == nullptr) {
    const char* text = IsReserved(address) ? "reserved register " : "no register to write at ";
    violations_.Add(std::string("ENC28J60: ") + text + Hex(address));
    return;
  }
  CheckMacAccess(address, row->name);
  const int known = row->writable | row->read_only;
  if (known == 0) {
    violations_.Add(std::string("ENC28J60: ") + row->name + " is read-only");
    return;
  }
  if ((value & ~known) != 0) {
    violations_.Add(std::string("ENC28J60: reserved bits of ") + row->name + " written as 1");
  }
  Store(*row, static_cast<uint8_t>(value & row->writable));
}

void Enc28j60Model::ChangeBits(uint16_t address, uint8_t bits, bool set) {
  const RegisterRow* row = FindRegister(address);
  if (row == nullptr) {
    violations_.Add("ENC28J60: no register to change bits of at " + Hex(address));
    return;
  }
  if (row->unit == Unit::kMac) {
    violations_.Add(std::string("ENC28J60: bits of ") + row->name +
                    " set or cleared, which only ETH registers allow");
    return;
  }
  const int old = reg(address);
  if (address == kEir && set) {
    violations_.Add("ENC28J60: flags of EIR can only be cleared");
    return;
  }
  const int value = set ? old | bits : old & ~bits;
  if (set && (bits & ~(row->writable | row->read_only)) != 0) {
    violations_.Add(std::string("ENC28J60: reserved bits of ") + row->name + " written as 1");
  }
  Store(*row, static_cast<uint8_t>(value & row->writable));
}

// `value` has writable bits only.
void Enc28j60Model::Store(const RegisterRow& row, uint8_t value) {
  const uint16_t address = row.address;
  if (address >= kErxst && address < kErxwrpt) {
    OnReceivePointer(address, value);
    return;
  }
  switch (address) {
    case kEcon1:
      WriteEcon1(value);
      return;
    case kEcon2:
      WriteEcon2(value);
      return;
    case kEir:
      set_reg(kEir, static_cast<uint8_t>(reg(kEir) & value));
      return;
    case kEstat:
      set_reg(kEstat, static_cast<uint8_t>(reg(kEstat) & value));
      return;
    case kMicmd: {
      const uint8_t started = value & ~reg(kMicmd);
      set_reg(kMicmd, value);
      if (started != 0) {
        StartMii(true);
      } else if ((value & kMiiScan) == 0) {
        set_reg(kMistat, reg(kMistat) & kMiiBusy);
      }
      return;
    }
    case kMiwrh:
      set_reg(kMiwrh, value);
      StartMii(false);
      return;
    default:
      break;
  }
  if (address >= kEtxst && address < kErxst && Has(kEcon1, kTransmitRequest)) {
    violations_.Add(std::string("ENC28J60: ") + row.name + " written while a frame is sent");
  }
  if (address == kEbstcon && value != 0) {
    violations_.Add("ENC28J60: the built-in self test is not modelled");
  }
  set_reg(address, value);
}

void Enc28j60Model::OnReceivePointer(uint16_t address, uint8_t value) {
  if (address < kErxrdpt) {
    if (Has(kEcon1, kReceiveEnable)) {
      violations_.Add("ENC28J60: ERXST or ERXND written while RXEN is set");
    }
    set_reg(address, value);
    // Erratum 5: sometimes 0 instead of ERXST.
    write_pointer_ = 0;
    SetPointer(kErxwrpt, write_pointer_);
    return;
  }
  if (address == kErxrdpt) {
    receive_pointer_low_ = value;
    return;
  }
  SetPointer(kErxrdpt, static_cast<uint16_t>(value << 8 | receive_pointer_low_));
  if ((receive_pointer_low_ & 1) == 0) {
    violations_.Add("ENC28J60 erratum 14: ERXRDPT written with an even value");
  }
}

void Enc28j60Model::WriteEcon1(uint8_t value) {
  const uint8_t old = reg(kEcon1);
  const auto risen = static_cast<uint8_t>(value & ~old);
  const auto fallen = static_cast<uint8_t>(old & ~value);
  if ((risen & (kDmaStart)) != 0) {
    violations_.Add("ENC28J60: DMA is not modelled");
  }
  if ((risen & (kTransmitRequest | kReceiveEnable)) != 0 && IsEarly()) {
    violations_.Add("ENC28J60: TXRTS or RXEN set before the clock is ready");
  }
  set_reg(kEcon1, static_cast<uint8_t>(value & ~kDmaStart));
  if ((risen & kReceiveReset) != 0) {
    ResetReceiver();
  }
  if ((risen & kReceiveEnable) != 0 && pointer(kErxst) != 0) {
    violations_.Add("ENC28J60 erratum 5: the receive buffer does not start at 0");
  }
  if ((value & (kReceiveReset | kReceiveEnable)) == (kReceiveReset | kReceiveEnable)) {
    set_reg(kEcon1, static_cast<uint8_t>(reg(kEcon1) & ~kReceiveEnable));
  }
  if ((risen & kTransmitReset) != 0) {
    ++transmit_resets_;
    transmit_end_ = kNever;
    is_stalled_ = false;
    set_reg(kEcon1, static_cast<uint8_t>(reg(kEcon1) & ~kTransmitRequest));
    return;
  }
  if ((fallen & kTransmitReset) != 0) {
    Raise(kTransmitError);  // erratum 12: it may
  }
  if ((risen & kTransmitRequest) != 0) {
    StartTransmit();
  } else if ((fallen & kTransmitRequest) != 0) {
    AbortTransmit();
  }
}

void Enc28j60Model::WriteEcon2(uint8_t value) {
  set_reg(kEcon2, static_cast<uint8_t>(value & ~kPacketDecrement));
  if ((value & kPacketDecrement) == 0) {
    return;
  }
  if (packet_count() == 0) {
    violations_.Add("ENC28J60: PKTDEC with no packet pending");
    return;
  }
  set_reg(kEpktcnt, static_cast<uint8_t>(packet_count() - 1));
}

}  // namespace test
