// A USB device with one interface and two bulk or interrupt endpoints, as usbfs shows it to the
// programs that have its node open (Linux, Documentation/driver-api/usb/usb.rst, "The USB character
// device nodes").
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <span>
#include <vector>

#include "tests/support/vprobe/faults.h"
#include "tests/support/vprobe/usb_descriptors.h"
#include "tests/support/vprobe/usb_file.h"

namespace test {

class UsbDevice {
 public:
  using Clock = std::chrono::steady_clock;
  // What the device does with a transfer to its OUT endpoint; nothing: no answer.
  using Function = std::function<std::optional<std::vector<uint8_t>>(std::span<const uint8_t>)>;

  UsbDevice(const UsbIdentity& identity, Function function, Faults& faults)
      : identity_(identity), function_(std::move(function)), faults_(faults) {}

  const UsbIdentity& identity() const { return identity_; }
  // A busy one belongs to another program: its interface cannot be claimed.
  void set_busy(bool busy) { busy_ = busy; }

  void Open(int socket) { files_.emplace_back(socket); }
  // Calls `visit(socket)` for every open file.
  template <typename Visitor>
  void ForEachFile(Visitor visit) const {
    for (const File& open : files_) {
      visit(open.file.socket(), open.file.process());
    }
  }
  // One call of the file with this socket, or its end.
  void Serve(int socket);

  bool plugged() const { return plugged_; }
  // Pulled out: what was asked of it ends with ESHUTDOWN, everything else with ENODEV.
  void Unplug();
  // Files that were open stay dead.
  void Plug() { plugged_ = true; }
  // The fault kUnplug has happened; whoever owns the device node has to see to it.
  bool unplug_wanted() const { return unplug_wanted_; }

  // When the answer that somebody waits for is due; nothing: nobody waits, or there is none.
  std::optional<Clock::time_point> deadline() const;
  // Hands over the answers that are due.
  void Deliver(Clock::time_point now);

 private:
  struct Urb {
    uint64_t address = 0;  // of the client's struct
    uint64_t buffer = 0;
    uint32_t length = 0;
    int status = 0;
    uint32_t actual = 0;
    uint64_t data_at = 0;  // where `data` goes
    std::vector<uint8_t> data;
  };
  struct File {
    explicit File(int socket) : file(socket) {}
    UsbFile file;
    std::deque<Urb> waiting;  // on the IN endpoint
    std::deque<Urb> done;
    bool claimed = false;
    bool dead = false;
  };
  struct Late {
    Clock::time_point due;
    std::vector<uint8_t> bytes;
  };

  int Ioctl(File& open, unsigned long request, uint64_t argument);
  int Claim(File& open);
  int Submit(File& open, uint64_t address);
  int Control(File& open, Urb urb);
  int Out(File& open, Urb urb);
  int Reap(File& open, uint64_t argument);
  int Discard(File& open, uint64_t address);
  void Answered(std::vector<uint8_t> bytes);

  UsbIdentity identity_;
  Function function_;
  Faults& faults_;
  bool busy_ = false;
  bool plugged_ = true;
  bool unplug_wanted_ = false;
  std::list<File> files_;
  std::deque<Late> answers_;
};

}  // namespace test
