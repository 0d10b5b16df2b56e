#include "host-cli/output_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

#include "host-cli/format.h"

namespace netctl {

OutputFile::OutputFile(std::string path, std::FILE* file)
    : path_(std::move(path)), file_(file), digest_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr);
}

Expected<OutputFile> OutputFile::Open(const std::string& path) {
  if (path == "-") {
    return OutputFile("stdout", stdout);
  }
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    return Fail(ExitCode::kUsage, fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  }
  return OutputFile(path, file);
}

Expected<void> OutputFile::Write(base::ConstByteSpan bytes) {
  EVP_DigestUpdate(digest_.get(), bytes.data(), bytes.size());
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    return Failed();
  }
  return {};
}

Expected<void> OutputFile::Finish(const std::string& sha256) {
  if (std::fflush(file_.get()) != 0) {
    return Failed();
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(digest_.get(), digest.data(), &size);
  const std::string written = FormatHex(std::as_bytes(std::span(digest).first(size)));
  if (written != sha256) {
    return Fail(ExitCode::kFailed,
                fmt::format("{} has SHA-256 {}, but the board received {}", path_, written, sha256),
                "bytes were lost between board and host; repeat the command");
  }
  return {};
}

std::unexpected<Error> OutputFile::Failed() const {
  return Fail(ExitCode::kFailed, fmt::format("cannot write {}: {}", path_, std::strerror(errno)));
}

}  // namespace netctl
