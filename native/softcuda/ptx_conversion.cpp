// The steps of cvt, and of moves between registers and their parts.
#include <cmath>
#include <limits>

#include "ptx_lanes.h"

namespace softcuda {
namespace {

enum class Whole { not_at_all, nearest, zero, down, up };

template <Whole whole, class T>
inline T integral(T value) {
  switch (whole) {
    case Whole::nearest:
      return std::nearbyint(value);
    case Whole::zero:
      return std::trunc(value);
    case Whole::down:
      return std::floor(value);
    case Whole::up:
      return std::ceil(value);
    default:
      return value;
  }
}

// A number out of range becomes the nearest one; NaN becomes 0, or 1 << 63 of 64 bits, as on
// hardware.
template <class D, Whole whole>
struct ToInteger {
  template <class S>
  D operator()(S value) const {
    constexpr D least = std::numeric_limits<D>::min(), most = std::numeric_limits<D>::max();
    const S end = std::ldexp(S(1), 8 * sizeof(D) - std::is_signed_v<D>);
    S rounded = integral<whole>(value);
    if (rounded != rounded) {
      return sizeof(D) == 8 ? D(uint64_t(1) << 63) : D(0);
    }
    if (rounded >= end) {
      return most;
    }
    return rounded <= static_cast<S>(least) ? least : static_cast<D>(rounded);
  }
};

template <class D>
struct ToReal {
  template <class S>
  D operator()(S value) const {
    return canonical(static_cast<D>(value));
  }
};

template <Whole whole>
struct Round {
  template <class T>
  T operator()(T value) const {
    return canonical(integral<whole>(value));
  }
};

struct Saturate {
  float operator()(float value) const { return value > 0 ? (value < 1 ? value : 1.0f) : 0.0f; }
};

struct Flush {
  float operator()(float value) const {
    return std::fabs(value) < 0x1p-126f ? std::copysign(0.0f, value) : value;
  }
};

template <class F>
struct Narrow {
  template <class T>
  uint32_t operator()(T bits) const {
    return static_cast<uint32_t>(F()(bits));
  }
};

// Extended by its sign if it has one, and cut to the destination's size. A register that is wider
// than the destination's type gets it extended as well.
template <class D, class S, class From>
struct Resize {
  uint64_t operator()(From bits) const {
    using Wide = std::conditional_t<std::is_signed_v<D>, int64_t, uint64_t>;
    return static_cast<uint64_t>(static_cast<Wide>(static_cast<D>(static_cast<S>(bits))));
  }
};

// Registers may be wider than the types.
template <class D, class S>
Choice resize(const Form& form) {
  bool wideTo = form.toBytes == 8, wideFrom = form.fromBytes == 8;
  if (wideFrom) {
    using R = Resize<D, S, uint64_t>;
    return wideTo ? choice<R, uint64_t, uint64_t>() : choice<Narrow<R>, uint32_t, uint64_t>();
  }
  using R = Resize<D, S, uint32_t>;
  return wideTo ? choice<R, uint64_t, uint32_t>() : choice<Narrow<R>, uint32_t, uint32_t>();
}

template <class Body>
Choice withAnyInteger(Type type, Body body) {
  switch (type) {
    case Type::u8:
    case Type::b8:
      return body.template operator()<uint8_t>();
    case Type::s8:
      return body.template operator()<int8_t>();
    default:
      return withInteger(type, body);
  }
}

Whole wholeOf(const Form& form) {
  return form.has("rni")   ? Whole::nearest
         : form.has("rzi") ? Whole::zero
         : form.has("rmi") ? Whole::down
         : form.has("rpi") ? Whole::up
                           : Whole::not_at_all;
}

bool isReal(Type type) { return type == Type::f32 || type == Type::f64; }

template <template <Whole> class Make, class Body>
Choice byWhole(Whole whole, Body body) {
  switch (whole) {
    case Whole::nearest:
      return body.template operator()<Make<Whole::nearest>>();
    case Whole::zero:
      return body.template operator()<Make<Whole::zero>>();
    case Whole::down:
      return body.template operator()<Make<Whole::down>>();
    case Whole::up:
      return body.template operator()<Make<Whole::up>>();
    default:
      return {};
  }
}

template <class D>
struct Integers {
  template <Whole whole>
  using To = ToInteger<D, whole>;
};

Choice realToInteger(const Form& form) {
  return withAnyInteger(form.type, [&]<class D>() {
    return byWhole<Integers<D>::template To>(wholeOf(form), [&]<class F>() {
      return form.second == Type::f32 ? choice<F, D, float>() : choice<F, D, double>();
    });
  });
}

Choice realToReal(const Form& form) {
  if (form.type != form.second) {
    return form.type == Type::f32 ? choice<ToReal<float>, float, double>()
                                  : choice<ToReal<double>, double, float>();
  }
  if (wholeOf(form) != Whole::not_at_all) {
    return byWhole<Round>(wholeOf(form), [&]<class F>() {
      return form.type == Type::f32 ? choice<F, float, float>() : choice<F, double, double>();
    });
  }
  if (form.type != Type::f32) {
    return {};
  }
  return form.has("sat") ? choice<Saturate, float, float>() : choice<Flush, float, float>();
}

Choice convert(const Form& form) {
  if (form.has("rz") || form.has("rm") || form.has("rp")) {
    return {};
  }
  if (isReal(form.type) && isReal(form.second)) {
    return realToReal(form);
  }
  if (isReal(form.second)) {
    return realToInteger(form);
  }
  if (isReal(form.type)) {
    return withAnyInteger(form.second, [&]<class S>() {
      return form.type == Type::f32 ? choice<ToReal<float>, float, S>()
                                    : choice<ToReal<double>, double, S>();
    });
  }
  return form.has("sat") ? Choice{} : withAnyInteger(form.type, [&]<class D>() {
    return withAnyInteger(form.second, [&]<class S>() { return resize<D, S>(form); });
  });
}

template <unsigned bits, class T>
struct Pack {
  T operator()(uint32_t low, uint32_t high) const { return T(high) << bits | low; }
};

template <unsigned bits, class T>
void unpack(Warp& warp, const Instruction& instruction, uint32_t mask) {
  const T* in = warp.lanes<T>(instruction.in[0]);
  for (unsigned part = 0; part < 2; part++) {
    uint32_t* to = warp.lanes<uint32_t>(instruction.to[part]);
    for (unsigned lane = 0; lane < warpSize; lane++) {
      uint32_t value = static_cast<uint32_t>(in[lane] >> (part * bits) & ((T(1) << bits) - 1));
      to[lane] = (mask >> lane & 1) != 0 ? value : to[lane];
    }
  }
}

template <uint64_t by>
struct Shift {
  template <class T>
  T operator()(T address) const {
    return static_cast<T>(address + by);
  }
};

// Generic addresses of global and constant memory are its addresses; others lie in windows.
Choice convertAddress(const Form& form) {
  bool wide = form.type == Type::u64;
  bool shared = form.has("shared") || form.has("shared::cta"), local = form.has("local");
  if (!wide || (!shared && !local)) {
    return wide ? choice<Shift<0>, uint64_t, uint64_t>() : Choice{};
  }
  uint64_t window = shared ? sharedWindow : localWindow;
  if (form.has("to")) {
    return window == sharedWindow ? choice<Shift<-sharedWindow>, uint64_t, uint64_t>()
                                  : choice<Shift<-localWindow>, uint64_t, uint64_t>();
  }
  return window == sharedWindow ? choice<Shift<sharedWindow>, uint64_t, uint64_t>()
                                : choice<Shift<localWindow>, uint64_t, uint64_t>();
}

}  // namespace

Choice chooseConversion(const Form& form) {
  if (form.opcode == "cvt") {
    return convert(form);
  }
  if (form.opcode == "cvta") {
    return convertAddress(form);
  }
  if (form.opcode == "pack") {
    return form.type == Type::b64 ? choice<Pack<32, uint64_t>, uint64_t, uint32_t, uint32_t>()
                                  : choice<Pack<16, uint32_t>, uint32_t, uint32_t, uint32_t>();
  }
  if (form.opcode == "unpack") {
    return form.type == Type::b64 ? Choice{unpack<32, uint64_t>, {4, 4}, {8}}
                                  : Choice{unpack<16, uint32_t>, {4, 4}, {4}};
  }
  return {};
}

}  // namespace softcuda
