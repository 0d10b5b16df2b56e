#include "host-cli/probe/probe_list.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <libusb.h>

#include "host-cli/probe/usb_device.h"
#include "host-cli/probe/usb_strings.h"

namespace netctl {
namespace {

constexpr uint16_t kSt = 0x0483;
constexpr uint16_t kSegger = 0x1366;
constexpr std::array<uint16_t, 14> kStLinks = {0x3744, 0x3748, 0x374a, 0x374b, 0x374d,
                                               0x374e, 0x374f, 0x3742, 0x3752, 0x3753,
                                               0x3754, 0x3755, 0x3757, 0x3758};
constexpr std::string_view kMark = "CMSIS-DAP";
constexpr uint8_t kNoClass = 0;  // of an early KitProg3
constexpr size_t kDeepestPort = 7;

// One device and its active configuration.
struct Device {
  libusb_device* device = nullptr;
  libusb_device_descriptor descriptor = {};
  std::unique_ptr<libusb_config_descriptor, decltype(&libusb_free_config_descriptor)> configuration{
      nullptr, libusb_free_config_descriptor};
  std::string location;

  std::span<const libusb_interface> interfaces() const {
    return configuration == nullptr
               ? std::span<const libusb_interface>()
               : std::span(configuration->interface, size_t{configuration->bNumInterfaces});
  }
};

std::string LocationOf(libusb_device* device) {
  std::array<uint8_t, kDeepestPort> ports = {};
  const int depth = libusb_get_port_numbers(device, ports.data(), static_cast<int>(ports.size()));
  const auto path = std::span(ports).first(static_cast<size_t>(std::max(depth, 0)));
  return fmt::format("{}-{}", libusb_get_bus_number(device), fmt::join(path, "."));
}

Device Look(libusb_device* device) {
  Device look{.device = device};
  libusb_get_device_descriptor(device, &look.descriptor);
  libusb_config_descriptor* configuration = nullptr;
  if (libusb_get_active_config_descriptor(device, &configuration) == 0) {
    look.configuration.reset(configuration);
  }
  look.location = LocationOf(device);
  return look;
}

bool IsEndpoint(const libusb_endpoint_descriptor& endpoint, uint8_t type, uint8_t direction) {
  return (endpoint.bmAttributes & 0x03) == type &&
         (endpoint.bEndpointAddress & LIBUSB_ENDPOINT_IN) == direction;
}

// The kind of CMSIS-DAP interface that this looks like, whatever its name. Version 2 begins with
// bulk endpoints, OUT and then IN.
std::optional<ProbeKind> ShapeOf(const libusb_interface_descriptor& interface) {
  if (interface.bInterfaceClass == LIBUSB_CLASS_HID) {
    return ProbeKind::kCmsisDapV1;
  }
  const bool vendor = interface.bInterfaceClass == LIBUSB_CLASS_VENDOR_SPEC ||
                      interface.bInterfaceClass == kNoClass;
  if (vendor && interface.bNumEndpoints >= 2 &&
      IsEndpoint(interface.endpoint[0], LIBUSB_TRANSFER_TYPE_BULK, LIBUSB_ENDPOINT_OUT) &&
      IsEndpoint(interface.endpoint[1], LIBUSB_TRANSFER_TYPE_BULK, LIBUSB_ENDPOINT_IN)) {
    return ProbeKind::kCmsisDapV2;
  }
  return std::nullopt;
}

void TakeEndpoints(const libusb_interface_descriptor& interface, ProbeInfo& probe) {
  for (size_t i = 0; i < interface.bNumEndpoints; ++i) {
    const libusb_endpoint_descriptor& endpoint = interface.endpoint[i];
    const bool in = (endpoint.bEndpointAddress & LIBUSB_ENDPOINT_IN) != 0;
    uint8_t& address = in ? probe.endpoint_in : probe.endpoint_out;
    if (address != 0) {
      continue;
    }
    address = endpoint.bEndpointAddress;
    if (in) {
      probe.endpoint_size = endpoint.wMaxPacketSize;
    }
  }
}

ProbeInfo InfoOf(const Device& device, ProbeKind kind, const libusb_interface_descriptor& interface,
                 UsbStrings& strings) {
  ProbeInfo probe{.kind = kind,
                  .vendor_id = device.descriptor.idVendor,
                  .product_id = device.descriptor.idProduct,
                  .serial = strings.OfDevice("serial", device.descriptor.iSerialNumber),
                  .product = strings.OfDevice("product", device.descriptor.iProduct),
                  .location = device.location,
                  .bus = libusb_get_bus_number(device.device),
                  .address = libusb_get_device_address(device.device),
                  .interface = interface.bInterfaceNumber};
  TakeEndpoints(interface, probe);
  return probe;
}

std::optional<ProbeKind> VendorKind(const libusb_device_descriptor& descriptor) {
  if (descriptor.idVendor == kSt &&
      std::ranges::find(kStLinks, descriptor.idProduct) != kStLinks.end()) {
    return ProbeKind::kStLink;
  }
  return descriptor.idVendor == kSegger ? std::optional(ProbeKind::kJLink) : std::nullopt;
}

// Interfaces that call themselves CMSIS-DAP; where none does, the device's name is good for all.
void AddCmsisDap(const Device& device, UsbStrings& strings, std::vector<ProbeInfo>& found) {
  std::vector<ProbeInfo> by_shape;
  std::vector<ProbeInfo> by_name;
  for (const libusb_interface& interface : device.interfaces()) {
    const auto kind =
        interface.num_altsetting > 0 ? ShapeOf(interface.altsetting[0]) : std::nullopt;
    if (!kind) {
      continue;
    }
    const libusb_interface_descriptor& setting = interface.altsetting[0];
    const std::string name = strings.OfInterface(device.configuration->bConfigurationValue,
                                                 setting.bInterfaceNumber, setting.iInterface);
    auto& list = name.find(kMark) == name.npos ? by_shape : by_name;
    list.push_back(InfoOf(device, *kind, setting, strings));
  }
  if (by_name.empty() && !by_shape.empty() &&
      by_shape[0].product.find(kMark) != std::string::npos) {
    by_name = std::move(by_shape);
  }
  found.insert(found.end(), by_name.begin(), by_name.end());
}

void AddProbes(const Device& device, std::vector<ProbeInfo>& found) {
  UsbStrings strings(device.device, device.location);
  const auto kind = VendorKind(device.descriptor);
  if (!kind) {
    AddCmsisDap(device, strings, found);
    return;
  }
  const auto interfaces = device.interfaces();
  const auto own = std::ranges::find_if(interfaces, [](const libusb_interface& interface) {
    return interface.num_altsetting > 0 &&
           interface.altsetting[0].bInterfaceClass == LIBUSB_CLASS_VENDOR_SPEC;
  });
  if (own != interfaces.end()) {
    found.push_back(InfoOf(device, *kind, own->altsetting[0], strings));
  }
}

// HID interfaces belong to a driver of the kernel until hidapi takes them: those are only opened.
void CheckAccess(libusb_device* device, ProbeInfo& probe) {
  libusb_device_handle* handle = nullptr;
  int result = libusb_open(device, &handle);
  if (result == 0) {
    if (probe.kind != ProbeKind::kCmsisDapV1) {
      result = libusb_claim_interface(handle, probe.interface);
    }
    libusb_close(handle);  // and what was claimed
  }
  if (result == 0) {
    return;
  }
  const Error error = UsbOpenError(probe, result);
  probe.access = result == LIBUSB_ERROR_ACCESS ? ProbeAccess::kNoPermission
                 : result == LIBUSB_ERROR_BUSY ? ProbeAccess::kBusy
                                               : ProbeAccess::kFailed;
  probe.problem = error.message;
  probe.hint = error.hint;
}

}  // namespace

Expected<std::vector<ProbeInfo>> ListProbes(AccessCheck check) {
  const auto context = UsbContext::Create();
  if (!context) {
    return std::unexpected(context.error());
  }
  libusb_device** devices = nullptr;
  const ssize_t count = libusb_get_device_list(context->get(), &devices);
  std::vector<ProbeInfo> found;
  for (ssize_t i = 0; i < count; ++i) {
    const size_t before = found.size();
    AddProbes(Look(devices[i]), found);
    for (size_t j = before; check == AccessCheck::kYes && j < found.size(); ++j) {
      CheckAccess(devices[i], found[j]);
    }
  }
  if (count >= 0) {
    libusb_free_device_list(devices, 1);
  }
  std::ranges::sort(
      found, {}, [](const ProbeInfo& probe) { return std::pair(probe.location, probe.interface); });
  return found;
}

}  // namespace netctl
