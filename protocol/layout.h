// Messages to bytes and back, by a table: kFields turned into a short program that one small
// interpreter runs. Code generated for each message would be four times as large.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include "stack/base/bytes.h"
#include "stack/base/fields.h"

namespace protocol {

// A program: words that walk through a struct in memory while the wire is read or written. The wire
// format is that of base::Encode in base::kMessageOrder.
//
//   scalars  count             `count` integers of 1, 2, 4 or 8 bytes, or bools
//   skip     bytes             padding
//   repeat   count    stride, words of body                   an array of structs
//   sequence capacity stride, words of body, size of items    a Bounded
using Layout = std::span<const uint16_t>;

namespace internal {

enum class Op : uint8_t {
  kScalars1,
  kScalars2,
  kScalars4,
  kScalars8,
  kBools,
  kSkip,
  kRepeat,
  kSequence
};
inline constexpr unsigned kOpShift = 13;
inline constexpr uint16_t kOpCount = (1u << kOpShift) - 1;

constexpr bool IsScalars(Op op) { return op <= Op::kScalars8; }

// Not constexpr on purpose: a call ends the evaluation, and its name is the error message.
void CountIsTooLargeForALayout();
void FieldsDoNotListEveryMember();

// Collects the words of a program; `memory` is how far it has walked.
struct LayoutBuilder {
  std::array<uint16_t, 256> words{};
  size_t size = 0;
  size_t memory = 0;

  constexpr void Add(size_t word) {
    words[size] = static_cast<uint16_t>(word);
    ++size;
  }
  constexpr void AddOp(Op op, size_t count) {
    if (count > kOpCount) {
      CountIsTooLargeForALayout();
    }
    Add(static_cast<size_t>(op) << kOpShift | count);
  }
  // A run of the same kind is one word.
  constexpr void AddRun(Op op, size_t count, size_t bytes) {
    memory += count * bytes;
    const bool extends = last_run + 1 == size &&
                         words[last_run] >> kOpShift == static_cast<unsigned>(op) &&
                         (words[last_run] & kOpCount) + count <= kOpCount;
    if (extends) {
      words[last_run] = static_cast<uint16_t>(words[last_run] + count);
      return;
    }
    AddOp(op, count);
    last_run = size - 1;
  }
  constexpr void AlignTo(size_t alignment) {
    const size_t target = (memory + alignment - 1) / alignment * alignment;
    if (target != memory) {
      AddRun(Op::kSkip, target - memory, 1);
    }
  }
  constexpr void AddProgram(const LayoutBuilder& body) {
    for (size_t i = 0; i < body.size; ++i) {
      Add(body.words[i]);
    }
  }

  size_t last_run = words.size();
};

template <typename T>
constexpr Op ScalarOp() {
  if constexpr (std::is_same_v<T, bool>) {
    return Op::kBools;
  } else {
    return static_cast<Op>(std::countr_zero(sizeof(T)));
  }
}

template <typename T>
constexpr void AddLayout(LayoutBuilder& builder);

// The program of one element, which is walked over as often as there are elements.
template <typename T>
constexpr LayoutBuilder ElementLayout() {
  LayoutBuilder body;
  AddLayout<T>(body);
  return body;
}

// kFields lists all members in the order of declaration, which is their order in memory.
template <base::Described T>
constexpr void AddStruct(LayoutBuilder& builder) {
  static_assert(std::is_trivially_copyable_v<T>);
  const size_t begin = builder.memory;
  T::kFields.Apply([&](const auto&... field) {
    (AddLayout<typename base::internal::MemberType<std::remove_cvref_t<decltype(field)>>::type>(
         builder),
     ...);
  });
  builder.AlignTo(alignof(T));
  if (builder.memory != begin + (std::is_empty_v<T> ? 0 : sizeof(T))) {
    FieldsDoNotListEveryMember();
  }
}

template <typename T>
constexpr void AddLayout(LayoutBuilder& builder) {
  builder.AlignTo(alignof(T));
  if constexpr (base::Described<T>) {
    AddStruct<T>(builder);
  } else if constexpr (base::internal::IsArray<T>::value) {
    using Element = typename T::value_type;
    if constexpr (base::Described<Element>) {
      const LayoutBuilder body = ElementLayout<Element>();
      builder.AddOp(Op::kRepeat, std::tuple_size_v<T>);
      builder.Add(sizeof(Element));
      builder.Add(body.size);
      builder.AddProgram(body);
      builder.memory += sizeof(T);
    } else {
      builder.AddRun(ScalarOp<Element>(), std::tuple_size_v<T>, sizeof(Element));
    }
  } else if constexpr (base::internal::Sequence<T>) {
    using Element = typename T::value_type;
    const LayoutBuilder body = ElementLayout<Element>();
    builder.AddOp(Op::kSequence, T::kCapacity);
    builder.Add(sizeof(Element));
    builder.Add(body.size);
    const size_t items = T::kCapacity * sizeof(Element);
    builder.Add((items + 1) / 2 * 2);
    builder.AddProgram(body);
    builder.memory += (items + 1) / 2 * 2 + sizeof(uint16_t);
    builder.AlignTo(alignof(T));
  } else {
    builder.AddRun(ScalarOp<T>(), 1, sizeof(T));
  }
}

template <base::Described T>
constexpr auto MakeLayout() {
  constexpr LayoutBuilder kBuilt = ElementLayout<T>();
  std::array<uint16_t, kBuilt.size> words{};
  std::copy_n(kBuilt.words.begin(), kBuilt.size, words.begin());
  return words;
}
template <base::Described T>
inline constexpr auto kLayoutWords = MakeLayout<T>();

}  // namespace internal

template <base::Described T>
inline constexpr Layout kLayout{internal::kLayoutWords<T>};

// Writes the struct at `object` to the front of `out`; returns the number of bytes. Nothing: `out`
// is too small, or a count is above its capacity.
std::optional<size_t> EncodeByLayout(Layout layout, const void* object, base::ByteSpan out);

// Reads the struct at `object` from `bytes`, all of which it takes. False: too few or too many
// bytes, or a count above its capacity; `object` may have changed.
bool DecodeByLayout(Layout layout, base::ConstByteSpan bytes, void* object);

}  // namespace protocol
