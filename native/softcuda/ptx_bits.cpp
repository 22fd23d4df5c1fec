// The steps of instructions that move, compare and pick bits, and of predicates.
#include "ptx_lanes.h"

namespace softcuda {
namespace {

struct And {
  template <class T>
  T operator()(T a, T b) const {
    return a & b;
  }
};
struct Or {
  template <class T>
  T operator()(T a, T b) const {
    return a | b;
  }
};
struct Xor {
  template <class T>
  T operator()(T a, T b) const {
    return a ^ b;
  }
};
struct Not {
  template <class T>
  T operator()(T a) const {
    return static_cast<T>(~a);
  }
};
struct Same {
  template <class T>
  T operator()(T a) const {
    return a;
  }
};

template <class F>
void predicates(Warp& warp, const Instruction& instruction, uint32_t mask) {
  uint32_t a = warp.predicates[instruction.in[0]], b = warp.predicates[instruction.in[1]];
  uint32_t& to = warp.predicates[instruction.to[0]];
  to = (F()(a, b) & mask) | (to & ~mask);
}

struct First {
  uint32_t operator()(uint32_t a, uint32_t) const { return a; }
};
struct NotFirst {
  uint32_t operator()(uint32_t a, uint32_t) const { return ~a; }
};

template <class F>
Choice bitwise(const Form& form) {
  if (form.type == Type::pred) {
    return {predicates<F>, {0}, {0, 0}};
  }
  return withInteger(form.type, []<class T>() { return choice<F, T, T, T>(); });
}

struct ShiftLeft {
  template <class T>
  T operator()(T a, uint32_t by) const {
    return by < 8 * sizeof(T) ? static_cast<T>(Bits<T>(a) << by) : T(0);
  }
};
struct ShiftRight {
  template <class T>
  T operator()(T a, uint32_t by) const {
    constexpr uint32_t last = 8 * sizeof(T) - 1;
    if constexpr (std::is_signed_v<T>) {
      return static_cast<T>(a >> (by < last ? by : last));
    } else {
      return by <= last ? static_cast<T>(a >> by) : T(0);
    }
  }
};

template <bool left, bool clamp>
struct Funnel {
  uint32_t operator()(uint32_t low, uint32_t high, uint32_t by) const {
    uint32_t shift = clamp ? (by < 32 ? by : 32) : by & 31;
    uint64_t both = uint64_t(high) << 32 | low;
    return static_cast<uint32_t>(left ? (both << shift) >> 32 : both >> shift);
  }
};

Choice funnel(const Form& form) {
  bool clamp = form.has("clamp");
  if (form.has("l")) {
    return clamp ? choice<Funnel<true, true>, uint32_t, uint32_t, uint32_t, uint32_t>()
                 : choice<Funnel<true, false>, uint32_t, uint32_t, uint32_t, uint32_t>();
  }
  return clamp ? choice<Funnel<false, true>, uint32_t, uint32_t, uint32_t, uint32_t>()
               : choice<Funnel<false, false>, uint32_t, uint32_t, uint32_t, uint32_t>();
}

// Bit i of the table says what comes of the three bits of i.
struct Lookup {
  uint32_t operator()(uint32_t a, uint32_t b, uint32_t c, uint32_t table) const {
    uint32_t result = 0;
    for (int i = 0; i < 8; i++) {
      uint32_t holds = ((i & 4) != 0 ? a : ~a) & ((i & 2) != 0 ? b : ~b) & ((i & 1) != 0 ? c : ~c);
      result |= (table >> i & 1) != 0 ? holds : 0;
    }
    return result;
  }
};

struct CountOnes {
  template <class T>
  uint32_t operator()(T a) const {
    return static_cast<uint32_t>(std::popcount(a));
  }
};
struct CountLeadingZeros {
  template <class T>
  uint32_t operator()(T a) const {
    return static_cast<uint32_t>(std::countl_zero(a));
  }
};

// The highest bit that is not as the sign, or how far it must be shifted to be the highest; all
// ones if there is none.
template <bool shift>
struct FindHighest {
  template <class T>
  uint32_t operator()(T a) const {
    Bits<T> bits = static_cast<Bits<T>>(a < 0 ? ~a : a);
    uint32_t zeros = static_cast<uint32_t>(std::countl_zero(bits));
    return bits == 0 ? ~0u : shift ? zeros : static_cast<uint32_t>(8 * sizeof(T) - 1) - zeros;
  }
};

struct Reverse {
  template <class T>
  T operator()(T a) const {
    T result = 0;
    for (size_t i = 0; i < 8 * sizeof(T); i++) {
      result = static_cast<T>(result << 1 | (a >> i & 1));
    }
    return result;
  }
};

struct Extract {
  template <class T>
  T operator()(T a, uint32_t from, uint32_t length) const {
    constexpr uint32_t bits = 8 * sizeof(T);
    from &= 255;
    length &= 255;
    if (length == 0) {
      return 0;
    }
    uint32_t last = from + length - 1 < bits - 1 ? from + length - 1 : bits - 1;
    bool negative = std::is_signed_v<T> && (a >> last & 1) != 0;
    Bits<T> field = from < bits ? Bits<T>(a) >> from : 0;
    uint32_t held = from < bits ? bits - from : 0;
    Bits<T> inside = length < bits ? (Bits<T>(1) << length) - 1 : ~Bits<T>(0);
    Bits<T> known = held < bits ? (Bits<T>(1) << held) - 1 : ~Bits<T>(0);
    field &= inside & known;
    return static_cast<T>(negative ? field | ~(inside & known) : field);
  }
};

struct Insert {
  template <class T>
  T operator()(T field, T into, uint32_t from, uint32_t length) const {
    constexpr uint32_t bits = 8 * sizeof(T);
    from &= 255;
    length &= 255;
    if (from >= bits || length == 0) {
      return into;
    }
    T mask = static_cast<T>((length < bits ? (T(1) << length) - 1 : ~T(0)) << from);
    return static_cast<T>((into & ~mask) | ((field << from) & mask));
  }
};

// Each digit of the selector takes one of 8 bytes, or its sign.
struct Permute {
  uint32_t operator()(uint32_t a, uint32_t b, uint32_t selector) const {
    uint64_t bytes = uint64_t(b) << 32 | a;
    uint32_t result = 0;
    for (uint32_t i = 0; i < 4; i++) {
      uint32_t digit = selector >> (4 * i) & 15;
      uint32_t byte = static_cast<uint32_t>(bytes >> (8 * (digit & 7))) & 255;
      byte = (digit & 8) != 0 ? ((byte & 128) != 0 ? 255 : 0) : byte;
      result |= byte << (8 * i);
    }
    return result;
  }
};

template <class T>
void select(Warp& warp, const Instruction& instruction, uint32_t mask) {
  T* to = warp.lanes<T>(instruction.to[0]);
  const T* a = warp.lanes<T>(instruction.in[0]);
  const T* b = warp.lanes<T>(instruction.in[1]);
  uint32_t which = warp.predicates[instruction.in[2]];
#pragma GCC ivdep
  for (unsigned lane = 0; lane < warpSize; lane++) {
    T picked = (which >> lane & 1) != 0 ? a[lane] : b[lane];
    to[lane] = (mask >> lane & 1) != 0 ? picked : to[lane];
  }
}

// Of comparisons, without and with NaN ("unordered").
struct Equal {
  template <class T>
  bool operator()(T a, T b) const {
    return a == b;
  }
};
struct NotEqual {
  template <class T>
  bool operator()(T a, T b) const {
    return a < b || a > b;
  }
};
struct Less {
  template <class T>
  bool operator()(T a, T b) const {
    return a < b;
  }
};
struct LessEqual {
  template <class T>
  bool operator()(T a, T b) const {
    return a <= b;
  }
};
struct Greater {
  template <class T>
  bool operator()(T a, T b) const {
    return a > b;
  }
};
struct GreaterEqual {
  template <class T>
  bool operator()(T a, T b) const {
    return a >= b;
  }
};
struct Ordered {
  template <class T>
  bool operator()(T a, T b) const {
    return a == a && b == b;
  }
};
template <class F>
struct Unless {
  template <class T>
  bool operator()(T a, T b) const {
    return !F()(a, b);
  }
};

enum Combine : uint8_t { alone, withAnd, withOr, withXor };

// Also combines what comes of it with a predicate; a second destination gets the complement's.
template <class F, class T>
void compare(Warp& warp, const Instruction& instruction, uint32_t mask) {
  const Bits<T>* a = warp.lanes<Bits<T>>(instruction.in[0]);
  const Bits<T>* b = warp.lanes<Bits<T>>(instruction.in[1]);
  uint32_t holds = 0;
  for (unsigned lane = 0; lane < warpSize; lane++) {
    holds |= uint32_t(F()(valueOf<T>(a[lane]), valueOf<T>(b[lane]))) << lane;
  }
  uint32_t with = warp.predicates[instruction.in[2]];
  auto combined = [&](uint32_t bits) {
    switch (instruction.mode) {
      case withAnd:
        return bits & with;
      case withOr:
        return bits | with;
      case withXor:
        return bits ^ with;
      default:
        return bits;
    }
  };
  uint32_t& complement = warp.predicates[instruction.to[1]];
  complement = (combined(~holds) & mask) | (complement & ~mask);
  uint32_t& to = warp.predicates[instruction.to[0]];
  to = (combined(holds) & mask) | (to & ~mask);
}

template <class F>
Choice comparisonOf(Type type) {
  return withNumber(type, []<class T>() -> Choice {
    return {compare<F, T>, {0, 0}, {sizeof(Bits<T>), sizeof(Bits<T>), 0}};
  });
}

template <class F>
Choice realComparison(Type type) {
  return type == Type::f32 || type == Type::f64 ? comparisonOf<F>(type) : Choice{};
}

Choice comparison(const Form& form) {
  Type type = form.type;
  if (form.has("eq")) return comparisonOf<Equal>(type);
  if (form.has("ne")) return comparisonOf<NotEqual>(type);
  if (form.has("lt") || form.has("lo")) return comparisonOf<Less>(type);
  if (form.has("le") || form.has("ls")) return comparisonOf<LessEqual>(type);
  if (form.has("gt") || form.has("hi")) return comparisonOf<Greater>(type);
  if (form.has("ge") || form.has("hs")) return comparisonOf<GreaterEqual>(type);
  if (form.has("equ")) return realComparison<Unless<NotEqual>>(type);
  if (form.has("neu")) return realComparison<Unless<Equal>>(type);
  if (form.has("ltu")) return realComparison<Unless<GreaterEqual>>(type);
  if (form.has("leu")) return realComparison<Unless<Greater>>(type);
  if (form.has("gtu")) return realComparison<Unless<LessEqual>>(type);
  if (form.has("geu")) return realComparison<Unless<Less>>(type);
  if (form.has("num")) return realComparison<Ordered>(type);
  if (form.has("nan")) return realComparison<Unless<Ordered>>(type);
  return {};
}

template <class F>
Choice count(const Form& form) {
  return form.type == Type::b64   ? choice<F, uint32_t, uint64_t>()
         : form.type == Type::b32 ? choice<F, uint32_t, uint32_t>()
                                  : Choice{};
}

Choice move(const Form& form) {
  if (form.type == Type::pred) {
    return {predicates<First>, {0}, {0}};
  }
  return withNumber(form.type, []<class T>() { return choice<Same, Bits<T>, Bits<T>>(); });
}

Choice chooseFields(const Form& form) {
  const std::string& opcode = form.opcode;
  Type type = form.type;
  if (opcode == "popc") return count<CountOnes>(form);
  if (opcode == "clz") return count<CountLeadingZeros>(form);
  if (opcode == "bfind" && bytesOf(type) >= 4) {
    return withInteger(type, [&]<class T>() {
      return form.has("shiftamt") ? choice<FindHighest<true>, uint32_t, T>()
                                  : choice<FindHighest<false>, uint32_t, T>();
    });
  }
  if (opcode == "brev" && type == Type::b32) return choice<Reverse, uint32_t, uint32_t>();
  if (opcode == "brev" && type == Type::b64) return choice<Reverse, uint64_t, uint64_t>();
  if (opcode == "bfe" && bytesOf(type) >= 4) {
    return withInteger(type, []<class T>() { return choice<Extract, T, T, uint32_t, uint32_t>(); });
  }
  if (opcode == "bfi" && type == Type::b32) {
    return choice<Insert, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t>();
  }
  if (opcode == "bfi" && type == Type::b64) {
    return choice<Insert, uint64_t, uint64_t, uint64_t, uint32_t, uint32_t>();
  }
  if (opcode == "prmt" && type == Type::b32 && form.modifiers.empty()) {
    return choice<Permute, uint32_t, uint32_t, uint32_t, uint32_t>();
  }
  return {};
}

}  // namespace

Choice chooseBits(const Form& form) {
  const std::string& opcode = form.opcode;
  Type type = form.type;
  if (opcode == "mov") return move(form);
  if (opcode == "setp") return comparison(form);
  if (opcode == "selp") {
    bool wide = bytesOf(form.type) == 8;
    uint8_t width = wide ? 8 : 4;
    return {wide ? select<uint64_t> : select<uint32_t>, {width}, {width, width, 0}};
  }
  if (opcode == "and") return bitwise<And>(form);
  if (opcode == "or") return bitwise<Or>(form);
  if (opcode == "xor") return bitwise<Xor>(form);
  if (opcode == "not" && type == Type::pred) return {predicates<NotFirst>, {0}, {0}};
  if (opcode == "not") return withInteger(type, []<class T>() { return choice<Not, T, T>(); });
  if (opcode == "shl") {
    return withInteger(type, []<class T>() { return choice<ShiftLeft, T, T, uint32_t>(); });
  }
  if (opcode == "shr") {
    return withInteger(type, []<class T>() { return choice<ShiftRight, T, T, uint32_t>(); });
  }
  if (opcode == "shf" && type == Type::b32) return funnel(form);
  if (opcode == "lop3" && type == Type::b32) {
    return choice<Lookup, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t>();
  }
  return chooseFields(form);
}

}  // namespace softcuda
