// The scalar functions behind every elementwise operation, for the stock kernels and for generated
// code alike: this text needs no other header, so that NVRTC can be given it as it is.
//
// Each function is one sequence of exactly rounded operations (fmaf where one rounding is wanted;
// compile with --fmad=false), so every architecture and softcuda give the same bits. exp, expm1,
// log, log1p, sigmoid and tanh have the coefficients and the order of the CPU engine's functions
// and give its bits where exp of the CPU is neither 0 nor infinite before its time, sin and cos up
// to 8192; see ElementaryFunctions.java.
//
// Largest errors found against double precision over every 997th float, in units of the last place:
// exp 1.0, expm1 1.4, log 0.8, log1p 1.5, sigmoid 2.2, tanh 1.3, erf 3.0, pow 0.51; sin and cos 1.6
// times 2^-24 up to 10^9.
#ifndef ADVECT_ELEMENTWISE
#define ADVECT_ELEMENTWISE

#define ADVECT_FUNCTION __device__ __forceinline__

// Every operation by its name and number of arguments.
#define ADVECT_UNARY(X)                                                                \
  X(neg) X(abs) X(sign) X(exp) X(log) X(log1p) X(expm1) X(sqrt) X(recip) X(sin) X(cos) \
  X(tanh) X(sigmoid) X(erf)
#define ADVECT_BINARY(X) X(add) X(sub) X(mul) X(div) X(max) X(min) X(pow) X(less) X(equal)
#define ADVECT_TERNARY(X) X(select)

#define ADVECT_INFINITY __int_as_float(0x7f800000)
#define ADVECT_NAN __int_as_float(0x7fc00000)

// Adding it rounds a float below 2^22 to a whole number, found in the low bits of the sum.
#define ADVECT_ROUND 12582912.0f

ADVECT_FUNCTION float advect_copy(float x) { return x; }
ADVECT_FUNCTION float advect_neg(float x) { return -x; }
ADVECT_FUNCTION float advect_abs(float x) { return fabsf(x); }
ADVECT_FUNCTION float advect_sqrt(float x) { return sqrtf(x); }
ADVECT_FUNCTION float advect_recip(float x) { return 1.0f / x; }
ADVECT_FUNCTION float advect_add(float x, float y) { return x + y; }
ADVECT_FUNCTION float advect_sub(float x, float y) { return x - y; }
ADVECT_FUNCTION float advect_mul(float x, float y) { return x * y; }
ADVECT_FUNCTION float advect_div(float x, float y) { return x / y; }
ADVECT_FUNCTION float advect_less(float x, float y) { return x < y ? 1.0f : 0.0f; }
ADVECT_FUNCTION float advect_equal(float x, float y) { return x == y ? 1.0f : 0.0f; }
ADVECT_FUNCTION float advect_select(float c, float a, float b) { return c != 0.0f ? a : b; }

// Keeps zeros, their signs, and what is not a number.
ADVECT_FUNCTION float advect_sign(float x) { return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x; }

// What is not a number wins, and 0 is above -0.
ADVECT_FUNCTION float advect_max(float x, float y) {
  return x != x || y != y ? x + y : fmaxf(x, y);
}

ADVECT_FUNCTION float advect_min(float x, float y) {
  return x != x || y != y ? x + y : fminf(x, y);
}

// 2^n for n from -126 to 127.
ADVECT_FUNCTION float advect_power_of_two(int n) { return __int_as_float((n + 127) << 23); }

// e^r - 1 for x = n ln 2 + r with |r| at most ln 2 / 2.
ADVECT_FUNCTION float advect_reduced_expm1(float x, int* n) {
  float shifted = fmaf(x, 1.44269504f, ADVECT_ROUND);
  float whole = shifted - ADVECT_ROUND;
  float r = fmaf(whole, -0.693359375f, x);
  r = fmaf(whole, 2.12194440e-4f, r);
  float p = 1.9875691500e-4f;
  p = fmaf(p, r, 1.3981999507e-3f);
  p = fmaf(p, r, 8.3334519073e-3f);
  p = fmaf(p, r, 4.1665795894e-2f);
  p = fmaf(p, r, 1.6666665459e-1f);
  p = fmaf(p, r, 5.0000001201e-1f);
  *n = __float_as_int(shifted) - __float_as_int(ADVECT_ROUND);
  return fmaf(p, r * r, r);
}

// Scaled in two halves, because 2^n may be no float where the result is one.
ADVECT_FUNCTION float advect_exp(float x) {
  int n;
  float e = advect_reduced_expm1(x, &n);
  float half = advect_power_of_two(n >> 1);
  float y = fmaf(half, e, half) * advect_power_of_two(n - (n >> 1));
  y = x < -104.0f ? 0.0f : y;
  return x > 89.0f ? ADVECT_INFINITY : y;
}

