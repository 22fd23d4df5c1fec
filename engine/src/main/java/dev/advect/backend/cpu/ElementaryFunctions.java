package dev.advect.backend.cpu;

/**
 * Elementary functions as code on vectors or floats; each is the same sequence of exactly rounded
 * operations on every machine. Coefficients are those of Cephes' single-precision library.
 *
 * <p>Errors against the true value, measured over the stated range: exp, expm1 2 ulp; log, log1p 2
 * ulp; sigmoid 3 ulp; tanh 3 ulp; sin and cos 2 ulp of 1 for |x| up to 10,000; erf 2e-7 absolute;
 * pow as exp(y log x), so 2 + |y log x| ulp. Below -87.3 exp is 0, above 88.37 infinite.
 */
final class ElementaryFunctions {
  /** Adding it rounds a float below 2^22 to a whole number, found in the low bits of the sum. */
  private static final float ROUND = 12582912f;

  private static final float EXP_MIN = -87.3f;
  private static final float EXP_MAX = 88.37f;

  /** Below it e^x - 1 rounds to -1. */
  private static final float EXPM1_MIN = -17.4f;

  /** Above it n is 129; from 88.73 on e^x is no float anyway. */
  private static final float EXPM1_MAX = 89f;

  private static final int ONE = 0x3f800000;
  private static final int HALF = 0x3f000000;

  /** (e^r - 1 - r) / r^2, highest power first. */
  private static final float[] EXP = {
    1.9875691500E-4f,
    1.3981999507E-3f,
    8.3334519073E-3f,
    4.1665795894E-2f,
    1.6666665459E-1f,
    5.0000001201E-1f
  };

  /** (ln(1 + m) - m + m^2 / 2) / m^3, highest power first. */
  private static final float[] LOG = {
    7.0376836292E-2f,
    -1.1514610310E-1f,
    1.1676998740E-1f,
    -1.2420140846E-1f,
    1.4249322787E-1f,
    -1.6668057665E-1f,
    2.0000714765E-1f,
    -2.4999993993E-1f,
    3.3333331174E-1f
  };

  /** (tanh x - x) / x^3 in x^2, for |x| below 0.625. */
  private static final float[] TANH = {
    -5.70498872745E-3f, 2.06390887954E-2f, -5.37397155531E-2f, 1.33314422036E-1f, -3.33332819422E-1f
  };

  private static final float[] SIN = {-1.9515295891E-4f, 8.3321608736E-3f, -1.6666654611E-1f};

  private static final float[] COS = {
    2.443315711809948E-5f, -1.388731625493765E-3f, 4.166664568298827E-2f
  };

  /** pi/2 in three parts, the first two with few bits. */
  private static final float[] HALF_PI = {1.5703125f, 4.837512969970703125E-4f, 7.54978942E-8f};

  /** Taylor coefficients of erf(x)/x in x^2, for |x| below 1/2. */
  private static final float[] ERF_NEAR = {
    1.2055333e-4f,
    -8.5483270e-4f,
    5.2239776e-3f,
    -2.6866171e-2f,
    1.1283792e-1f,
    -3.7612639e-1f,
    1.1283792f
  };

  /** Abramowitz and Stegun 7.1.26, for |x| from 1/2. */
  private static final float[] ERF_FAR = {
    1.061405429f, -1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f
  };

  private static final float ERF_RATE = 0.3275911f;

  private final Primitives v;

  ElementaryFunctions(Primitives primitives) {
    v = primitives;
  }

  private int polynomial(float[] highestFirst, int x) {
    int p = v.literal(highestFirst[0]);
    for (int i = 1; i < highestFirst.length; i++) {
      p = v.fma(p, x, v.literal(highestFirst[i]));
    }
    return p;
  }

  /** x = n ln 2 + r with |r| at most ln 2 / 2, n in the low bits of a float, and e^r - 1. */
  private record Reduced(int shifted, int expm1) {}

  private Reduced reduce(int x) {
    int shifted = v.fma(x, v.literal(1.44269504f), v.literal(ROUND));
    int n = v.sub(shifted, v.literal(ROUND));
    int r = v.fma(n, v.literal(-0.693359375f), x);
    r = v.fma(n, v.literal(2.12194440e-4f), r);
    return new Reduced(shifted, v.fma(polynomial(EXP, r), v.mul(r, r), r));
  }

  /** 2^n times a power of two that is given by its bits. */
  private int scaled(Reduced r, int powerOfTwo) {
    return v.floats(v.ints("ADD", v.ints("LSHL", v.bits(r.shifted), 23), powerOfTwo));
  }

  /** 2^n (e^r - 1) + 2^n; where n is too large or small for that, the ends of the range. */
  int exp(int x) {
    Reduced r = reduce(x);
    int scale = scaled(r, ONE);
    int y = v.fma(scale, r.expm1, scale);
    y = v.blend(y, v.literal(0), v.compare("LT", x, v.literal(EXP_MIN)));
    return v.blend(y, v.literal(Float.POSITIVE_INFINITY), v.compare("GT", x, v.literal(EXP_MAX)));
  }

