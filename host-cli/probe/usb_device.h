// A claimed interface of a USB device, by libusb.
#pragma once

#include <string>

#include "host-cli/error.h"
#include "host-cli/probe/probe_info.h"

struct libusb_context;
struct libusb_device;
struct libusb_device_handle;

namespace netctl {

// libusb, for its owner alone.
class UsbContext {
 public:
  // kChannel when there is no USB here.
  static Expected<UsbContext> Create();
  UsbContext(UsbContext&& other) noexcept;
  UsbContext& operator=(UsbContext&&) = delete;
  ~UsbContext();
  libusb_context* get() const { return context_; }

 private:
  explicit UsbContext(libusb_context* context) : context_(context) {}
  libusb_context* context_;
};

class UsbDevice {
 public:
  // Opens the device at the bus and address of `probe` and claims its interface. kChannel: another
  // program has it (and which), no permission (with the udev rule), or unplugged.
  static Expected<UsbDevice> Open(const ProbeInfo& probe);
  UsbDevice(UsbDevice&& other) noexcept;
  UsbDevice& operator=(UsbDevice&&) = delete;
  ~UsbDevice();

  libusb_context* context() const { return context_.get(); }
  libusb_device_handle* handle() const { return handle_; }

 private:
  UsbDevice(UsbContext context, libusb_device_handle* handle, uint8_t interface)
      : context_(std::move(context)), handle_(handle), interface_(interface) {}

  UsbContext context_;
  libusb_device_handle* handle_;
  uint8_t interface_;
};

// What a libusb error at libusb_open or libusb_claim_interface means for `probe`.
Error UsbOpenError(const ProbeInfo& probe, int result);

}  // namespace netctl
