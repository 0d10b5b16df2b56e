// OpenOCD as a child of netctl: its Tcl port is the child's stdin and stdout, its log the stderr.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "host-cli/openocd/open.h"
#include "host-cli/openocd/rpc.h"

namespace netctl {

// What OpenOCD says on stderr; grows while an OpenOcdRpc waits.
class OpenOcdLog {
 public:
  // Its last 64 KiB, whole lines or not.
  const std::string& text() const { return text_; }
  void Clear() { text_.clear(); }
  // Gets every whole line from now on.
  void OnLine(std::function<void(std::string_view line)> listener) {
    listener_ = std::move(listener);
  }
  void Add(std::string_view text);

 private:
  std::string text_;
  std::string line_;
  std::function<void(std::string_view)> listener_;
};

struct OpenOcd {
  OpenOcdRpc rpc;
  std::shared_ptr<OpenOcdLog> log;
  std::string name;  // "OpenOCD (stm32f4-rmii.cfg)"
  Json facts;        // openocd_pid, openocd_version, config
};

// Starts it and waits until it has initialised probe and target. kChannel: as StartOpenOcd.
Expected<OpenOcd> LaunchOpenOcd(const OpenOcdOptions& options, base::Instant deadline);

}  // namespace netctl
