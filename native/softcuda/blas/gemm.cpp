// Blocks of op(A) and op(B) are packed so that the innermost loop reads both in order; that loop
// makes 16 x 6 sums in registers. The way of packing follows Goto and van de Geijn, "Anatomy of
// high-performance matrix multiplication" (2008).
#include "gemm.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#if defined(__x86_64__)
// Wider registers where the processor has them. Without fused operations results stay the same.
#define FOR_EACH_WIDTH __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_WIDTH
#endif

namespace softcuda {
namespace {

constexpr int stripRows = 16;     // of sums in registers
constexpr int stripColumns = 6;
constexpr int tileRows = 128;     // of sums in the cache
constexpr int tileColumns = 96;
constexpr int run = 256;          // terms that are summed at once
constexpr double flopsForThreads = 2e6;  // below, a thread costs more than it brings

// Rounds to a number of bits after the point, to nearest and to even if there are two.
float roundTo(float value, int bits) {
  uint32_t word = std::bit_cast<uint32_t>(value);
  if ((word & 0x7F800000) == 0x7F800000) {
    return value;
  }
  int dropped = 23 - bits;
  uint32_t half = (1u << (dropped - 1)) - 1 + (word >> dropped & 1);
  return std::bit_cast<float>((word + half) >> dropped << dropped);
}

float rounded(float value, Rounding rounding) {
  switch (rounding) {
    case Rounding::tf32:
      return roundTo(value, 10);
    case Rounding::bf16:
      return roundTo(value, 7);
    default:
      return value;
  }
}

// A block of a matrix in strips of `width` rows, each column by column; zeros fill the last strip.
// Element (i, p) of the block lies at i * rowStep + p * columnStep.
void pack(const float* from, size_t rowStep, size_t columnStep, int rows, int columns, int width,
          Rounding rounding, float* to) {
  for (int first = 0; first < rows; first += width) {
    int height = std::min(width, rows - first);
    for (int p = 0; p < columns; p++, to += width) {
      const float* column = from + first * rowStep + p * columnStep;
      for (int i = 0; i < height; i++) {
        to[i] = column[i * rowStep];
      }
      std::fill(to + height, to + width, 0.0f);
      if (rounding != Rounding::none) {
        std::transform(to, to + height, to, [=](float value) { return rounded(value, rounding); });
      }
    }
  }
}

typedef float Vector __attribute__((vector_size(32)));

// Adds the products of a strip of A and one of B to a tile of sums.
FOR_EACH_WIDTH void multiplyStrips(const float* a, const float* b, int terms, float* sums) {
  constexpr int vectors = stripRows / 8;
  Vector sum[stripColumns][vectors] = {};
  for (int p = 0; p < terms; p++, a += stripRows, b += stripColumns) {
    Vector column[vectors];
    std::memcpy(column, a, sizeof column);
#pragma GCC unroll 6
    for (int j = 0; j < stripColumns; j++) {
#pragma GCC unroll 2
      for (int v = 0; v < vectors; v++) {
        sum[j][v] += column[v] * b[j];
      }
    }
  }
  for (int j = 0; j < stripColumns; j++) {
    float lane[stripRows];
    std::memcpy(lane, sum[j], sizeof lane);
    for (int i = 0; i < stripRows; i++) {
      sums[j * tileRows + i] += lane[i];
    }
  }
}

// Memory that one thread works in, kept from product to product.
struct Scratch {
  std::vector<float> a = std::vector<float>(tileRows * run);
  std::vector<float> b = std::vector<float>(tileColumns * run);
  std::vector<float> sums = std::vector<float>(tileRows * tileColumns);
};

void store(const Product& product, int firstRow, int firstColumn, const float* sums) {
  int rows = std::min(tileRows, product.m - firstRow);
  int columns = std::min(tileColumns, product.n - firstColumn);
  for (int j = 0; j < columns; j++) {
    float* c = product.c + firstRow + static_cast<size_t>(firstColumn + j) * product.ldc;
    for (int i = 0; i < rows; i++) {
      float scaled = product.alpha * sums[j * tileRows + i];
      c[i] = product.beta == 0 ? scaled : scaled + product.beta * c[i];
    }
  }
}

void multiplyTile(const Product& product, int firstRow, int firstColumn, Scratch& scratch) {
  int rows = std::min(tileRows, product.m - firstRow);
  int columns = std::min(tileColumns, product.n - firstColumn);
  size_t rowOfA = product.transposeA ? product.lda : 1;
  size_t termOfA = product.transposeA ? 1 : product.lda;
  size_t columnOfB = product.transposeB ? 1 : product.ldb;
  size_t termOfB = product.transposeB ? product.ldb : 1;
  std::fill_n(scratch.sums.begin(), tileRows * columns, 0.0f);
  for (int first = 0; first < product.k; first += run) {
    int terms = std::min(run, product.k - first);
    pack(product.a + firstRow * rowOfA + first * termOfA, rowOfA, termOfA, rows, terms, stripRows,
         product.rounding, scratch.a.data());
    pack(product.b + firstColumn * columnOfB + first * termOfB, columnOfB, termOfB, columns, terms,
         stripColumns, product.rounding, scratch.b.data());
    for (int j = 0; j < columns; j += stripColumns) {
      for (int i = 0; i < rows; i += stripRows) {
        multiplyStrips(&scratch.a[i * terms], &scratch.b[j * terms], terms,
                       &scratch.sums[j * tileRows + i]);
      }
    }
  }
  store(product, firstRow, firstColumn, scratch.sums.data());
}

}  // namespace

void multiply(const Product& product, int threads) {
  int across = (product.m + tileRows - 1) / tileRows;
  int tiles = across * ((product.n + tileColumns - 1) / tileColumns);
  std::atomic<int> next = 0;
  auto work = [&] {
    static thread_local Scratch scratch;
    for (int tile = next++; tile < tiles; tile = next++) {
      multiplyTile(product, tile % across * tileRows, tile / across * tileColumns, scratch);
    }
  };
  double flops = 2.0 * product.m * product.n * product.k;
  int helpers = flops < flopsForThreads ? 0 : std::min(threads, tiles) - 1;
  std::vector<std::thread> others;
  for (int i = 0; i < helpers; i++) {
    others.emplace_back(work);
  }
  work();
  for (std::thread& other : others) {
    other.join();
  }
}

}  // namespace softcuda
