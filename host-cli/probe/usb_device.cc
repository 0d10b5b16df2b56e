#include "host-cli/probe/usb_device.h"

#include <span>
#include <utility>

#include <fmt/format.h>
#include <libusb.h>

#include "host-cli/channels/tty_holder.h"
#include "host-cli/format.h"

namespace netctl {
namespace {

std::string NameOf(const ProbeInfo& probe) {
  return fmt::format("probe {:04x}:{:04x}:{}", probe.vendor_id, probe.product_id,
                     EscapeText(probe.serial));
}

Expected<libusb_device_handle*> OpenAt(libusb_context* context, const ProbeInfo& probe) {
  libusb_device** devices = nullptr;
  const ssize_t count = libusb_get_device_list(context, &devices);
  int result = count < 0 ? static_cast<int>(count) : LIBUSB_ERROR_NO_DEVICE;
  libusb_device_handle* handle = nullptr;
  for (ssize_t i = 0; i < count; ++i) {
    if (libusb_get_bus_number(devices[i]) == probe.bus &&
        libusb_get_device_address(devices[i]) == probe.address) {
      result = libusb_open(devices[i], &handle);
    }
  }
  if (count >= 0) {
    libusb_free_device_list(devices, 1);
  }
  if (handle == nullptr) {
    return std::unexpected(UsbOpenError(probe, result));
  }
  return handle;
}

}  // namespace

Error UsbOpenError(const ProbeInfo& probe, int result) {
  switch (result) {
    case LIBUSB_ERROR_ACCESS:
      return {.code = ExitCode::kChannel,
              .message = fmt::format("no permission to use {}", NameOf(probe)),
              .hint =
                  "install the udev rule: sudo cp scripts/udev/60-netctl.rules "
                  "/etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm "
                  "trigger; then unplug the probe and plug it in again"};
    case LIBUSB_ERROR_BUSY:
      return {.code = ExitCode::kChannel,
              .message = fmt::format("{} is in use by {}", NameOf(probe), TtyHolder(probe.node())),
              .hint = "close that program"};
    case LIBUSB_ERROR_NO_DEVICE:
    case LIBUSB_ERROR_NOT_FOUND:
      return {.code = ExitCode::kChannel,
              .message = fmt::format("{} is gone (unplugged?)", NameOf(probe)),
              .hint = "netctl probes lists what is there"};
    default:
      return {.code = ExitCode::kChannel,
              .message = fmt::format("cannot open {}: {}", NameOf(probe),
                                     libusb_strerror(static_cast<libusb_error>(result)))};
  }
}

Expected<UsbContext> UsbContext::Create() {
  libusb_context* context = nullptr;
  if (const int result = libusb_init(&context); result != 0) {
    return Fail(
        ExitCode::kChannel,
        fmt::format("USB cannot be used: {}", libusb_strerror(static_cast<libusb_error>(result))));
  }
  return UsbContext(context);
}

UsbContext::UsbContext(UsbContext&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)) {}

UsbContext::~UsbContext() {
  if (context_ != nullptr) {
    libusb_exit(context_);
  }
}

Expected<UsbDevice> UsbDevice::Open(const ProbeInfo& probe) {
  auto context = UsbContext::Create();
  if (!context) {
    return std::unexpected(context.error());
  }
  const auto handle = OpenAt(context->get(), probe);
  if (!handle) {
    return std::unexpected(handle.error());
  }
  if (const int result = libusb_claim_interface(*handle, probe.interface); result != 0) {
    Error error = UsbOpenError(probe, result);
    libusb_close(*handle);
    return std::unexpected(std::move(error));
  }
  return UsbDevice(std::move(*context), *handle, probe.interface);
}

UsbDevice::UsbDevice(UsbDevice&& other) noexcept
    : context_(std::move(other.context_)),
      handle_(std::exchange(other.handle_, nullptr)),
      interface_(other.interface_) {}

UsbDevice::~UsbDevice() {
  if (handle_ != nullptr) {
    libusb_release_interface(handle_, interface_);
    libusb_close(handle_);
  }
}

}  // namespace netctl
