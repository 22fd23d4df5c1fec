// The steps of instructions that compute numbers.
#include <cfenv>
#include <cmath>

#include "ptx_lanes.h"

namespace softcuda {
namespace {

struct Add {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      return canonical(a + b);
    } else {
      return static_cast<T>(Bits<T>(a) + Bits<T>(b));
    }
  }
};

struct Subtract {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      return canonical(a - b);
    } else {
      return static_cast<T>(Bits<T>(a) - Bits<T>(b));
    }
  }
};

struct Multiply {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      return canonical(a * b);
    } else {
      return static_cast<T>(Bits<T>(a) * Bits<T>(b));
    }
  }
};

// The type of twice the size.
template <class T>
using Twice = std::conditional_t<
    sizeof(T) == 2, std::conditional_t<std::is_signed_v<T>, int32_t, uint32_t>,
    std::conditional_t<sizeof(T) == 4, std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>,
                       std::conditional_t<std::is_signed_v<T>, __int128, unsigned __int128>>>;

struct MultiplyHigh {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(Twice<T>(a) * Twice<T>(b) >> (8 * sizeof(T)));
  }
};

struct MultiplyWide {
  template <class T>
  Twice<T> operator()(T a, T b) const {
    return Twice<T>(a) * Twice<T>(b);
  }
};

template <class Product>
struct Plus {
  template <class T, class S>
  S operator()(T a, T b, S c) const {
    return Add()(S(Product()(a, b)), c);
  }
};

struct FusedMultiplyAdd {
  float operator()(float a, float b, float c) const { return canonical(__builtin_fmaf(a, b, c)); }
  double operator()(double a, double b, double c) const { return __builtin_fma(a, b, c); }
};

// Division of integers by zero gives all ones, as NVIDIA's hardware does.
struct Divide {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      return canonical(a / b);
    } else if constexpr (std::is_signed_v<T>) {
      return b == 0 ? T(-1) : b == -1 ? Subtract()(T(0), a) : T(a / b);
    } else {
      return b == 0 ? T(~T(0)) : T(a / b);
    }
  }
};

struct Remainder {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_signed_v<T>) {
      return b == 0 ? T(-1) : b == -1 ? T(0) : T(a % b);
    } else {
      return b == 0 ? T(~T(0)) : T(a % b);
    }
  }
};

// A NaN loses to a number, and -0 is less than 0.
struct Minimum {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      T lesser = a < b || (a == b && std::signbit(a)) ? a : b;
      return a != a ? canonical(b) : b != b ? a : lesser;
    } else {
      return a < b ? a : b;
    }
  }
};

struct Maximum {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      T greater = a > b || (a == b && !std::signbit(a)) ? a : b;
      return a != a ? canonical(b) : b != b ? a : greater;
    } else {
      return a > b ? a : b;
    }
  }
};

template <class F>
struct OrNan {
  template <class T>
  T operator()(T a, T b) const {
    return a != a || b != b ? canonical(a + b) : F()(a, b);
  }
};

struct Negate {
  template <class T>
  T operator()(T a) const {
    if constexpr (std::is_floating_point_v<T>) {
      return -a;
    } else {
      return Subtract()(T(0), a);
    }
  }
};

struct Absolute {
  template <class T>
  T operator()(T a) const {
    if constexpr (std::is_floating_point_v<T>) {
      return std::fabs(a);
    } else {
      return a < 0 ? Negate()(a) : a;
    }
  }
};

struct CopySign {
  template <class T>
  T operator()(T sign, T magnitude) const {
    return std::copysign(magnitude, sign);
  }
};

struct SquareRoot {
  template <class T>
  T operator()(T a) const {
    return canonical(std::sqrt(a));
  }
};

struct Reciprocal {
  template <class T>
  T operator()(T a) const {
    return canonical(1 / a);
  }
};

// What hardware approximates is computed in double and rounded: within the error that PTX allows.
template <double (*f)(double)>
struct Rounded {
  float operator()(float a) const { return canonical(static_cast<float>(f(a))); }
};

double reciprocalSquareRoot(double a) { return 1 / std::sqrt(a); }

float flushed(float a) { return std::fabs(a) < 0x1p-126f ? std::copysign(0.0f, a) : a; }

template <class F>
struct Flushed {
  template <class... S>
  float operator()(S... a) const {
    return flushed(F()(flushed(a)...));
  }
};

// A NaN becomes 0.
template <class F>
struct Saturated {
  template <class... S>
  float operator()(S... a) const {
    float value = F()(a...);
    return value > 0 ? (value < 1 ? value : 1.0f) : 0.0f;
  }
};

// The processor's rounding mode; back to nearest at the end.
struct Rounding {
  explicit Rounding(int mode) { std::fesetround(mode); }
  ~Rounding() { std::fesetround(FE_TONEAREST); }
};

// Volatile, or the compiler would compute before the mode is set.
template <class F, int mode>
struct Directed {
  template <class... S>
  float operator()(S... a) const {
    Rounding rounding(mode);
    return [](auto... b) -> float {
      volatile float value = F()(static_cast<float>(b)...);
      return value;
    }(*static_cast<volatile float*>(&a)...);
  }
};

