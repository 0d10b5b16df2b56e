#include "tests/support/vboard/program/image.h"

#include <cstdlib>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

namespace test {

std::filesystem::path FindBoardImage(std::string_view board) {
  namespace fs = std::filesystem;
  std::vector<fs::path> folders;
  if (const char* const named = std::getenv("NETCTL_FIRMWARE_DIR"); named != nullptr) {
    folders.emplace_back(named);
  }
  folders.push_back(fs::canonical("/proc/self/exe").parent_path().parent_path() / "firmware");
  std::string places;
  for (const fs::path& folder : folders) {
    const fs::path image = folder / board / "agent.elf";
    if (fs::exists(image)) {
      return image;
    }
    places += fmt::format("{}{}", places.empty() ? "" : ", ", image.string());
  }
  throw std::runtime_error(fmt::format("no firmware of {}; not found: {}", board, places));
}

}  // namespace test
