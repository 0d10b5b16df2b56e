// The file that a command writes, checked by its hash at the end. "-" is stdout.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include <openssl/evp.h>

#include "host-cli/error.h"
#include "stack/base/bytes.h"

namespace netctl {

class OutputFile {
 public:
  // kUsage when the file cannot be created: nothing has been sent to the board yet.
  static Expected<OutputFile> Open(const std::string& path);

  // kFailed when the file cannot take more, with the reason.
  Expected<void> Write(base::ConstByteSpan bytes);
  // Writes what is buffered. kFailed when that fails, or when SHA-256 over what was written is not
  // `sha256` (hexadecimal).
  Expected<void> Finish(const std::string& sha256);

 private:
  struct Close {
    void operator()(std::FILE* file) const {
      if (file != stdout) {
        std::fclose(file);
      }
    }
  };
  struct FreeDigest {
    void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
  };

  OutputFile(std::string path, std::FILE* file);
  std::unexpected<Error> Failed() const;

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::unique_ptr<EVP_MD_CTX, FreeDigest> digest_;
};

}  // namespace netctl
