// The copy loops. Every access is as wide as the bus: a memory controller that splits a wider one
// may keep the read strobe low from the first half to the second, and a port that moves on with
// each strobe then loses a step. The bus takes some 40 clocks of the core per access, so there is
// nothing to gain from assembly.
#include "drivers/index_data_bus.h"

#include <bit>
#include <memory>

namespace drivers {
namespace {

// The port's low byte comes first, and memory takes words as they are.
static_assert(std::endian::native == std::endian::little);

// Two accesses, the first one in the low half.
uint32_t LoadTwo(const volatile uint16_t* port) {
  const uint32_t low = *port;
  return low | static_cast<uint32_t>(*port) << 16;
}

void ReadHalfWords(const volatile uint16_t* port, std::byte* to, size_t size) {
  auto* const halves = std::assume_aligned<2>(reinterpret_cast<uint16_t*>(to));
  for (size_t i = 0; i < size / 2; ++i) {
    halves[i] = *port;
  }
}

// `to` is word aligned: two half-words are put together, so that memory is written and the sum is
// taken a word at a time.
base::Sum ReadWordsAndSum(const volatile uint16_t* port, std::byte* to, size_t size) {
  uint64_t sum = 0;
  for (; size >= 16; size -= 16, to += 16) {
    uint32_t words[4];
    for (uint32_t& word : words) {
      word = LoadTwo(port);
      sum += word;
    }
    std::memcpy(std::assume_aligned<4>(to), words, sizeof(words));
  }
  for (; size >= 4; size -= 4, to += 4) {
    const uint32_t word = LoadTwo(port);
    sum += word;
    std::memcpy(std::assume_aligned<4>(to), &word, sizeof(word));
  }
  if (size >= 2) {
    const uint16_t half = *port;
    sum += half;
    std::memcpy(to, &half, sizeof(half));
  }
  return base::FoldWords(sum);
}

bool IsWordAligned(const std::byte* data) { return reinterpret_cast<uintptr_t>(data) % 4 == 0; }

base::Sum ReadAndSumHalfWords(const volatile uint16_t* port, std::byte* to, size_t size) {
  if (IsWordAligned(to)) {
    return ReadWordsAndSum(port, to, size);
  }
  ReadHalfWords(port, to, size);
  return base::SumBytes({to, size});
}

void ReadBytes(const volatile uint8_t* port, base::ByteSpan data) {
  for (std::byte& byte : data) {
    byte = static_cast<std::byte>(*port);
  }
}

}  // namespace

base::Sum MappedIndexDataBus::DoReadBlock(base::ByteSpan data, size_t unsummed) {
  const base::ByteSpan summed = data.subspan(unsummed);
  if (width() == Width::k8) {
    ReadBytes(reinterpret_cast<const volatile uint8_t*>(data_port()), data);
    return base::SumBytes(summed);
  }
  const auto* const port = reinterpret_cast<const volatile uint16_t*>(data_port());
  ReadHalfWords(port, data.data(), unsummed);
  return ReadAndSumHalfWords(port, summed.data(), summed.size());
}

void MappedIndexDataBus::DoWriteBlock(base::ConstByteSpan data) {
  if (width() == Width::k8) {
    auto* const port = reinterpret_cast<volatile uint8_t*>(data_port());
    for (const std::byte byte : data) {
      *port = std::to_integer<uint8_t>(byte);
    }
    return;
  }
  auto* const port = reinterpret_cast<volatile uint16_t*>(data_port());
  const auto* const halves = std::assume_aligned<2>(reinterpret_cast<const uint16_t*>(data.data()));
  for (size_t i = 0; i < data.size() / 2; ++i) {
    *port = halves[i];
  }
}

}  // namespace drivers
