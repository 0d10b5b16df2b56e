// A struct lists its members once, in `kFields`; this file turns that list into wire formats,
// visits and hashes.
//
//   struct UdpHeader {
//     uint16_t source_port = 0;
//     static constexpr auto kFields = base::FieldList{
//         base::Field{"source_port", &UdpHeader::source_port}, ...};
//   };
//
// Members may be integers, bool, enums, std::byte, char, std::array of them, base::Bounded (16-bit
// count, then the elements) and other structs with kFields. Members appear on the wire in the order
// of the list, without padding.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "stack/base/bounded.h"
#include "stack/base/bytes.h"
#include "stack/base/result.h"

namespace base {

template <typename Struct, typename T>
struct Field {
  std::string_view name;
  T Struct::* member;
};
template <typename Struct, typename T>
Field(const char*, T Struct::*) -> Field<Struct, T>;

namespace internal {

template <size_t kIndex, typename F>
struct FieldSlot {
  F field;
};

template <typename Indices, typename... F>
struct FieldSlots;
template <size_t... kIndex, typename... F>
struct FieldSlots<std::index_sequence<kIndex...>, F...> : FieldSlot<kIndex, F>... {
  static constexpr size_t kSize = sizeof...(F);

  constexpr explicit FieldSlots(F... field) : FieldSlot<kIndex, F>{field}... {}

  // visit(field, ...) with all fields.
  template <typename Visitor>
  constexpr auto Apply(Visitor&& visit) const {
    return visit(this->FieldSlot<kIndex, F>::field...);
  }
};

}  // namespace internal

// The fields of a struct: a tuple that costs the compiler little, since every source file sees
// hundreds of them.
template <typename... F>
struct FieldList : internal::FieldSlots<std::index_sequence_for<F...>, F...> {
  using internal::FieldSlots<std::index_sequence_for<F...>, F...>::FieldSlots;
};
template <typename... F>
FieldList(F...) -> FieldList<F...>;

template <typename T>
concept Described = requires { std::remove_cvref_t<T>::kFields; };

namespace internal {

template <typename T>
struct IsArray : std::false_type {};
template <typename T, size_t N>
struct IsArray<std::array<T, N>> : std::true_type {};

template <typename T>
concept Sequence = requires(T t) {
  typename T::value_type;
  { T::kCapacity } -> std::convertible_to<size_t>;
  t.count;
};

// The unsigned integer that carries a scalar on the wire.
template <typename T>
struct Carrier {
  using type = std::make_unsigned_t<T>;
};
template <>
struct Carrier<bool> {
  using type = uint8_t;
};
template <>
struct Carrier<std::byte> {
  using type = uint8_t;
};
template <typename T>
  requires std::is_enum_v<T>
struct Carrier<T> {
  using type = std::make_unsigned_t<std::underlying_type_t<T>>;
};

template <typename T>
struct MemberType;
template <typename Struct, typename T>
struct MemberType<Field<Struct, T>> {
  using type = T;
};

template <typename T>
consteval size_t MaxSizeOf() {
  if constexpr (Described<T>) {
    return T::kFields.Apply([](auto... field) {
      return (size_t{0} + ... + MaxSizeOf<typename MemberType<decltype(field)>::type>());
    });
  } else if constexpr (IsArray<T>::value) {
    return std::tuple_size_v<T> * MaxSizeOf<typename T::value_type>();
  } else if constexpr (Sequence<T>) {
    return 2 + T::kCapacity * MaxSizeOf<typename T::value_type>();
  } else {
    return sizeof(typename Carrier<T>::type);
  }
}

template <typename T>
consteval bool IsFixedSize() {
  if constexpr (Described<T>) {
    return T::kFields.Apply([](auto... field) {
      return (true && ... && IsFixedSize<typename MemberType<decltype(field)>::type>());
    });
  } else if constexpr (IsArray<T>::value) {
    return IsFixedSize<typename T::value_type>();
  } else {
    return !Sequence<T>;
  }
}

}  // namespace internal

// Largest encoded size in bytes.
template <Described T>
inline constexpr size_t kMaxWireSize = internal::MaxSizeOf<T>();

// Encoded size of a struct without Bounded members.
template <Described T>
  requires(internal::IsFixedSize<T>())
inline constexpr size_t kWireSize = internal::MaxSizeOf<T>();

// Calls visit(name, member) for every member, in order.
template <typename T, typename Visitor>
  requires Described<T>
constexpr void ForEachField(T& object, Visitor&& visit) {
  std::remove_cvref_t<T>::kFields.Apply(
      [&](const auto&... field) { (visit(field.name, object.*field.member), ...); });
}

namespace internal {

// Reads scalars off a span; `failed` stays set once a read went past the end or met a count above
// the capacity.
template <ByteOrder kOrder>
struct Reader {
  const std::byte* next;
  const std::byte* end;
  bool failed = false;

  template <typename T>
  constexpr void Read(T& value) {
    if constexpr (Described<T>) {
      ForEachField(value, [this](std::string_view, auto& member) { this->Read(member); });
    } else if constexpr (IsArray<T>::value) {
      for (auto& element : value) {
        Read(element);
      }
    } else if constexpr (Sequence<T>) {
      ReadSequence(value);
    } else {
      using Raw = typename Carrier<T>::type;
      if (static_cast<size_t>(end - next) < sizeof(Raw)) {
        failed = true;
        return;
      }
      const Raw raw = Load<kOrder, Raw>(next);
      next += sizeof(Raw);
      if constexpr (std::is_same_v<T, bool>) {
        value = raw != 0;
      } else {
        value = static_cast<T>(raw);
      }
    }
  }

