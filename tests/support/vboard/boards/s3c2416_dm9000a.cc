#include "tests/support/vboard/boards/s3c2416_dm9000a.h"

#include <cstring>
#include <fstream>

#include <elf.h>

#include "tests/support/dm9000a_model.h"
#include "tests/support/vboard/flash_image.h"
#include "tests/support/vboard/s3c2416/s3c2416.h"

namespace test {
namespace {

using s3c2416::S3c2416;

// The two ports of the DM9000A, which the other address lines do not reach.
class EthernetBank final : public s3c2416::StaticDevice {
 public:
  explicit EthernetBank(Dm9000aModel& chip) : chip_(chip) {}

  uint32_t Read(uint32_t offset, uint32_t width) override {
    return IsData(offset) ? chip_.ReadData(width) : chip_.ReadIndex();
  }
  void Write(uint32_t offset, uint32_t width, uint32_t value) override {
    if (IsData(offset)) {
      chip_.WriteData(width, static_cast<uint16_t>(value));
    } else {
      chip_.WriteIndex(static_cast<uint8_t>(value));
    }
  }
  void Reset() override { chip_.PowerOn(); }
  void Advance() override { chip_.Advance(); }
  VirtualTime next_event() const override { return chip_.next_event(); }
  bool interrupt_level() override { return chip_.interrupt_level(); }
  uint32_t bus_bytes() const override { return 2; }
  VirtualTime needed_pause() const override { return chip_.needed_pause(); }
  VirtualTime shortest_strobe() const override { return Dm9000aModel::kShortestStrobe; }

 private:
  static bool IsData(uint32_t offset) { return (offset & 4) != 0; }

  Dm9000aModel& chip_;
};

// Where the file says that it starts; one that is no ELF file starts where it is loaded.
uint32_t EntryOf(const std::string& path) {
  Elf32_Ehdr header{};
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(&header), sizeof header);
  const bool is_elf = file.good() && std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
  return is_elf ? header.e_entry : S3c2416::kSdram;
}

class S3c2416Dm9000a final : public VirtualBoard {
 public:
  explicit S3c2416Dm9000a(const VirtualBoardOptions& options) : chip_(options.seed) {
    chip_.Solder(bank_);
    if (!options.image.empty()) {
      chip_.Load(ReadFlashImage(options.image, S3c2416::kSdram, S3c2416::kSdramSize),
                 EntryOf(options.image));
    }
    ethernet_.PlugIn({});
  }

  std::string_view name() const override { return "s3c2416-dm9000a"; }
  bool RunSlice() override { return chip_.RunSlice(); }
  void RunFor(VirtualTime duration) override { chip_.RunFor(duration); }
  VirtualTime now() const override { return chip_.now(); }
  uint64_t instructions() const override { return chip_.instructions(); }
  void SetSerialSink(std::function<void(std::byte)> sink) override {
    chip_.uart().SetSink(std::move(sink));
  }
  void SerialReceive(base::ConstByteSpan bytes) override { chip_.uart().Receive(bytes); }
  size_t serial_unreceived() const override { return chip_.uart().waiting(); }
  NetworkPort& network() override { return ethernet_; }
  void PowerCycle() override { chip_.PowerCycle(); }
  const std::vector<std::string>& violations() const override { return chip_.violations().texts(); }
  std::span<const BoardFault> faults() const override { return Dm9000aModel::faults(); }
  bool SetFault(std::string_view name, bool is_on) override {
    return ethernet_.SetFault(name, is_on);
  }

 private:
  S3c2416 chip_;
  Dm9000aModel ethernet_{chip_.clock(), chip_.violations(), {.paces_wire = true}};
  EthernetBank bank_{ethernet_};
};

}  // namespace

std::unique_ptr<VirtualBoard> MakeS3c2416Dm9000a(const VirtualBoardOptions& options) {
  return std::make_unique<S3c2416Dm9000a>(options);
}

}  // namespace test
