// A channel over one file descriptor: what tty, socket and child process have in common.
#pragma once

#include <string>
#include <vector>

#include "host-cli/channels/channel.h"
#include "host-cli/unique_fd.h"

namespace netctl {

class FdChannel : public Channel {
 public:
  // `fd` is non-blocking and open for reading and writing.
  FdChannel(UniqueFd fd, std::string description)
      : fd_(std::move(fd)), description_(std::move(description)) {}

  void AddPollFds(std::vector<pollfd>& fds, bool want_write) const override;
  Expected<size_t> Read(base::ByteSpan out) override;
  Expected<size_t> Write(base::ConstByteSpan data) override;
  std::string describe() const override { return description_; }

 protected:
  // Why reading or writing ended: `error` is an errno, 0 at the end of the stream.
  virtual std::string LostReason(int error);
  int fd() const { return fd_.get(); }

 private:
  std::unexpected<Error> Lost(int error);

  UniqueFd fd_;
  std::string description_;
};

}  // namespace netctl
