#include "host-cli/openocd/memory.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "host-cli/clock.h"
#include "host-cli/interrupt.h"
#include "host-cli/message_source.h"
#include "host-cli/openocd/tcl.h"
#include "host-cli/probe/words.h"

namespace netctl {
namespace {

// Data of one command. Measured: 1 KiB reads at 1.5 MB/s, 2 KiB at 1.6, 16 KiB at 1.8.
constexpr size_t kLargestCommand = 2048;
constexpr base::Duration kCallTimeout = std::chrono::seconds(1);
constexpr base::Duration kResetTimeout = std::chrono::seconds(5);
constexpr base::Duration kPatience = std::chrono::milliseconds(300);
constexpr base::Duration kRetry = std::chrono::milliseconds(20);
// So many calls without an answer, and OpenOCD will not answer any more: it hangs in a driver.
constexpr uint32_t kMostUnanswered = 3;
// A register that every ARMv6-M and ARMv7-M core has (ARMv7-M B3.2.3).
constexpr uint32_t kCpuid = 0xe000ed00;

// "0x1f" or "31".
std::optional<uint32_t> ParseUnit(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  text.remove_prefix(hexadecimal ? 2 : 0);
  uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

MemoryError Strange(std::string_view what) {
  return {MemoryError::Kind::kLost,
          {ExitCode::kChannel, fmt::format("OpenOCD's answer makes no sense: {}", what),
           "netctl needs OpenOCD 0.12 or later", std::nullopt}};
}

}  // namespace

std::vector<OpenOcdMemory::Piece> OpenOcdMemory::Split(std::span<const MemoryAccess> accesses) {
  std::vector<Piece> pieces;
  for (const MemoryAccess& access : accesses) {
    const size_t size = access.size();
    for (size_t done = 0; done < size;) {
      const auto address = static_cast<uint32_t>(access.address + done);
      const size_t left = size - done;
      const size_t to_word = (4 - address % 4) % 4;
      // Narrow units up to the next word, and for what is left behind the last one.
      const size_t bytes = to_word != 0 ? std::min(to_word, left)
                           : left < 4   ? left
                                        : std::min(left / 4 * 4, kLargestCommand);
      const uint32_t width = bytes >= 4 ? 4 : bytes == 2 && address % 2 == 0 ? 2 : 1;
      pieces.push_back(
          {.address = address,
           .width = width,
           .count = static_cast<uint32_t>(bytes / width),
           .out = access.out.empty() ? access.out : access.out.subspan(done, bytes),
           .data = access.out.empty() ? access.data.subspan(done, bytes) : base::ConstByteSpan()});
      done += bytes;
    }
  }
  return pieces;
}

// netctl_at says, after an error, which of them it was.
std::string OpenOcdMemory::Script(std::span<const Piece> pieces) {
  std::string script = "list";
  for (const Piece& piece : pieces) {
    script += fmt::format(" [set netctl_at {:#010x}; ", piece.address);
    if (!piece.out.empty()) {
      script +=
          fmt::format("read_memory {:#x} {} {}]", piece.address, piece.width * 8, piece.count);
      continue;
    }
    script += fmt::format("write_memory {:#x} {} {{", piece.address, piece.width * 8);
    for (size_t i = 0; i < piece.data.size(); i += piece.width) {
      script +=
          fmt::format("{}{:#x}", i == 0 ? "" : " ", LoadWord(piece.data.subspan(i, piece.width)));
    }
    script += "}]";
  }
  return script;
}

MemoryResult<void> OpenOcdMemory::Store(std::span<const Piece> pieces, std::string_view answer) {
  const auto results = ParseTclList(answer);
  if (!results || results->size() != pieces.size()) {
    return std::unexpected(Strange("not one result for each access"));
  }
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (piece.out.empty()) {
      continue;
    }
    const auto units = ParseTclList((*results)[i]);
    if (!units || units->size() != piece.count) {
      return std::unexpected(Strange("another number of values than asked for"));
    }
    for (size_t unit = 0; unit < piece.count; ++unit) {
      const auto value = ParseUnit((*units)[unit]);
      if (!value) {
        return std::unexpected(Strange("no number where a value belongs"));
      }
      StoreWord(piece.out.subspan(unit * piece.width, piece.width), *value);
    }
  }
  return {};
}

MemoryResult<void> OpenOcdMemory::Run(std::span<const MemoryAccess> accesses) {
  const std::vector<Piece> pieces = Split(accesses);
  for (size_t begin = 0; begin < pieces.size();) {
    size_t end = begin;
    size_t bytes = 0;
    do {
      bytes += pieces[end].width * pieces[end].count;
      ++end;
    } while (end < pieces.size() &&
             bytes + pieces[end].width * pieces[end].count <= kLargestCommand);
    if (const auto done = RunPieces(std::span(pieces).subspan(begin, end - begin)); !done) {
      return done;
    }
    begin = end;
  }
  return {};
}

MemoryResult<void> OpenOcdMemory::RunPieces(std::span<const Piece> pieces) {
  const auto answer = Execute(Script(pieces));
  if (!answer) {
    return std::unexpected(answer.error());
  }
  return Store(pieces, *answer);
}

MemoryResult<std::string> OpenOcdMemory::Execute(const std::string& script) {
  const base::Instant limit = Now() + kPatience;
  for (bool first = true;; first = false) {
    auto answer = Call(script, kCallTimeout);
    if (answer) {
      return std::move(*answer);
    }
    if (answer.error().kind != RpcError::Kind::kScript || ProbeIsGone()) {
      return std::unexpected(Classify(answer.error()));
    }
    // An error may be left from a reset that went on meanwhile; the second one is of the address.
    const bool answers = Now() < limit && TargetAnswers();
    if (answers && !first) {
      const auto at = Call("set netctl_at", kCallTimeout);
      return std::unexpected(Explain(
          MemoryError::Kind::kFault,
          fmt::format("cannot access address {}: {}", at.value_or("?"), answer.error().message)));
    }
    std::vector<pollfd> none;
    if (Now() >= limit || PollUntil(none, answers ? Now() : Now() + kRetry)) {
      return std::unexpected(
          Explain(MemoryError::Kind::kUnreachable,
                  fmt::format("the target does not answer: {}", answer.error().message)));
    }
  }
}

// OpenOCD goes on without it, for ever.
bool OpenOcdMemory::ProbeIsGone() const {
  return log_ != nullptr && log_->text().find("No such device") != std::string::npos;
}

RpcResult<std::string> OpenOcdMemory::Call(const std::string& script, base::Duration timeout) {
  auto answer = rpc_.Call(script, Now() + timeout);
  const bool unanswered = !answer && answer.error().kind == RpcError::Kind::kTimeout;
  unanswered_ = unanswered ? unanswered_ + 1 : 0;
  return answer;
}

// Connects to it again where OpenOCD gave it up.
bool OpenOcdMemory::TargetAnswers() {
  const auto answer =
      Call(fmt::format("set netctl_saved $netctl_at; "
                       "if {{![[target current] was_examined]}} {{[target current] arp_examine}}; "
                       "read_memory {:#x} 32 1; set netctl_at $netctl_saved",
                       kCpuid),
           kCallTimeout);
  return answer.has_value();
}

MemoryResult<void> OpenOcdMemory::Reset(ResetKind kind) {
  const auto answer = Call(kind == ResetKind::kHalt ? "reset halt" : "reset run", kResetTimeout);
  if (answer) {
    return {};
  }
  if (answer.error().kind != RpcError::Kind::kScript) {
    return std::unexpected(Classify(answer.error()));
  }
  return std::unexpected(Explain(MemoryError::Kind::kUnreachable,
                                 "the target cannot be reset: " + answer.error().message));
}

MemoryError OpenOcdMemory::Explain(MemoryError::Kind kind, const std::string& reason) {
  return {kind,
          {ExitCode::kChannel, fmt::format("{}: {}", description_, EscapeText(reason)),
           kind == MemoryError::Kind::kUnreachable ? advice() : "", std::nullopt}};
}

MemoryError OpenOcdMemory::Classify(const RpcError& error) {
  if (ProbeIsGone()) {
    return Explain(MemoryError::Kind::kLost, "the probe was unplugged");
  }
  if (error.kind == RpcError::Kind::kLost || unanswered_ >= kMostUnanswered) {
    return Explain(MemoryError::Kind::kLost, error.message);
  }
  return Explain(MemoryError::Kind::kUnreachable, error.message);
}

std::string OpenOcdMemory::advice() const {
  return "is the board powered, and are SWDIO, SWCLK and GND connected?";
}

}  // namespace netctl
