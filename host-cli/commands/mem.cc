// netctl mem read|write: the target's memory through its debug probe, while the core runs.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/debug_target.h"
#include "host-cli/format.h"
#include "host-cli/interrupt.h"
#include "host-cli/options.h"
#include "host-cli/probe/words.h"
#include "host-cli/progress.h"

namespace netctl {
namespace {

constexpr uint32_t kMaxSize = 64 << 20;
constexpr size_t kPiece = 4096;
constexpr size_t kLine = 16;
constexpr uint64_t kAddressSpace = 1ull << 32;

struct Options {
  uint32_t address = 0;
  uint32_t size = 16;
  std::string width = "32";
  std::string file;
  std::vector<std::string> values;

  size_t width_bytes() const { return width == "8" ? 1 : width == "16" ? 2 : 4; }
};

Expected<void> CheckRange(uint32_t address, uint64_t size, size_t width) {
  if (address % width != 0) {
    return Fail(ExitCode::kUsage,
                fmt::format("address 0x{:08x} is no multiple of {}", address, width),
                "--width 8 takes any address");
  }
  if (address + size > kAddressSpace) {
    return Fail(ExitCode::kUsage,
                fmt::format("{} bytes at 0x{:08x} go beyond the end of memory", size, address));
  }
  return {};
}

// Calls `access(offset, size)` for pieces of `size` bytes, with a progress bar.
template <typename Access>
Expected<void> InPieces(Report& report, std::string what, size_t size, Access access) {
  Progress progress(report, std::move(what), size);
  for (size_t offset = 0; offset < size; offset += kPiece) {
    if (Interrupted()) {
      return Fail(*Interrupted(), fmt::format("interrupted behind {} of {} bytes", offset, size));
    }
    const size_t piece = std::min(kPiece, size - offset);
    const MemoryResult<void> done = access(offset, piece);
    if (!done) {
      return std::unexpected(done.error().error);
    }
    progress.Update(offset + piece, Now());
  }
  return {};
}

std::string DumpLine(base::ConstByteSpan bytes, size_t width) {
  std::string line;
  for (size_t i = 0; i < bytes.size(); i += width) {
    line += fmt::format(" {:0{}x}", LoadWord(bytes.subspan(i, std::min(width, bytes.size() - i))),
                        2 * width);
  }
  line.resize(std::max(line.size(), (kLine / width) * (2 * width + 1)), ' ');
  line += "  |";
  for (const std::byte byte : bytes) {
    const char c = static_cast<char>(byte);
    line += c >= ' ' && c <= '~' ? c : '.';
  }
  return line + "|";
}

Expected<void> WriteFile(const std::string& path, base::ConstByteSpan bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  file.flush();
  if (!file) {
    return Fail(ExitCode::kFailed, fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  }
  return {};
}

ExitCode RunRead(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.mem_read/1");
  const size_t width = options.width_bytes();
  if (const auto sound = CheckRange(options.address, options.size, width); !sound) {
    return report.Fail(sound.error());
  }
  auto target = OpenDebugTarget(context);
  if (!target) {
    return report.Fail(target.error());
  }
  std::vector<std::byte> bytes(options.size);
  const auto read = InPieces(report, "reading", bytes.size(), [&](size_t offset, size_t size) {
    return target->memory->Read(options.address + static_cast<uint32_t>(offset),
                                std::span(bytes).subspan(offset, size));
  });
  if (!read) {
    return report.Fail(read.error());
  }
  report.Set("address", options.address);
  report.Set("size", options.size);
  if (!options.file.empty()) {
    if (const auto written = WriteFile(options.file, bytes); !written) {
      return report.Fail(written.error());
    }
    report.Set("file", options.file);
    report.Note("{} bytes from 0x{:08x} in {}", bytes.size(), options.address, options.file);
    return ExitCode::kOk;
  }
  report.Set("bytes", FormatHex(bytes));
  for (size_t i = 0; i < bytes.size(); i += kLine) {
    const auto line = base::ConstByteSpan(bytes).subspan(i, std::min(kLine, bytes.size() - i));
    report.Line("{:08x}:{}", options.address + i, DumpLine(line, width));
  }
  return ExitCode::kOk;
}

Expected<std::vector<std::byte>> BytesToWrite(const Options& options) {
  std::vector<std::byte> bytes;
  if (!options.file.empty()) {
    std::ifstream file(options.file, std::ios::binary);
    std::string content(kMaxSize + 1, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (!file.is_open() || file.bad()) {
      return Fail(ExitCode::kUsage,
                  fmt::format("cannot read {}: {}", options.file, std::strerror(errno)));
    }
    content.resize(static_cast<size_t>(file.gcount()));
    const auto content_bytes = std::as_bytes(std::span(content));
    bytes.assign(content_bytes.begin(), content_bytes.end());
  }
  const size_t width = options.width_bytes();
  for (const std::string& text : options.values) {
    auto value = ParseNumber(text, 0, (1ull << (8 * width)) - 1);
    if (!value) {
      return std::unexpected(Error(value.error()).In("value"));
    }
    for (size_t i = 0; i < width; ++i) {
      bytes.push_back(static_cast<std::byte>(*value >> (8 * i)));
    }
  }
  if (bytes.empty() || bytes.size() > kMaxSize) {
    return Fail(ExitCode::kUsage,
                bytes.empty()
                    ? "nothing to write: name values, or a file with --file"
                    : fmt::format("{} has more than {}", options.file, FormatSize(kMaxSize)));
  }
  return bytes;
}

ExitCode RunWrite(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.mem_write/1");
  const auto bytes = BytesToWrite(options);
  if (!bytes) {
    return report.Fail(bytes.error());
  }
  if (const auto sound = CheckRange(options.address, bytes->size(), options.width_bytes());
      !sound) {
    return report.Fail(sound.error());
  }
  auto target = OpenDebugTarget(context);
  if (!target) {
    return report.Fail(target.error());
  }
  const auto written = InPieces(report, "writing", bytes->size(), [&](size_t offset, size_t size) {
    return target->memory->Write(options.address + static_cast<uint32_t>(offset),
                                 std::span(*bytes).subspan(offset, size));
  });
  if (!written) {
    return report.Fail(written.error());
  }
  report.Set("address", options.address);
  report.Set("size", bytes->size());
  report.Note("{} bytes written at 0x{:08x}", bytes->size(), options.address);
  return ExitCode::kOk;
}

void AddAddress(CLI::App& app, Options& options) {
  AddNumber(app, "address", options.address, "first address").Required();
  AddChoice(app, "-w,--width", options.width, {"8", "16", "32"}, "bits of one value");
}

}  // namespace

Runner BindMemRead(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  AddAddress(app, *options);
  AddSize(app, "size", options->size, "bytes (default 16; k and M allowed)", kMaxSize);
  AddText(app, "-o,--output", options->file, "write the bytes to this file", "FILE");
  return [options](Context& context) { return RunRead(context, *options); };
}

Runner BindMemWrite(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  AddAddress(app, *options);
  AddList(app, "value", options->values, "values, one after the other", "VALUE", 0, 1024);
  AddText(app, "-i,--input", options->file, "write the content of this file", "FILE");
  return [options](Context& context) { return RunWrite(context, *options); };
}

}  // namespace netctl
