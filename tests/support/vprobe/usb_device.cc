#include "tests/support/vprobe/usb_device.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>

#include <sys/ioctl.h>
// The next one needs the one above.
#include <linux/usbdevice_fs.h>

namespace test {
namespace {

constexpr uint32_t kLongestTransfer = 1 << 16;
constexpr uint32_t kSetupSize = 8;
constexpr uint32_t kCapabilities =
    USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;

template <typename T>
std::span<const uint8_t> BytesOf(const T& value) {
  return {reinterpret_cast<const uint8_t*>(&value), sizeof(value)};
}

template <typename T>
bool Read(UsbFile& file, uint64_t address, T& value) {
  return file.ReadMemory(address, {reinterpret_cast<uint8_t*>(&value), sizeof(value)});
}

// struct usbdevfs_urb without the array at its end.
struct UrbHeader {
  unsigned char type;
  unsigned char endpoint;
  int status;
  unsigned int flags;
  void* buffer;
  int buffer_length;
  int actual_length;
};
static_assert(offsetof(UrbHeader, status) == offsetof(usbdevfs_urb, status));
static_assert(offsetof(UrbHeader, buffer) == offsetof(usbdevfs_urb, buffer));
static_assert(offsetof(UrbHeader, actual_length) == offsetof(usbdevfs_urb, actual_length));

}  // namespace

void UsbDevice::Serve(int socket) {
  const auto open =
      std::ranges::find(files_, socket, [](const File& o) { return o.file.socket(); });
  if (open == files_.end()) {
    return;
  }
  const std::optional<UsbFile::Message> message = open->file.Receive();
  if (!message) {
    files_.erase(open);
    return;
  }
  open->file.Answer(message->type == UsbFile::kIoctl
                        ? Ioctl(*open, message->request, message->argument)
                        : EINVAL);
}

int UsbDevice::Ioctl(File& open, unsigned long request, uint64_t argument) {
  if (request == USBDEVFS_REAPURBNDELAY) {
    return Reap(open, argument);
  }
  if (open.dead) {
    return ENODEV;
  }
  switch (request) {
    case USBDEVFS_SUBMITURB:
      return Submit(open, argument);
    case USBDEVFS_DISCARDURB:
      return Discard(open, argument);
    case USBDEVFS_GET_CAPABILITIES: {
      const UsbFile::Piece piece{argument, BytesOf(kCapabilities)};
      return open.file.WriteMemory({&piece, 1}) ? 0 : EFAULT;
    }
    case USBDEVFS_CLAIMINTERFACE:
      return Claim(open);
    case USBDEVFS_RELEASEINTERFACE:
      open.claimed = false;
      return 0;
    case USBDEVFS_RESET:
    case USBDEVFS_SETCONFIGURATION:
    case USBDEVFS_SETINTERFACE:
      answers_.clear();
      return 0;
    case USBDEVFS_CLEAR_HALT:
      return 0;
    case USBDEVFS_GETDRIVER:
      return ENODATA;  // no kernel driver has it
    default:
      return ENOTTY;
  }
}

int UsbDevice::Claim(File& open) {
  const bool taken = std::ranges::any_of(
      files_, [&](const File& other) { return &other != &open && other.claimed; });
  if (busy_ || taken) {
    return EBUSY;
  }
  open.claimed = true;
  return 0;
}

int UsbDevice::Submit(File& open, uint64_t address) {
  UrbHeader header{};
  if (!Read(open.file, address, header)) {
    return EFAULT;
  }
  const auto length = static_cast<uint32_t>(header.buffer_length);
  if (length > kLongestTransfer) {
    return EINVAL;
  }
  Urb urb{
      .address = address, .buffer = reinterpret_cast<uint64_t>(header.buffer), .length = length};
  if (header.type == USBDEVFS_URB_TYPE_CONTROL) {
    return Control(open, std::move(urb));
  }
  if (header.type != (identity_.hid ? USBDEVFS_URB_TYPE_INTERRUPT : USBDEVFS_URB_TYPE_BULK)) {
    return EINVAL;
  }
  // Who has not claimed the interface does so with the first transfer.
  if (const int error = open.claimed ? 0 : Claim(open); error != 0) {
    return error;
  }
  if (header.endpoint == kEndpointOut) {
    return Out(open, std::move(urb));
  }
  if (header.endpoint == kEndpointIn) {
    open.waiting.push_back(std::move(urb));
    Deliver(Clock::now());
    return 0;
  }
  return ENOENT;
}

int UsbDevice::Control(File& open, Urb urb) {
  std::array<uint8_t, kSetupSize> setup{};
  if (urb.length < kSetupSize || !open.file.ReadMemory(urb.buffer, setup)) {
    return EINVAL;
  }
  const auto value = static_cast<uint16_t>(setup[2] | setup[3] << 8);
  const auto wanted = static_cast<uint16_t>(setup[6] | setup[7] << 8);
  const auto length = static_cast<uint16_t>(std::min<uint32_t>(wanted, urb.length - kSetupSize));
  const bool answered = AnswerControl(identity_, setup[0], setup[1], value, length, urb.data);
  urb.status = answered ? 0 : -EPIPE;
  urb.actual = static_cast<uint32_t>(urb.data.size());
  urb.data_at = urb.buffer + kSetupSize;
  open.done.push_back(std::move(urb));
  return 0;
}

int UsbDevice::Out(File& open, Urb urb) {
  std::vector<uint8_t> packet(urb.length);
  if (!open.file.ReadMemory(urb.buffer, packet)) {
    return EFAULT;
  }
  urb.actual = urb.length;
  open.done.push_back(std::move(urb));
  if (faults_.Happens(FaultKind::kUnplug)) {
    unplug_wanted_ = true;
    return 0;
  }
  if (std::optional<std::vector<uint8_t>> answer = function_(packet)) {
    Answered(std::move(*answer));
  }
  return 0;
}

void UsbDevice::Answered(std::vector<uint8_t> bytes) {
  if (faults_.Happens(FaultKind::kShort)) {
    bytes.resize(bytes.size() / 2);
  }
  Clock::time_point due{};
  if (faults_.Happens(FaultKind::kSlow)) {
    due = Clock::now() + faults_.delay();
  }
  answers_.push_back({.due = due, .bytes = std::move(bytes)});
  Deliver(Clock::now());
}

std::optional<UsbDevice::Clock::time_point> UsbDevice::deadline() const {
  const bool awaited =
      std::ranges::any_of(files_, [](const File& open) { return !open.waiting.empty(); });
  if (!awaited || answers_.empty()) {
    return std::nullopt;
  }
  return answers_.front().due;
}

// The answers wait in the device for whoever reads first.
void UsbDevice::Deliver(Clock::time_point now) {
  for (File& open : files_) {
    while (!open.waiting.empty() && !answers_.empty() && answers_.front().due <= now) {
      Urb urb = std::move(open.waiting.front());
      open.waiting.pop_front();
      urb.data = std::move(answers_.front().bytes);
      answers_.pop_front();
      if (urb.data.size() > urb.length) {
        urb.data.resize(urb.length);
        urb.status = -EOVERFLOW;
      }
      urb.actual = static_cast<uint32_t>(urb.data.size());
      urb.data_at = urb.buffer;
      open.done.push_back(std::move(urb));
    }
  }
}

int UsbDevice::Reap(File& open, uint64_t argument) {
  if (open.done.empty()) {
    return open.dead ? ENODEV : EAGAIN;
  }
  const Urb urb = std::move(open.done.front());
  open.done.pop_front();
  const std::array<UsbFile::Piece, 4> pieces = {{
      {urb.address + offsetof(UrbHeader, status), BytesOf(urb.status)},
      {urb.address + offsetof(UrbHeader, actual_length), BytesOf(urb.actual)},
      {argument, BytesOf(urb.address)},
      {urb.data_at, urb.data},
  }};
  const size_t count = urb.data.empty() ? pieces.size() - 1 : pieces.size();
  return open.file.WriteMemory(std::span(pieces).first(count)) ? 0 : EFAULT;
}

int UsbDevice::Discard(File& open, uint64_t address) {
  const auto urb = std::ranges::find(open.waiting, address, &Urb::address);
  if (urb == open.waiting.end()) {
    return EINVAL;  // it is done already
  }
  urb->status = -ENOENT;
  open.done.push_back(std::move(*urb));
  open.waiting.erase(urb);
  return 0;
}

void UsbDevice::Unplug() {
  plugged_ = false;
  unplug_wanted_ = false;
  answers_.clear();
  for (File& open : files_) {
    open.dead = true;
    open.claimed = false;
    for (Urb& urb : open.waiting) {
      urb.status = -ESHUTDOWN;
      open.done.push_back(std::move(urb));
    }
    open.waiting.clear();
  }
}

}  // namespace test
