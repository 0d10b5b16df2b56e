#include "host-cli/frame_source.h"

#include <filesystem>
#include <memory>

#include <pcap/pcap.h>

#include "host-cli/format.h"

namespace netctl {
namespace {

constexpr size_t kMinFrame = 14;  // an Ethernet header

struct ClosePcap {
  void operator()(pcap_t* file) const { pcap_close(file); }
};

Expected<Frame> CheckFrame(base::ConstByteSpan bytes, size_t original, size_t max_size,
                           const std::string& where) {
  if (bytes.size() < original) {
    return Fail(ExitCode::kUsage, fmt::format("{}: only {} of {} bytes were captured", where,
                                              bytes.size(), original));
  }
  if (bytes.size() < kMinFrame || bytes.size() > max_size) {
    return Fail(ExitCode::kUsage, fmt::format("{}: a frame has {} to {} bytes, this one {}", where,
                                              kMinFrame, max_size, bytes.size()));
  }
  return Frame(bytes.begin(), bytes.end());
}

Expected<std::vector<Frame>> ReadCapture(const std::string& path, size_t max_size,
                                         size_t max_frames) {
  char reason[PCAP_ERRBUF_SIZE] = {};
  const std::unique_ptr<pcap_t, ClosePcap> file(pcap_open_offline(path.c_str(), reason));
  if (!file) {
    return Fail(ExitCode::kUsage, fmt::format("{}: no capture file: {}", path, EscapeText(reason)));
  }
  if (pcap_datalink(file.get()) != DLT_EN10MB) {
    return Fail(ExitCode::kUsage, fmt::format("{}: the frames are not Ethernet", path));
  }
  std::vector<Frame> frames;
  while (true) {
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    const int got = pcap_next_ex(file.get(), &header, &data);
    if (got == PCAP_ERROR_BREAK) {
      break;
    }
    const std::string where = fmt::format("{}, frame {}", path, frames.size() + 1);
    if (got != 1) {
      return Fail(ExitCode::kUsage,
                  fmt::format("{}: {}", where, EscapeText(pcap_geterr(file.get()))));
    }
    if (frames.size() == max_frames) {
      return Fail(ExitCode::kUsage, fmt::format("{}: more than {} frames", path, max_frames));
    }
    auto frame =
        CheckFrame(std::as_bytes(std::span(data, header->caplen)), header->len, max_size, where);
    if (!frame) {
      return std::unexpected(frame.error());
    }
    frames.push_back(std::move(*frame));
  }
  if (frames.empty()) {
    return Fail(ExitCode::kUsage, fmt::format("{}: no frames in it", path));
  }
  return frames;
}

}  // namespace

Expected<std::vector<Frame>> ReadFrames(const std::string& text, size_t max_size,
                                        size_t max_frames) {
  std::error_code ignored;
  if (std::filesystem::exists(text, ignored)) {
    return ReadCapture(text, max_size, max_frames);
  }
  const auto bytes = ParseHex(text);
  if (!bytes) {
    Error error = bytes.error();
    error.hint = "name a frame in hexadecimal, or an existing pcap or pcapng file";
    return std::unexpected(error);
  }
  auto frame = CheckFrame(std::as_bytes(std::span(*bytes)), bytes->size(), max_size, "the frame");
  if (!frame) {
    return std::unexpected(frame.error());
  }
  return std::vector<Frame>{std::move(*frame)};
}

}  // namespace netctl