// Twice 2^(n-1) (e^r - 1) + (2^(n-1) - 1/2), because 2^128 is no float.
ADVECT_FUNCTION float advect_expm1(float x) {
  int n;
  float e = advect_reduced_expm1(x, &n);
  float half = advect_power_of_two(n - 1);
  float y = fmaf(half, e, half - 0.5f);
  y = y + y;
  y = x < -17.4f ? -1.0f : y;
  return x > 89.0f ? ADVECT_INFINITY : y;
}

ADVECT_FUNCTION float advect_sigmoid(float x) { return 1.0f / (advect_exp(-x) + 1.0f); }

ADVECT_FUNCTION float advect_tanh(float x) {
  float a = fabsf(x);
  float far = 1.0f - 2.0f / (advect_exp(a + a) + 1.0f);
  float z = x * x;
  float p = -5.70498872745e-3f;
  p = fmaf(p, z, 2.06390887954e-2f);
  p = fmaf(p, z, -5.37397155531e-2f);
  p = fmaf(p, z, 1.33314422036e-1f);
  p = fmaf(p, z, -3.33332819422e-1f);
  float near = fmaf(p * z, x, x);
  return a < 0.625f ? near : x < 0.0f ? -far : far;
}

// x = 2^e (1 + m) with 1 + m between sqrt(1/2) and sqrt(2).
ADVECT_FUNCTION float advect_log(float x) {
  bool tiny = x < 1.17549435e-38f;
  int bits = __float_as_int(tiny ? x * 16777216.0f : x);
  int e = (bits - 0x3f3504f3) >> 23;
  float m = __int_as_float(bits - (e << 23)) - 1.0f;
  float exponent = (float)(tiny ? e - 24 : e);
  float p = 7.0376836292e-2f;
  p = fmaf(p, m, -1.1514610310e-1f);
  p = fmaf(p, m, 1.1676998740e-1f);
  p = fmaf(p, m, -1.2420140846e-1f);
  p = fmaf(p, m, 1.4249322787e-1f);
  p = fmaf(p, m, -1.6668057665e-1f);
  p = fmaf(p, m, 2.0000714765e-1f);
  p = fmaf(p, m, -2.4999993993e-1f);
  p = fmaf(p, m, 3.3333331174e-1f);
  float square = m * m;
  float tail = fmaf(exponent, -2.12194440e-4f, p * square * m);
  float y = fmaf(exponent, 0.693359375f, fmaf(square, -0.5f, tail) + m);
  y = x == ADVECT_INFINITY ? x : y;
  y = x == 0.0f ? -ADVECT_INFINITY : y;
  y = x < 0.0f ? ADVECT_NAN : y;
  return x != x ? x : y;
}

// log(u) + (x - (u - 1)) / u with u = 1 + x.
ADVECT_FUNCTION float advect_log1p(float x) {
  float u = x + 1.0f;
  float lost = x - (u - 1.0f);
  float y = advect_log(u);
  return fabsf(y) < ADVECT_INFINITY ? y + lost / u : y;
}

// The sine a number of quarter turns ahead. A large x is reduced in double, good to about 2^50.
ADVECT_FUNCTION float advect_wave(float x, int quarters) {
  float r;
  int quadrant;
  if (fabsf(x) <= 8192.0f) {
    float shifted = fmaf(x, 0.636619747f, ADVECT_ROUND);
    float n = ADVECT_ROUND - shifted;
    r = fmaf(n, 1.5703125f, x);
    r = fmaf(n, 4.837512969970703125e-4f, r);
    r = fmaf(n, 7.54978942e-8f, r);
    quadrant = __float_as_int(shifted) + quarters;
  } else {
    double n = rint((double)x * 0.63661977236758134308);
    double exact = fma(-n, 1.5707963267948965580, (double)x);
    r = (float)fma(-n, 6.1232339957367659980e-17, exact);
    quadrant = (int)(long long)n + quarters;
  }
  float z = r * r;
  float s = -1.9515295891e-4f;
  s = fmaf(s, z, 8.3321608736e-3f);
  s = fmaf(s, z, -1.6666654611e-1f);
  float c = 2.443315711809948e-5f;
  c = fmaf(c, z, -1.388731625493765e-3f);
  c = fmaf(c, z, 4.166664568298827e-2f);
  float sine = fmaf(s * z, r, r);
  float cosine = fmaf(c * z, z, fmaf(z, -0.5f, 1.0f));
  float y = (quadrant & 1) != 0 ? cosine : sine;
  return (quadrant & 2) != 0 ? -y : y;
}

