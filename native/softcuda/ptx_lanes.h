// How steps loop over lanes.
#pragma once

#include <bit>
#include <tuple>
#include <type_traits>
#include <utility>

#include "ptx_warp.h"

namespace softcuda {

// What an element of a register is kept as.
template <class T>
using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

template <class T>
inline T valueOf(Bits<T> bits) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::bit_cast<T>(bits);
  } else {
    return static_cast<T>(bits);
  }
}

template <class T>
inline Bits<T> bitsOf(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::bit_cast<Bits<T>>(value);
  } else {
    return static_cast<Bits<T>>(static_cast<std::make_unsigned_t<T>>(value));
  }
}

// A NaN that an f32 operation makes: all have these bits on NVIDIA's hardware.
inline float canonical(float value) {
  return value != value ? std::bit_cast<float>(0x7FFFFFFFu) : value;
}
inline double canonical(double value) { return value; }

// Registers overlap wholly or not at all, so lanes never depend on one another: that is what ivdep
// says.
template <class F, class D, class... S, size_t... n>
inline void eachLane(Warp& warp, const Instruction& instruction, uint32_t mask,
                     std::index_sequence<n...>) {
  Bits<D>* to = warp.lanes<Bits<D>>(instruction.to[0]);
  const std::tuple<const Bits<S>*...> in{warp.lanes<Bits<S>>(instruction.in[n])...};
  if (mask == allLanes) {
#pragma GCC ivdep
    for (unsigned lane = 0; lane < warpSize; lane++) {
      to[lane] = bitsOf<D>(F()(valueOf<S>(std::get<n>(in)[lane])...));
    }
  } else {
#pragma GCC ivdep
    for (unsigned lane = 0; lane < warpSize; lane++) {
      Bits<D> result = bitsOf<D>(F()(valueOf<S>(std::get<n>(in)[lane])...));
      to[lane] = (mask >> lane & 1) != 0 ? result : to[lane];
    }
  }
}

// to = F(in...) for each lane.
template <class F, class D, class... S>
void lanes(Warp& warp, const Instruction& instruction, uint32_t mask) {
  eachLane<F, D, S...>(warp, instruction, mask, std::index_sequence_for<S...>());
}

template <class F, class D, class... S>
Choice choice() {
  return {lanes<F, D, S...>, {sizeof(Bits<D>)}, {sizeof(Bits<S>)...}};
}

// Calls a template lambda with the C++ type of an integer type.
template <class Body>
Choice withInteger(Type type, Body body) {
  switch (type) {
    case Type::u16:
    case Type::b16:
      return body.template operator()<uint16_t>();
    case Type::u32:
    case Type::b32:
      return body.template operator()<uint32_t>();
    case Type::u64:
    case Type::b64:
      return body.template operator()<uint64_t>();
    case Type::s16:
      return body.template operator()<int16_t>();
    case Type::s32:
      return body.template operator()<int32_t>();
    case Type::s64:
      return body.template operator()<int64_t>();
    default:
      return {};
  }
}

template <class Body>
Choice withNumber(Type type, Body body) {
  switch (type) {
    case Type::f32:
      return body.template operator()<float>();
    case Type::f64:
      return body.template operator()<double>();
    default:
      return withInteger(type, body);
  }
}

}  // namespace softcuda
