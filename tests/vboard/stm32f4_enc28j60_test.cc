// The board's wires, from a program that reads EREVID and tells it on the serial line.
#include "tests/support/vboard/boards/stm32f4_enc28j60.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/vboard/program.h"

namespace test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kSpiData = 0x4001'300c;
constexpr uint32_t kSelectBits = 0x4002'0018;  // GPIOA_BSRR
constexpr uint32_t kDeselect = 1u << 4;
constexpr uint32_t kSelect = 1u << 20;
constexpr uint16_t kNop = 0xbf00;
constexpr uint32_t kMode0At8MHz = 0x0344;

struct Variant {
  uint32_t spi_control = kMode0At8MHz;
  bool holds_reset = false;  // PC5 low
  int wait = 40;             // instructions behind each byte; a byte takes 16
};

class Stm32f4Enc28j60Test : public testing::Test {
 protected:
  ~Stm32f4Enc28j60Test() override { std::filesystem::remove(path_); }

  static void Send(Program& program, uint32_t byte, int wait) {
    program.Set(kSpiData, byte);
    for (int i = 0; i < wait; ++i) {
      program.Code({kNop});
    }
    program.Load(0, kSpiData).Code({0x6802});  // ldr r2, [r0]
  }

  static Program ReadsRevision(const Variant& variant) {
    Program program;
    program.Set(0x4002'3830, 0xd).Set(0x4002'3840, 1u << 18).Set(0x4002'3844, 1u << 12);
    if (variant.holds_reset) {
      program.Set(0x4002'0800, 1u << 10);
    }
    program.Set(kSelectBits, kDeselect);
    program.Set(0x4002'0000, 0xa800'a900).Set(0x4002'0020, 0x5550'0000);
    program.Set(0x4002'0c00, 2u << 16 | 2u << 18).Set(0x4002'0c24, 0x77);
    program.Set(0x4000'4808, 139).Set(0x4000'480c, 0x2008);
    program.Set(0x4001'3000, variant.spi_control);
    program.Set(kSelectBits, kSelect);
    Send(program, 0x5f, variant.wait);  // ECON1
    Send(program, 0x03, variant.wait);  // bank 3
    program.Set(kSelectBits, kDeselect).Set(kSelectBits, kSelect);
    Send(program, 0x12, variant.wait);  // EREVID
    Send(program, 0x00, variant.wait);
    program.Set(kSelectBits, kDeselect);
    program.Load(0, 0x4000'4804).Code({0x6002, kSpin});  // str r2, [r0]
    return program;
  }

  void Start(const Variant& variant = {}) {
    const Program program = ReadsRevision(variant);
    const auto& image = program.image();
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(image.data()),
               static_cast<std::streamsize>(image.size()));
    board_ = MakeStm32f4Enc28j60({.image = path_});
    board_->SetSerialSink([this](std::byte byte) { told_.push_back(std::to_integer<int>(byte)); });
  }
  void Run() { board_->RunFor(kMillisecond); }

  std::string path_ = testing::TempDir() + "stm32f4_enc28j60_test.bin";
  std::unique_ptr<VirtualBoard> board_;
  std::vector<int> told_;
};

TEST_F(Stm32f4Enc28j60Test, ChipAnswersOnSpi1) {
  Start();
  Run();
  EXPECT_THAT(told_, ElementsAre(6));
  EXPECT_THAT(board_->violations(), IsEmpty());
  board_->PowerCycle();
  Run();
  EXPECT_THAT(told_, ElementsAre(6, 6));
}

TEST_F(Stm32f4Enc28j60Test, ResetPinHoldsTheChip) {
  Start({.holds_reset = true});
  Run();
  EXPECT_THAT(told_, ElementsAre(0xff));
}

TEST_F(Stm32f4Enc28j60Test, OtherSpiModesAreAViolation) {
  Start({.spi_control = kMode0At8MHz | 3});
  Run();
  EXPECT_THAT(board_->violations(), ElementsAre("ENC28J60: SPI mode is not 0"));
}

TEST_F(Stm32f4Enc28j60Test, SelectRestsWhileAByteMoves) {
  Start({.wait = 0});
  Run();
  EXPECT_THAT(board_->violations(), Contains(HasSubstr("CS changes while")));
}

TEST_F(Stm32f4Enc28j60Test, FaultsHaveNames) {
  EXPECT_THROW(MakeStm32f4Enc28j60({.image = "/no/such/file"}), std::runtime_error);
  Start();
  EXPECT_FALSE(board_->SetFault("no-such-fault", true));
  for (const BoardFault& fault : board_->faults()) {
    EXPECT_TRUE(board_->SetFault(fault.name, true)) << fault.name;
    EXPECT_TRUE(board_->SetFault(fault.name, false)) << fault.name;
  }
  board_->SetFault("no-chip", true);
  Run();
  EXPECT_THAT(told_, ElementsAre(0xff));
}

TEST_F(Stm32f4Enc28j60Test, SlowClockComesWithAnOldChip) {
  Start({.wait = 200});
  board_->SetFault("spi-too-slow", true);
  Run();
  EXPECT_THAT(told_, ElementsAre(4));
}

}  // namespace
}  // namespace test
