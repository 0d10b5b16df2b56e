// A unix stream socket that takes one command per line and gives one line of answer.
#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace test {

class ControlSocket {
 public:
  using Handler = std::function<std::string(std::string_view)>;

  // Throws std::runtime_error; a socket that nobody serves any more is replaced.
  ControlSocket(const std::filesystem::path& path, Handler handler);
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;
  ~ControlSocket();

  // Descriptors to wait for.
  std::vector<int> sockets() const;
  // Something has come on this one of them.
  void Serve(int socket);

 private:
  struct Client {
    int socket;
    std::string text;
  };

  std::filesystem::path path_;
  Handler handler_;
  int listener_;
  std::list<Client> clients_;
};

}  // namespace test
