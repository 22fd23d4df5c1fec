// Matrix products on the host, with one order of summation whatever the machine.
#pragma once

#include <cstddef>

namespace softcuda {

// What factors are rounded to before they are multiplied.
enum class Rounding { none, tf32, bf16 };

// C = alpha op(A) op(B) + beta C, in columns: element (i, j) of a matrix is at i + j * ld. op(A)
// has m rows and k columns, op(B) k rows and n columns. If beta is 0, C is not read.
struct Product {
  bool transposeA, transposeB;
  int m, n, k;
  float alpha;
  const float* a;
  int lda;
  const float* b;
  int ldb;
  float beta;
  float* c;
  int ldc;
  Rounding rounding;
};

// Every sum is made in float in the order of k, in runs of 256 terms whose sums are added in their
// order; products are rounded before they are added. On some threads, which changes no bit.
void multiply(const Product& product, int threads);

}  // namespace softcuda
