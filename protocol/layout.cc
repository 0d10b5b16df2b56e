#include "protocol/layout.h"

#include <cstring>

namespace protocol {
namespace {

using internal::Op;

// Integers of `size` bytes between the orders of this machine and of the wire.
void CopyIntegers(std::byte* to, const std::byte* from, size_t bytes, size_t size) {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(to, from, bytes);
  } else {
    for (size_t i = 0; i < bytes; ++i) {
      to[i] = from[i ^ (size - 1)];
    }
  }
}

struct Step {
  Op op;
  size_t count;
};
Step Decode(uint16_t word) {
  return {static_cast<Op>(word >> internal::kOpShift), word & size_t{internal::kOpCount}};
}

size_t SizeOf(Op op) { return op == Op::kBools ? 1 : size_t{1} << static_cast<unsigned>(op); }

// One traversal for both directions; `Wire` says how scalars cross.
template <typename Wire>
class Interpreter {
 public:
  explicit Interpreter(Wire wire) : wire_(wire) {}

  bool Run(Layout layout, typename Wire::Memory memory) {
    while (!layout.empty()) {
      const Step step = Decode(layout[0]);
      layout = layout.subspan(1);
      if (step.op == Op::kSkip) {
        memory += step.count;
      } else if (step.op == Op::kRepeat) {
        if (!Repeat(layout.subspan(2, layout[1]), memory, step.count, layout[0])) {
          return false;
        }
        memory += step.count * layout[0];
        layout = layout.subspan(2u + layout[1]);
      } else if (step.op == Op::kSequence) {
        const size_t items = layout[2];
        uint16_t count = 0;
        if (!wire_.Count(memory + items, step.count, count) ||
            !Repeat(layout.subspan(3, layout[1]), memory, count, layout[0])) {
          return false;
        }
        memory += items + sizeof(uint16_t);
        layout = layout.subspan(3u + layout[1]);
      } else {
        const size_t bytes = step.count * SizeOf(step.op);
        if (!wire_.Scalars(step.op, memory, bytes)) {
          return false;
        }
        memory += bytes;
      }
    }
    return true;
  }

  const Wire& wire() const { return wire_; }

 private:
  // Elements that are plain integers cross in one piece.
  bool Repeat(Layout body, typename Wire::Memory memory, size_t count, size_t stride) {
    const Step only = Decode(body[0]);
    if (body.size() == 1 && (internal::IsScalars(only.op) || only.op == Op::kBools)) {
      return wire_.Scalars(only.op, memory, count * stride);
    }
    for (size_t i = 0; i < count; ++i) {
      if (!Run(body, memory + i * stride)) {
        return false;
      }
    }
    return true;
  }

  Wire wire_;
};

struct WriteWire {
  using Memory = const std::byte*;
  std::byte* next;
  size_t left;

  bool Scalars(Op op, const std::byte* memory, size_t bytes) {
    if (bytes > left) {
      return false;
    }
    CopyIntegers(next, memory, bytes, SizeOf(op));
    next += bytes;
    left -= bytes;
    return true;
  }
  bool Count(const std::byte* memory, size_t capacity, uint16_t& count) {
    std::memcpy(&count, memory, sizeof(count));
    return count <= capacity && Scalars(Op::kScalars2, memory, sizeof(count));
  }
};

struct ReadWire {
  using Memory = std::byte*;
  const std::byte* next;
  size_t left;

  bool Scalars(Op op, std::byte* memory, size_t bytes) {
    if (bytes > left) {
      return false;
    }
    CopyIntegers(memory, next, bytes, SizeOf(op));
    for (size_t i = 0; op == Op::kBools && i < bytes; ++i) {
      memory[i] = std::byte{memory[i] != std::byte{0}};
    }
    next += bytes;
    left -= bytes;
    return true;
  }
  bool Count(std::byte* memory, size_t capacity, uint16_t& count) {
    if (!Scalars(Op::kScalars2, memory, sizeof(count))) {
      return false;
    }
    std::memcpy(&count, memory, sizeof(count));
    return count <= capacity;
  }
};

}  // namespace

std::optional<size_t> EncodeByLayout(Layout layout, const void* object, base::ByteSpan out) {
  Interpreter<WriteWire> interpreter({out.data(), out.size()});
  if (!interpreter.Run(layout, static_cast<const std::byte*>(object))) {
    return std::nullopt;
  }
  return out.size() - interpreter.wire().left;
}

bool DecodeByLayout(Layout layout, base::ConstByteSpan bytes, void* object) {
  Interpreter<ReadWire> interpreter({bytes.data(), bytes.size()});
  return interpreter.Run(layout, static_cast<std::byte*>(object)) && interpreter.wire().left == 0;
}

}  // namespace protocol