  template <typename T>
  constexpr void ReadSequence(T& value) {
    uint16_t count = 0;
    Read(count);
    if (failed || count > T::kCapacity) {
      failed = true;
      return;
    }
    value.count = count;
    for (uint16_t i = 0; i < count && !failed; ++i) {
      Read(value.items[i]);
    }
  }
};

template <ByteOrder kOrder>
struct Writer {
  std::byte* next;
  std::byte* end;
  bool failed = false;

  template <typename T>
  constexpr void Write(const T& value) {
    if constexpr (Described<T>) {
      ForEachField(value, [this](std::string_view, const auto& member) { this->Write(member); });
    } else if constexpr (IsArray<T>::value) {
      for (const auto& element : value) {
        Write(element);
      }
    } else if constexpr (Sequence<T>) {
      Write(value.count);
      for (uint16_t i = 0; i < value.count; ++i) {
        Write(value.items[i]);
      }
    } else {
      using Raw = typename Carrier<T>::type;
      if (static_cast<size_t>(end - next) < sizeof(Raw)) {
        failed = true;
        return;
      }
      Store<kOrder>(next, static_cast<Raw>(value));
      next += sizeof(Raw);
    }
  }
};

// Fixed-size structs need one length check in all; the compiler then drops the ones in Read.
template <ByteOrder kOrder, Described T>
constexpr Result<std::pair<T, size_t>> DecodeFront(ConstByteSpan bytes) {
  T value{};
  if constexpr (IsFixedSize<T>()) {
    if (bytes.size() < MaxSizeOf<T>()) {
      return std::unexpected(Status::kDataLoss);
    }
  }
  Reader<kOrder> reader{bytes.data(), bytes.data() + bytes.size()};
  reader.Read(value);
  if (reader.failed) {
    return std::unexpected(Status::kDataLoss);
  }
  return std::pair{value, static_cast<size_t>(reader.next - bytes.data())};
}

}  // namespace internal

// Reads a T from the front of `bytes`; bytes behind it are left alone. kDataLoss when `bytes` is
// too short or a count is above its capacity.
template <Described T, ByteOrder kOrder>
constexpr Result<T> Decode(ConstByteSpan bytes) {
  auto decoded = internal::DecodeFront<kOrder, T>(bytes);
  if (!decoded) {
    return std::unexpected(decoded.error());
  }
  return decoded->first;
}

// As Decode, but kDataLoss too when bytes are left over: for messages, where a tail means another
// schema.
template <Described T, ByteOrder kOrder>
constexpr Result<T> DecodeExactly(ConstByteSpan bytes) {
  auto decoded = internal::DecodeFront<kOrder, T>(bytes);
  if (!decoded || decoded->second != bytes.size()) {
    return std::unexpected(Status::kDataLoss);
  }
  return decoded->first;
}

// Writes `value` to the front of `out` and returns the number of bytes. kResourceExhausted when
// `out` is too small.
template <ByteOrder kOrder, Described T>
constexpr Result<size_t> Encode(const T& value, ByteSpan out) {
  internal::Writer<kOrder> writer{out.data(), out.data() + out.size()};
  writer.Write(value);
  if (writer.failed) {
    return std::unexpected(Status::kResourceExhausted);
  }
  return static_cast<size_t>(writer.next - out.data());
}

// Header forms, big-endian: the caller has checked that kWireSize<T> bytes are there.
template <Described T>
constexpr T DecodeHeader(const std::byte* bytes) {
  T value{};
  internal::Reader<ByteOrder::kBig> reader{bytes, bytes + kWireSize<T>};
  reader.Read(value);
  return value;
}
template <Described T>
constexpr void EncodeHeader(const T& value, std::byte* out) {
  internal::Writer<ByteOrder::kBig> writer{out, out + kWireSize<T>};
  writer.Write(value);
}

namespace internal {
// FNV-1a, 32 bit.
constexpr uint32_t HashByte(uint32_t hash, uint8_t byte) { return (hash ^ byte) * 16777619u; }
constexpr uint32_t HashText(uint32_t hash, std::string_view text) {
  for (const char c : text) {
    hash = HashByte(hash, static_cast<uint8_t>(c));
  }
  return HashByte(hash, 0);
}

// Whether char is signed depends on the processor, so it is a kind of its own.
template <typename T>
consteval uint8_t KindOf() {
  if constexpr (std::is_same_v<T, char>) {
    return 'c';
  }
  return std::is_signed_v<T> ? 'i' : 'u';
}

template <typename T>
constexpr uint32_t HashType(uint32_t hash) {
  if constexpr (Described<T>) {
    T::kFields.Apply([&hash](const auto&... field) {
      ((hash = HashType<typename MemberType<std::remove_cvref_t<decltype(field)>>::type>(
            HashText(hash, field.name))),
       ...);
    });
    return hash;
  } else if constexpr (IsArray<T>::value) {
    return HashType<typename T::value_type>(
        HashByte(hash, static_cast<uint8_t>(std::tuple_size_v<T>)));
  } else if constexpr (Sequence<T>) {
    return HashType<typename T::value_type>(
        HashByte(HashByte(hash, 's'), static_cast<uint8_t>(T::kCapacity)));
  } else {
    return HashByte(HashByte(hash, KindOf<T>()), sizeof(T));
  }
}
}  // namespace internal

// Differs when a member's name, order or size differs.
template <Described T>
consteval uint32_t SchemaHash(uint32_t seed = 2166136261u) {
  return internal::HashType<T>(seed);
}

}  // namespace base
