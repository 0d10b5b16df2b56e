// read_memory and write_memory of OpenOCD 0.12 as a target's memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host-cli/openocd/log.h"
#include "host-cli/openocd/rpc.h"
#include "host-cli/probe/target_memory.h"

namespace netctl {

class OpenOcdMemory : public TargetMemory {
 public:
  // `log` is null for an OpenOCD that is not netctl's own.
  OpenOcdMemory(OpenOcdRpc rpc, std::shared_ptr<OpenOcdLog> log, std::string description,
                Json facts)
      : rpc_(std::move(rpc)),
        log_(std::move(log)),
        description_(std::move(description)),
        facts_(std::move(facts)) {}

  MemoryResult<void> Run(std::span<const MemoryAccess> accesses) override;
  MemoryResult<void> Reset(ResetKind kind) override;
  std::string describe() const override { return description_; }
  Json facts() const override { return facts_; }
  std::string advice() const override;

 private:
  // What one read_memory or write_memory can do: `count` units of one width.
  struct Piece {
    uint32_t address = 0;
    uint32_t width = 4;  // bytes of a unit
    uint32_t count = 0;
    base::ByteSpan out{};
    base::ConstByteSpan data{};
  };

  static std::vector<Piece> Split(std::span<const MemoryAccess> accesses);
  static std::string Script(std::span<const Piece> pieces);
  static MemoryResult<void> Store(std::span<const Piece> pieces, std::string_view answer);

  // One command and one answer for all of `pieces`.
  MemoryResult<void> RunPieces(std::span<const Piece> pieces);
  // Runs `script`, again for a while when the target does not answer.
  MemoryResult<std::string> Execute(const std::string& script);
  bool TargetAnswers();
  bool ProbeIsGone() const;
  RpcResult<std::string> Call(const std::string& script, base::Duration timeout);
  MemoryError Explain(MemoryError::Kind kind, const std::string& reason);
  // Of an error that is not Tcl's.
  MemoryError Classify(const RpcError& error);

  OpenOcdRpc rpc_;
  std::shared_ptr<OpenOcdLog> log_;
  uint32_t unanswered_ = 0;  // calls, since the last answer
  std::string description_;
  Json facts_;
};

}  // namespace netctl
