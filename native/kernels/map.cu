// One kernel for each elementwise operation, for devices where no code can be generated: out[f][s]
// is the function of its arguments' elements. map_copy materialises a view, and uploads what is
// turned.
//
// Launch: ceil(features * samples / 256) blocks of 256, or fewer. A shared result has samples = 1
// and outLd = 1. Bytes moved an element: 4 for the result and 4 for each argument that is no
// constant and no shared value (those stay in the cache).
#include "elementwise.cuh"
#include "operand.cuh"

#define ADVECT_MAP_UNARY(op)                                                            \
  ADVECT_KERNEL map_##op(float* out, int outLd, Operand a, int features, int samples) { \
    forEach(features, samples, [&](int f, int s) {                                      \
      out[(long long)f * outLd + s] = advect_##op(a.at(f, s));                          \
    });                                                                                 \
  }

#define ADVECT_MAP_BINARY(op)                                                       \
  ADVECT_KERNEL map_##op(float* out, int outLd, Operand a, Operand b, int features, \
                         int samples) {                                             \
    forEach(features, samples, [&](int f, int s) {                                  \
      out[(long long)f * outLd + s] = advect_##op(a.at(f, s), b.at(f, s));          \
    });                                                                             \
  }

#define ADVECT_MAP_TERNARY(op)                                                         \
  ADVECT_KERNEL map_##op(float* out, int outLd, Operand a, Operand b, Operand c,       \
                         int features, int samples) {                                  \
    forEach(features, samples, [&](int f, int s) {                                     \
      out[(long long)f * outLd + s] = advect_##op(a.at(f, s), b.at(f, s), c.at(f, s)); \
    });                                                                                \
  }

ADVECT_MAP_UNARY(copy)
ADVECT_UNARY(ADVECT_MAP_UNARY)
ADVECT_BINARY(ADVECT_MAP_BINARY)
ADVECT_TERNARY(ADVECT_MAP_TERNARY)

// out[f][s] = value. Bytes an element: 4.
ADVECT_KERNEL fill(float* out, int ld, float value, int features, int samples) {
  forEach(features, samples, [&](int f, int s) { out[(long long)f * ld + s] = value; });
}