ADVECT_FUNCTION float advect_sin(float x) { return advect_wave(x, 0); }
ADVECT_FUNCTION float advect_cos(float x) { return advect_wave(x, 1); }

// A Taylor polynomial below 1, Abramowitz and Stegun 7.1.26 above.
ADVECT_FUNCTION float advect_erf(float x) {
  float a = fabsf(x);
  float square = x * x;
  float t = 1.0f / fmaf(a, 0.3275911f, 1.0f);
  float p = 1.061405429f;
  p = fmaf(p, t, -1.453152027f);
  p = fmaf(p, t, 1.421413741f);
  p = fmaf(p, t, -0.284496736f);
  p = fmaf(p, t, 0.254829592f);
  float far = 1.0f - p * t * advect_exp(-square);
  float q = 1.480719282e-08f;
  q = fmaf(q, square, -1.636584469e-07f);
  q = fmaf(q, square, 1.646211437e-06f);
  q = fmaf(q, square, -1.492565036e-05f);
  q = fmaf(q, square, 1.205533298e-04f);
  q = fmaf(q, square, -8.548327023e-04f);
  q = fmaf(q, square, 5.223977625e-03f);
  q = fmaf(q, square, -2.686617065e-02f);
  q = fmaf(q, square, 1.128379167e-01f);
  q = fmaf(q, square, -3.761263890e-01f);
  q = fmaf(q, square, 1.128379167e+00f);
  return a < 1.0f ? q * x : x < 0.0f ? -far : far;
}

// ln x of a positive, finite float to about 2^-44, by 2 artanh((m - 1) / (m + 1)).
ADVECT_FUNCTION double advect_exact_log(float x) {
  bool tiny = x < 1.17549435e-38f;
  int bits = __float_as_int(tiny ? x * 16777216.0f : x);
  int e = (bits - 0x3f3504f3) >> 23;
  double m = (double)__int_as_float(bits - (e << 23));
  double s = (m - 1.0) / (m + 1.0);
  double z = s * s;
  double p = 1.0 / 17.0;
  p = fma(p, z, 1.0 / 15.0);
  p = fma(p, z, 1.0 / 13.0);
  p = fma(p, z, 1.0 / 11.0);
  p = fma(p, z, 1.0 / 9.0);
  p = fma(p, z, 1.0 / 7.0);
  p = fma(p, z, 1.0 / 5.0);
  p = fma(p, z, 1.0 / 3.0);
  double log = 2.0 * fma(p * z, s, s);
  return fma((double)(tiny ? e - 24 : e), 0.69314718055994530942, log);
}

// e^x for |x| below 200, to about 2^-37.
ADVECT_FUNCTION double advect_exact_exp(double x) {
  double n = rint(x * 1.4426950408889634074);
  double r = fma(-n, 0.69314718055994530942, x);
  double p = 1.0 / 362880.0;
  p = fma(p, r, 1.0 / 40320.0);
  p = fma(p, r, 1.0 / 5040.0);
  p = fma(p, r, 1.0 / 720.0);
  p = fma(p, r, 1.0 / 120.0);
  p = fma(p, r, 1.0 / 24.0);
  p = fma(p, r, 1.0 / 6.0);
  p = fma(p, r, 0.5);
  p = fma(p, r, 1.0);
  p = fma(p, r, 1.0);
  return p * __longlong_as_double((long long)((int)n + 1023) << 52);
}

// In double, because an error of the logarithm is multiplied by y. A negative x has a power for
// whole y only; the power of 1 to an infinite y is not a number, as in Java.
ADVECT_FUNCTION float advect_pow(float x, float y) {
  if (y == 0.0f) {
    return 1.0f;
  }
  float a = fabsf(x);
  float half = 0.5f * y;
  bool whole = y == truncf(y);
  bool odd = whole && half != truncf(half);
  float magnitude;
  if (a == 0.0f || a == ADVECT_INFINITY) {
    magnitude = y != y ? y : (a == 0.0f) == (y > 0.0f) ? 0.0f : ADVECT_INFINITY;
  } else {
    double exponent = (double)y * advect_exact_log(a);
    exponent = exponent > 150.0 ? 150.0 : exponent < -150.0 ? -150.0 : exponent;
    magnitude = x != x ? x : exponent != exponent ? ADVECT_NAN : (float)advect_exact_exp(exponent);
  }
  if (__float_as_int(x) < 0 && x == x) {
    return odd ? -magnitude : a == 0.0f || a == ADVECT_INFINITY || whole ? magnitude : ADVECT_NAN;
  }
  return magnitude;
}

#endif