template <class F, class... S>
Choice roundedFloat(const Form& form) {
  if (form.has("rz")) {
    return choice<Directed<F, FE_TOWARDZERO>, float, S...>();
  }
  if (form.has("rm")) {
    return choice<Directed<F, FE_DOWNWARD>, float, S...>();
  }
  if (form.has("rp")) {
    return choice<Directed<F, FE_UPWARD>, float, S...>();
  }
  return choice<F, float, S...>();
}

// An operation on f32 in all its variants.
template <class F, class... S>
Choice floatOperation(const Form& form) {
  if (form.has("ftz")) {
    return form.has("sat") ? choice<Saturated<Flushed<F>>, float, S...>()
                           : roundedFloat<Flushed<F>, S...>(form);
  }
  return form.has("sat") ? choice<Saturated<F>, float, S...>() : roundedFloat<F, S...>(form);
}

bool directed(const Form& form) { return form.has("rz") || form.has("rm") || form.has("rp"); }

template <class F>
Choice binary(const Form& form) {
  if (form.type == Type::f32) {
    return floatOperation<F, float, float>(form);
  }
  if (form.type == Type::f64) {
    return directed(form) ? Choice{} : choice<F, double, double, double>();
  }
  return form.has("sat") ? Choice{}
                         : withInteger(form.type, []<class T>() { return choice<F, T, T, T>(); });
}

template <class F>
Choice unaryReal(const Form& form) {
  if (form.type == Type::f32) {
    return floatOperation<F, float>(form);
  }
  return form.type == Type::f64 && !directed(form) ? choice<F, double, double>() : Choice{};
}

template <double (*f)(double)>
Choice approximate(const Form& form) {
  return form.type == Type::f32 ? floatOperation<Rounded<f>, float>(form) : Choice{};
}

Choice multiply(const Form& form) {
  if (form.type == Type::f32 || form.type == Type::f64) {
    return binary<Multiply>(form);
  }
  return withInteger(form.type, [&]<class T>() -> Choice {
    if (form.has("wide")) {
      if constexpr (sizeof(T) < 8) {
        return choice<MultiplyWide, Twice<T>, T, T>();
      }
      return {};
    }
    return form.has("hi") ? choice<MultiplyHigh, T, T, T>() : choice<Multiply, T, T, T>();
  });
}

Choice multiplyAdd(const Form& form) {
  if (form.type == Type::f32) {
    return floatOperation<FusedMultiplyAdd, float, float, float>(form);
  }
  if (form.type == Type::f64) {
    return directed(form) ? Choice{} : choice<FusedMultiplyAdd, double, double, double, double>();
  }
  return withInteger(form.type, [&]<class T>() -> Choice {
    if (form.has("wide")) {
      if constexpr (sizeof(T) < 8) {
        return choice<Plus<MultiplyWide>, Twice<T>, T, T, Twice<T>>();
      }
      return {};
    }
    return form.has("hi") ? choice<Plus<MultiplyHigh>, T, T, T, T>()
                          : choice<Plus<Multiply>, T, T, T, T>();
  });
}

Choice extremum(const Form& form) {
  bool least = form.opcode == "min";
  if (form.has("NaN")) {
    return form.type != Type::f32 ? Choice{}
           : least                ? floatOperation<OrNan<Minimum>, float, float>(form)
                                  : floatOperation<OrNan<Maximum>, float, float>(form);
  }
  return least ? binary<Minimum>(form) : binary<Maximum>(form);
}

Choice sign(const Form& form) {
  bool negate = form.opcode == "neg";
  if (form.type == Type::f32 && form.has("ftz")) {
    return negate ? choice<Flushed<Negate>, float, float>()
                  : choice<Flushed<Absolute>, float, float>();
  }
  return withNumber(form.type, [&]<class T>() {
    return negate ? choice<Negate, T, T>() : choice<Absolute, T, T>();
  });
}

Choice chooseReal(const Form& form) {
  const std::string& opcode = form.opcode;
  if (opcode == "sqrt") return unaryReal<SquareRoot>(form);
  if (opcode == "rcp") return unaryReal<Reciprocal>(form);
  if (opcode == "rsqrt") return approximate<reciprocalSquareRoot>(form);
  if (opcode == "ex2") return approximate<std::exp2>(form);
  if (opcode == "lg2") return approximate<std::log2>(form);
  if (opcode == "sin") return approximate<std::sin>(form);
  if (opcode == "cos") return approximate<std::cos>(form);
  if (opcode == "tanh") return approximate<std::tanh>(form);
  if (opcode == "copysign" && form.type == Type::f32)
    return choice<CopySign, float, float, float>();
  if (opcode == "copysign" && form.type == Type::f64) {
    return choice<CopySign, double, double, double>();
  }
  return {};
}

}  // namespace

Choice chooseArithmetic(const Form& form) {
  const std::string& opcode = form.opcode;
  if (opcode == "add") return binary<Add>(form);
  if (opcode == "sub") return binary<Subtract>(form);
  if (opcode == "mul") return multiply(form);
  if (opcode == "mad" || opcode == "fma") return multiplyAdd(form);
  if (opcode == "div") return binary<Divide>(form);
  if (opcode == "rem") {
    return withInteger(form.type, []<class T>() { return choice<Remainder, T, T, T>(); });
  }
  if (opcode == "min" || opcode == "max") return extremum(form);
  if (opcode == "neg" || opcode == "abs") return sign(form);
  return chooseReal(form);
}

}  // namespace softcuda