  /** Twice 2^(n-1) (e^r - 1) + (2^(n-1) - 1/2), because 2^128 is no float. */
  int expm1(int x) {
    Reduced r = reduce(x);
    int half = scaled(r, HALF);
    int y = v.fma(half, r.expm1, v.sub(half, v.literal(0.5f)));
    y = v.add(y, y);
    y = v.blend(y, v.literal(-1), v.compare("LT", x, v.literal(EXPM1_MIN)));
    return v.blend(y, v.literal(Float.POSITIVE_INFINITY), v.compare("GT", x, v.literal(EXPM1_MAX)));
  }

  int sigmoid(int x) {
    return v.div(v.literal(1), v.add(exp(v.neg(x)), v.literal(1)));
  }

  int tanh(int x) {
    int a = v.abs(x);
    int e = exp(v.add(a, a));
    int far = v.sub(v.literal(1), v.div(v.literal(2), v.add(e, v.literal(1))));
    far = v.blend(far, v.neg(far), v.compare("LT", x, v.literal(0)));
    int z = v.mul(x, x);
    int near = v.fma(v.mul(polynomial(TANH, z), z), x, x);
    return v.blend(far, near, v.compare("LT", a, v.literal(0.625f)));
  }

  int log(int x) {
    int tiny = v.compare("LT", x, v.literal(Float.MIN_NORMAL));
    int scaled = v.blend(x, v.mul(x, v.literal(0x1p24f)), tiny);
    int bits = v.bits(scaled);
    int e = v.ints("ASHR", v.ints("ADD", bits, -0x3f3504f3), 23);
    int m = v.sub(v.floats(v.intsBoth("SUB", bits, v.ints("LSHL", e, 23))), v.literal(1));
    int exponent = v.converted(e);
    exponent = v.blend(exponent, v.sub(exponent, v.literal(24)), tiny);
    int square = v.mul(m, m);
    int tail = v.mul(v.mul(polynomial(LOG, m), square), m);
    tail = v.fma(exponent, v.literal(-2.12194440e-4f), tail);
    int y = v.add(v.fma(square, v.literal(-0.5f), tail), m);
    y = v.fma(exponent, v.literal(0.693359375f), y);
    y = v.blend(y, x, v.compare("EQ", x, v.literal(Float.POSITIVE_INFINITY)));
    y = v.blend(y, v.literal(Float.NEGATIVE_INFINITY), v.compare("EQ", x, v.literal(0)));
    y = v.blend(y, v.literal(Float.NaN), v.compare("LT", x, v.literal(0)));
    return v.blend(y, x, v.compare("NE", x, x));
  }

  /** log(u) + (x - (u - 1)) / u with u = 1 + x. */
  int log1p(int x) {
    int u = v.add(x, v.literal(1));
    int lost = v.sub(x, v.sub(u, v.literal(1)));
    int y = log(u);
    int corrected = v.add(y, v.div(lost, u));
    int inside = v.compare("LT", v.abs(y), v.literal(Float.POSITIVE_INFINITY));
    return v.blend(y, corrected, inside);
  }

  int sin(int x) {
    return wave(x, 0);
  }

  int cos(int x) {
    return wave(x, 1);
  }

  /** The sine a number of quarter turns ahead. */
  private int wave(int x, int quarters) {
    int shifted = v.fma(x, v.literal((float) (2 / Math.PI)), v.literal(ROUND));
    int n = v.neg(v.sub(shifted, v.literal(ROUND)));
    int r = x;
    for (float part : HALF_PI) {
      r = v.fma(n, v.literal(part), r);
    }
    int z = v.mul(r, r);
    int sin = v.fma(v.mul(polynomial(SIN, z), z), r, r);
    int cos = v.fma(v.mul(polynomial(COS, z), z), z, v.fma(z, v.literal(-0.5f), v.literal(1)));
    int quadrant = v.ints("ADD", v.bits(shifted), quarters);
    int odd = v.floats(v.ints("OR", v.ints("LSHL", quadrant, 31), ONE));
    int y = v.blend(sin, cos, v.compare("LT", odd, v.literal(0)));
    int sign = v.ints("AND", v.ints("LSHL", quadrant, 30), 0x80000000);
    return v.mul(y, v.floats(v.ints("OR", sign, ONE)));
  }

  int erf(int x) {
    int a = v.abs(x);
    int square = v.mul(x, x);
    int t = v.div(v.literal(1), v.fma(a, v.literal(ERF_RATE), v.literal(1)));
    int tail = v.mul(v.mul(polynomial(ERF_FAR, t), t), exp(v.neg(square)));
    int far = v.sub(v.literal(1), tail);
    far = v.blend(far, v.neg(far), v.compare("LT", x, v.literal(0)));
    int near = v.mul(polynomial(ERF_NEAR, square), x);
    return v.blend(far, near, v.compare("LT", a, v.literal(0.5f)));
  }

  int pow(int x, int y) {
    int p = exp(v.mul(y, log(x)));
    return v.blend(p, v.literal(1), v.compare("EQ", y, v.literal(0)));
  }

  int sign(int x) {
    int y = v.mul(x, v.literal(0)); // keeps what is not a number
    y = v.blend(y, v.literal(1), v.compare("GT", x, v.literal(0)));
    return v.blend(y, v.literal(-1), v.compare("LT", x, v.literal(0)));
  }
}
