// A CMSIS-DAP probe and the target on its wires.
#pragma once

#include <memory>
#include <string>

#include "host-cli/probe/dap.h"
#include "host-cli/probe/debug_port.h"
#include "host-cli/probe/mem_ap.h"
#include "host-cli/probe/open.h"
#include "host-cli/probe/target_memory.h"

namespace netctl {

class ProbeMemory : public TargetMemory {
 public:
  // Which probe it is, for people and programs.
  struct Name {
    std::string selector;
    std::string serial;
    std::string product;
  };

  // Connects to the target by SWD. Errors as of DebugPort::Connect and Dap::Start.
  static MemoryResult<std::unique_ptr<ProbeMemory>> Connect(std::unique_ptr<DapTransport> transport,
                                                            const ProbeOptions& options,
                                                            const Name& name);
  ~ProbeMemory() override;

  MemoryResult<void> Run(std::span<const MemoryAccess> accesses) override;
  MemoryResult<void> Reset(ResetKind kind) override;
  std::string describe() const override;
  Json facts() const override;
  std::string advice() const override;

 private:
  ProbeMemory(std::unique_ptr<Dap> dap, const ProbeOptions& options, const Name& name);
  MemoryResult<void> SetUp();

  std::unique_ptr<Dap> dap_;
  DebugPort port_;
  MemAp memory_;
  uint32_t clock_hz_;
  Name name_;
};

}  // namespace netctl
