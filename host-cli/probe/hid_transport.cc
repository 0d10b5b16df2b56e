#include "host-cli/probe/hid_transport.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <hidapi.h>
#include <libusb.h>

#include "host-cli/clock.h"
#include "host-cli/probe/reply_wait.h"
#include "host-cli/probe/usb_device.h"

namespace netctl {
namespace {

using Kind = MemoryError::Kind;

constexpr size_t kReport = 64;

class HidTransport : public DapTransport {
 public:
  HidTransport(hid_device* device, size_t report_size)
      : device_(device), report_(report_size + 1), reply_(report_size) {}
  HidTransport(const HidTransport&) = delete;
  ~HidTransport() override { hid_close(device_); }

  // A packet is a report, whatever the probe says.
  void SetPacketSize(size_t /*bytes*/) override {}
  MemoryResult<void> Submit(base::ConstByteSpan packet) override;
  MemoryResult<base::ConstByteSpan> Receive(base::Instant deadline) override;
  void DropStaleReplies();

 private:
  int Read(int timeout_ms) {
    return hid_read_timeout(device_, reinterpret_cast<unsigned char*>(reply_.data()), reply_.size(),
                            timeout_ms);
  }

  hid_device* device_;
  std::vector<std::byte> report_;  // behind the report's id, which is 0
  std::vector<std::byte> reply_;
};

MemoryResult<void> HidTransport::Submit(base::ConstByteSpan packet) {
  if (packet.size() >= report_.size()) {
    return FailMemory(Kind::kLost,
                      fmt::format("the probe says its packets are larger than its reports of {} "
                                  "bytes",
                                  reply_.size()));
  }
  std::ranges::fill(report_, std::byte{0});
  std::ranges::copy(packet, report_.begin() + 1);
  const int sent =
      hid_write(device_, reinterpret_cast<const unsigned char*>(report_.data()), report_.size());
  return sent < 0 ? Unplugged() : MemoryResult<void>();
}

MemoryResult<base::ConstByteSpan> HidTransport::Receive(base::Instant deadline) {
  ReplyWait wait(deadline);
  while (wait.Goes()) {
    const int size = Read(static_cast<int>(base::ToMilliseconds(wait.slice())));
    if (size < 0) {
      return Unplugged();
    }
    if (size > 0) {
      return base::ConstByteSpan(reply_).first(static_cast<size_t>(size));
    }
  }
  return wait.Failure();
}

void HidTransport::DropStaleReplies() {
  for (int i = 0; i < kMostStale && Read(kStaleTimeout_ms) > 0; ++i) {
  }
}

// hidapi's name of the interface; empty when it is not there.
std::string PathOf(const ProbeInfo& probe) {
  hid_device_info* devices = hid_enumerate(probe.vendor_id, probe.product_id);
  // "1-4.2:1.0", and in older versions bus:address:interface in hexadecimal.
  const std::string by_location = probe.location + ":";
  const std::string by_address = fmt::format("{:04x}:{:04x}:", probe.bus, probe.address);
  std::string path;
  for (const hid_device_info* device = devices; device != nullptr; device = device->next) {
    const std::string_view name = device->path;
    if (device->interface_number == probe.interface &&
        (name.starts_with(by_location) || name.starts_with(by_address))) {
      path = name;
    }
  }
  hid_free_enumeration(devices);
  return path;
}

}  // namespace

Expected<std::unique_ptr<DapTransport>> OpenHidTransport(const ProbeInfo& probe) {
  const std::string path = hid_init() == 0 ? PathOf(probe) : std::string();
  if (path.empty()) {
    return std::unexpected(UsbOpenError(probe, LIBUSB_ERROR_NO_DEVICE));
  }
  hid_device* device = hid_open_path(path.c_str());
  if (device == nullptr) {
    // hidapi does not say why: permission, or somebody else's claim.
    const auto opened = UsbDevice::Open(probe);
    return std::unexpected(opened ? UsbOpenError(probe, LIBUSB_ERROR_IO) : opened.error());
  }
  auto transport =
      std::make_unique<HidTransport>(device, std::max<size_t>(probe.endpoint_size, kReport));
  transport->DropStaleReplies();
  return transport;
}

}  // namespace netctl
