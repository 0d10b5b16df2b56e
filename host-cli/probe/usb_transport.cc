#include "host-cli/probe/usb_transport.h"

#include <algorithm>
#include <cassert>
#include <deque>
#include <vector>

#include <fmt/format.h>
#include <libusb.h>

#include "host-cli/clock.h"
#include "host-cli/probe/reply_wait.h"
#include "host-cli/probe/usb_device.h"

namespace netctl {
namespace {

using Kind = MemoryError::Kind;

constexpr base::Duration kCancelTimeout = std::chrono::seconds(1);

timeval ToTimeval(base::Duration duration) {
  const int64_t microseconds = std::max<int64_t>(duration.count(), 0);
  return {.tv_sec = microseconds / 1'000'000, .tv_usec = microseconds % 1'000'000};
}

// One libusb transfer and its bytes.
class Transfer {
 public:
  Transfer() : transfer_(libusb_alloc_transfer(0)) {}
  Transfer(const Transfer&) = delete;
  ~Transfer() { libusb_free_transfer(transfer_); }

  int Start(libusb_device_handle* device, uint8_t endpoint, std::vector<std::byte> bytes) {
    bytes_ = std::move(bytes);
    done_ = 0;
    libusb_fill_bulk_transfer(transfer_, device, endpoint,
                              reinterpret_cast<unsigned char*>(bytes_.data()),
                              static_cast<int>(bytes_.size()), OnDone, this, 0);
    const int result = libusb_submit_transfer(transfer_);
    done_ = result == 0 ? 0 : 1;
    return result;
  }
  void Cancel() {
    if (!done()) {
      libusb_cancel_transfer(transfer_);
    }
  }
  bool done() const { return done_ != 0; }
  int* done_flag() { return &done_; }
  bool completed() const { return transfer_->status == LIBUSB_TRANSFER_COMPLETED; }
  base::ConstByteSpan received() const {
    return base::ConstByteSpan(bytes_).first(static_cast<size_t>(transfer_->actual_length));
  }

 private:
  static void LIBUSB_CALL OnDone(libusb_transfer* transfer) {
    static_cast<Transfer*>(transfer->user_data)->done_ = 1;
  }

  libusb_transfer* transfer_;
  std::vector<std::byte> bytes_;
  int done_ = 1;
};

struct Exchange {
  Transfer out;
  Transfer in;
  bool done() const { return out.done() && in.done(); }
};

class UsbTransport : public DapTransport {
 public:
  UsbTransport(UsbDevice device, const ProbeInfo& probe)
      : device_(std::move(device)), probe_(probe) {
    SetPacketSize(0);
  }
  ~UsbTransport() override;

  void SetPacketSize(size_t bytes) override;
  MemoryResult<void> Submit(base::ConstByteSpan packet) override;
  MemoryResult<base::ConstByteSpan> Receive(base::Instant deadline) override;
  void DropStaleReplies();

 private:
  // False: no libusb any more.
  bool HandleEvents(base::Duration longest, int* done);

  UsbDevice device_;
  ProbeInfo probe_;
  size_t reply_size_ = 0;
  std::deque<std::unique_ptr<Exchange>> exchanges_;
  std::unique_ptr<Exchange> last_;  // whose reply the caller looks at
};

// libusb writes into the buffers of what is still on its way: that is taken back first.
UsbTransport::~UsbTransport() {
  for (const auto& exchange : exchanges_) {
    exchange->in.Cancel();
    exchange->out.Cancel();
  }
  const auto pending = [this] {
    return std::ranges::any_of(exchanges_, [](const auto& exchange) { return !exchange->done(); });
  };
  const base::Instant limit = Now() + kCancelTimeout;
  while (pending() && Now() < limit && HandleEvents(kSlice, nullptr)) {
  }
  for (auto& exchange : exchanges_) {
    if (!exchange->done()) {
      [[maybe_unused]] const Exchange* leaked = exchange.release();
    }
  }
}

bool UsbTransport::HandleEvents(base::Duration longest, int* done) {
  timeval timeout = ToTimeval(longest);
  const int result = libusb_handle_events_timeout_completed(device_.context(), &timeout, done);
  return result == 0 || result == LIBUSB_ERROR_INTERRUPTED;
}

// A whole number of USB packets, else a long reply is an overflow.
void UsbTransport::SetPacketSize(size_t bytes) {
  const size_t unit = std::max<size_t>(probe_.endpoint_size, 64);
  reply_size_ = (std::max(bytes, unit) + unit - 1) / unit * unit;
}

void UsbTransport::DropStaleReplies() {
  std::vector<unsigned char> bytes(reply_size_);
  for (int i = 0; i < kMostStale; ++i) {
    int received = 0;
    const int result =
        libusb_bulk_transfer(device_.handle(), probe_.endpoint_in, bytes.data(),
                             static_cast<int>(bytes.size()), &received, kStaleTimeout_ms);
    if (result != 0) {
      return;
    }
  }
}

MemoryResult<void> UsbTransport::Submit(base::ConstByteSpan packet) {
  auto exchange = std::make_unique<Exchange>();
  exchanges_.push_back(std::move(exchange));
  Exchange& last = *exchanges_.back();
  const int in =
      last.in.Start(device_.handle(), probe_.endpoint_in, std::vector<std::byte>(reply_size_));
  const int out = in != 0 ? in
                          : last.out.Start(device_.handle(), probe_.endpoint_out,
                                           std::vector<std::byte>(packet.begin(), packet.end()));
  if (out == LIBUSB_ERROR_NO_DEVICE || out == LIBUSB_ERROR_IO) {
    return Unplugged();
  }
  if (out != 0) {
    return FailMemory(Kind::kLost, fmt::format("cannot send to the debug probe: {}",
                                               libusb_strerror(static_cast<libusb_error>(out))));
  }
  return {};
}

MemoryResult<base::ConstByteSpan> UsbTransport::Receive(base::Instant deadline) {
  assert(!exchanges_.empty());
  Exchange& exchange = *exchanges_.front();
  ReplyWait wait(deadline);
  while (!exchange.done() && wait.Goes()) {
    Transfer& awaited = exchange.out.done() ? exchange.in : exchange.out;
    if (!HandleEvents(wait.slice(), awaited.done_flag())) {
      return Unplugged();
    }
    // The command failed: there will be no reply.
    if (exchange.out.done() && !exchange.out.completed()) {
      return Unplugged();
    }
  }
  if (!exchange.done()) {
    return wait.Failure();
  }
  if (!exchange.in.completed()) {
    return Unplugged();
  }
  last_ = std::move(exchanges_.front());
  exchanges_.pop_front();
  return last_->in.received();
}

}  // namespace

Expected<std::unique_ptr<DapTransport>> OpenUsbTransport(const ProbeInfo& probe) {
  auto device = UsbDevice::Open(probe);
  if (!device) {
    return std::unexpected(device.error());
  }
  auto transport = std::make_unique<UsbTransport>(std::move(*device), probe);
  transport->DropStaleReplies();
  return transport;
}

}  // namespace netctl
