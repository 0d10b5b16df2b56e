// DAP_Transfer and DAP_TransferBlock. A read of an access port delivers the result of the one
// before (ADIv5.2 B4.2.2), so a probe reads one ahead and takes the last result from RDBUFF. An
// error of a write shows with the next packet: after a last write, and only then, the probe reads
// RDBUFF to see it.
#include <utility>

#include "tests/support/vprobe/dap.h"
#include "tests/support/vprobe/dap_commands.h"
#include "tests/support/vprobe/dap_request.h"

namespace test {
namespace {

constexpr uint8_t kReadBuffer = kRequestRead | kDpRdBuff;

void PutWord(std::vector<uint8_t>& answer, uint32_t word) {
  for (int shift = 0; shift < 32; shift += 8) {
    answer.push_back(static_cast<uint8_t>(word >> shift));
  }
}

}  // namespace

struct Dap::Batch {
  Answer& answer;
  Ack ack = Ack::kOk;
  uint8_t done = 0;
  bool posted = false;         // an AP read whose result is still in the target
  bool write_pending = false;  // the last packet was a write
  bool mismatch = false;
};

Ack Dap::Packet(uint8_t request, uint32_t& value) {
  const bool ap = (request & kRequestAp) != 0;
  const auto address = static_cast<uint8_t>(request & kRequestAddress);
  for (uint32_t tries = 0;; ++tries) {
    ++counters_.transfers;
    const Ack ack = (request & kRequestRead) != 0 ? port_.Read(ap, address, value)
                                                  : port_.Write(ap, address, value);
    counters_.waits += ack == Ack::kWait;
    counters_.faults += ack == Ack::kFault;
    counters_.no_answers += ack == Ack::kNone;
    if (ack != Ack::kWait || tries == wait_retries_) {
      return ack;
    }
  }
}

void Dap::Transfer(Request& request, Answer& answer) {
  request.Byte();  // index in a JTAG chain
  const uint8_t count = request.Byte();
  answer.insert(answer.end(), {0, 0});
  if (!connected_) {
    return;
  }
  Batch batch{.answer = answer};
  while (batch.done < count && batch.ack == Ack::kOk && !batch.mismatch && !request.overrun()) {
    const uint8_t transfer = request.Byte();
    if ((transfer & kRequestRead) != 0) {
      TransferRead(transfer, request, batch);
    } else if (const uint32_t data = request.Word(); !request.overrun()) {
      TransferWrite(transfer, data, batch);
    }
  }
  if (batch.ack == Ack::kOk && batch.posted) {
    static_cast<void>(TakePosted(batch));
  } else if (batch.ack == Ack::kOk && batch.write_pending) {
    uint32_t unused = 0;
    batch.ack = Packet(kReadBuffer, unused);
  }
  answer[1] = batch.done;
  answer[2] = static_cast<uint8_t>(static_cast<uint8_t>(batch.ack) |
                                   (batch.mismatch ? kResponseMismatch : 0));
}

// Fetches the result of the posted read; false: it did not come.
bool Dap::TakePosted(Batch& batch) {
  uint32_t value = 0;
  batch.posted = false;
  batch.ack = Packet(kReadBuffer, value);
  if (batch.ack == Ack::kOk) {
    PutWord(batch.answer, value);
  }
  return batch.ack == Ack::kOk;
}

void Dap::TransferRead(uint8_t request, Request& packet, Batch& batch) {
  const bool ap = (request & kRequestAp) != 0;
  batch.write_pending = false;
  if ((request & kRequestMatch) != 0) {
    const uint32_t wanted = packet.Word();
    if (!batch.posted || TakePosted(batch)) {
      TransferMatch(request, wanted, batch);
    }
    return;
  }
  if (batch.posted && !ap && !TakePosted(batch)) {
    return;
  }
  uint32_t value = 0;
  batch.ack = Packet(request, value);
  if (batch.ack != Ack::kOk) {
    return;
  }
  if (!ap || batch.posted) {
    PutWord(batch.answer, value);
  }
  batch.posted = ap;
  ++batch.done;
}

// Reads until the masked value is there.
void Dap::TransferMatch(uint8_t request, uint32_t wanted, Batch& batch) {
  uint32_t value = 0;
  if ((request & kRequestAp) != 0) {
    batch.ack = Packet(request, value);
  }
  for (uint32_t tries = 0; batch.ack == Ack::kOk; ++tries) {
    batch.ack = Packet(request, value);
    if (batch.ack != Ack::kOk || (value & match_mask_) == wanted) {
      break;
    }
    if (tries == match_retries_) {
      batch.mismatch = true;
      return;
    }
  }
  batch.done = static_cast<uint8_t>(batch.done + (batch.ack == Ack::kOk));
}

void Dap::TransferWrite(uint8_t request, uint32_t data, Batch& batch) {
  if (batch.posted && !TakePosted(batch)) {
    return;
  }
  if ((request & kRequestMask) != 0) {
    match_mask_ = data;
  } else {
    batch.ack = Packet(request, data);
    batch.write_pending = true;
  }
  batch.done = static_cast<uint8_t>(batch.done + (batch.ack == Ack::kOk));
}

void Dap::TransferBlock(Request& request, Answer& answer) {
  request.Byte();  // index in a JTAG chain
  const uint16_t count = request.Half();
  const uint8_t transfer = request.Byte();
  answer.insert(answer.end(), {0, 0, 0});
  if (!connected_ || count == 0) {
    return;
  }
  uint16_t done = 0;
  const Ack ack = (transfer & kRequestRead) != 0 ? BlockRead(transfer, count, done, answer)
                                                 : BlockWrite(transfer, count, done, request);
  answer[1] = static_cast<uint8_t>(done);
  answer[2] = static_cast<uint8_t>(done >> 8);
  answer[3] = static_cast<uint8_t>(ack);
}

Ack Dap::BlockRead(uint8_t request, uint16_t count, uint16_t& done, Answer& answer) {
  const bool ap = (request & kRequestAp) != 0;
  uint32_t value = 0;
  if (ap) {
    const Ack ack = Packet(request, value);
    if (ack != Ack::kOk) {
      return ack;
    }
  }
  for (; done < count; ++done) {
    const bool last = ap && done + 1 == count;
    const Ack ack = Packet(last ? kReadBuffer : request, value);
    if (ack != Ack::kOk) {
      return ack;
    }
    PutWord(answer, value);
  }
  return Ack::kOk;
}

Ack Dap::BlockWrite(uint8_t request, uint16_t count, uint16_t& done, Request& packet) {
  for (; done < count; ++done) {
    uint32_t value = packet.Word();
    if (packet.overrun()) {
      break;
    }
    const Ack ack = Packet(request, value);
    if (ack != Ack::kOk) {
      return ack;
    }
  }
  uint32_t unused = 0;
  return Packet(kReadBuffer, unused);
}

}  // namespace test
