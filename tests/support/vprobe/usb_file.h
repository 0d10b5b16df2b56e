// One open() of a device node in another process, as umockdev's preload library (0.17) passes its
// ioctl() calls on: messages of three longs. The client sends {1, request, argument} and waits; the
// server may read (5) and write (6) the client's memory before it says {3, result, errno}.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <sys/types.h>

namespace test {

class UsbFile {
 public:
  struct Message {
    unsigned long type;
    unsigned long request;
    unsigned long argument;
  };
  static constexpr unsigned long kIoctl = 1;

  // A piece of the client's memory and what belongs there.
  struct Piece {
    uint64_t address;
    std::span<const uint8_t> bytes;
  };

  // Takes the connected socket.
  explicit UsbFile(int socket);
  UsbFile(const UsbFile&) = delete;
  UsbFile& operator=(const UsbFile&) = delete;
  ~UsbFile();

  int socket() const { return socket_; }
  pid_t process() const { return process_; }

  // The next call; nothing: the file has been closed.
  std::optional<Message> Receive();
  // False: the client has gone, or the memory is not there.
  bool ReadMemory(uint64_t address, std::span<uint8_t> out);
  bool WriteMemory(std::span<const Piece> pieces);
  // Ends the call: `error` 0 or an errno.
  void Answer(int error, long result = 0);

 private:
  bool Send(const void* data, size_t size);
  bool ReceiveAll(void* data, size_t size);

  int socket_;
  pid_t process_ = 0;  // 0: its memory is reached by messages only
};

}  // namespace test
