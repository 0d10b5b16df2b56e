#include "tests/support/vprobe/qemu_target.h"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/vprobe/array_target.h"
#include "tests/support/vprobe/child.h"
#include "tests/support/vprobe/qemu_monitor.h"

namespace test {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kPsram = 0x21000000;
constexpr size_t kPsramSize = 16 << 20;

class QemuCore : public TargetCore {
 public:
  QemuCore(Child& qemu, QemuMonitor& monitor) : qemu_(qemu), monitor_(monitor) {}

  // QEMU has a thread for it. Memory would stay as it was left, and look like a firmware that
  // hangs.
  bool RunSlice() override {
    if (const auto status = qemu_.TakeStatus()) {
      throw std::runtime_error(fmt::format("QEMU has ended with status {}", *status));
    }
    return false;
  }
  void Halt() override {
    monitor_.Command("stop");
    halted_ = true;
  }
  void Resume() override {
    monitor_.Command("cont");
    halted_ = false;
  }
  void Step() override {}
  bool halted() override { return halted_; }
  bool TakeBreakpointHit() override { return false; }
  uint32_t ReadRegister(uint32_t number) override { return monitor_.Register(number); }
  void WriteRegister(uint32_t, uint32_t) override {}
  void SetBreakpoints(std::span<const uint32_t>) override {}
  void Reset(bool halt) override {
    if (halt) {
      Halt();
    }
    monitor_.Command("system_reset");
    if (!halt && halted_) {
      Resume();
    }
  }

 private:
  Child& qemu_;
  QemuMonitor& monitor_;
  bool halted_ = false;
};

// Memory that has no name, and so leaves nothing behind.
class SharedMemory {
 public:
  SharedMemory() : fd_(::memfd_create("psram", MFD_CLOEXEC)) {
    if (fd_ < 0 || ::ftruncate(fd_, kPsramSize) != 0) {
      throw std::runtime_error("no memory for the target's PSRAM");
    }
    memory_ = ::mmap(nullptr, kPsramSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
    if (memory_ == MAP_FAILED) {
      throw std::runtime_error("the target's PSRAM cannot be mapped");
    }
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory() {
    ::munmap(memory_, kPsramSize);
    ::close(fd_);
  }

  int fd() const { return fd_; }
  std::span<uint8_t> bytes() const { return {static_cast<uint8_t*>(memory_), kPsramSize}; }

 private:
  int fd_;
  void* memory_ = nullptr;
};

fs::path ImageOf(const TargetSettings& settings) {
  if (!settings.argument.empty()) {
    return settings.argument;
  }
  const char* const folder = std::getenv("NETCTL_FIRMWARE_DIR");
  const fs::path firmware =
      folder == nullptr ? settings.program_folder.parent_path() / "firmware" : fs::path(folder);
  return firmware / "qemu-mps2-an386/agent.elf";
}

std::vector<std::string> CommandLine(const fs::path& image, const std::string& nic, int memory,
                                     int monitor) {
  const char* const program = std::getenv("NETCTL_QEMU");
  return {program == nullptr ? "qemu-system-arm" : program,
          "-M",
          "mps2-an386,memory-backend=psram",
          "-object",
          fmt::format("memory-backend-file,id=psram,size=16M,mem-path=/proc/self/fd/{},share=on",
                      memory),
          "-nodefaults",
          "-display",
          "none",
          "-serial",
          "null",
          "-nic",
          nic,
          "-chardev",
          fmt::format("socket,id=monitor,fd={}", monitor),
          "-mon",
          "chardev=monitor,mode=readline",
          "-kernel",
          image.string()};
}

class QemuTarget : public Target {
 public:
  explicit QemuTarget(const TargetSettings& settings)
      : psram_(kPsram, memory_.bytes()), monitor_(Start(settings)), core_(*qemu_, monitor_) {}

  TargetBus& bus() override { return psram_; }
  TargetCore& core() override { return core_; }

 private:
  // Returns our end of the monitor.
  int Start(const TargetSettings& settings) {
    const fs::path image = ImageOf(settings);
    if (!fs::is_regular_file(image)) {
      throw std::runtime_error("no firmware image " + image.string());
    }
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      throw std::runtime_error("no socket for QEMU's monitor");
    }
    const std::vector<int> inherited = {memory_.fd(), ends[1]};
    qemu_.emplace(CommandLine(image, settings.nic, memory_.fd(), ends[1]),
                  ChildSettings{.inherited = inherited, .quiet = true});
    ::close(ends[1]);
    return ends[0];
  }

  SharedMemory memory_;
  Memory psram_;
  std::optional<Child> qemu_;
  QemuMonitor monitor_;
  QemuCore core_;
};

}  // namespace

std::unique_ptr<Target> MakeQemuTarget(const TargetSettings& settings) {
  return std::make_unique<QemuTarget>(settings);
}

}  // namespace test
