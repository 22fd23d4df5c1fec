// Four neighbouring numbers at a time: 16-byte accesses, with single ones at an end that is no
// multiple of four. Rows must begin at multiples of 16 bytes, as they do when a value does, for ld
// is a multiple of 32.
#ifndef ADVECT_FOUR
#define ADVECT_FOUR

#include "operand.cuh"

// Four numbers in registers.
struct Four {
  float at[4];
};

// How many groups of four hold a number of elements, the last perhaps in part.
__device__ __forceinline__ int fours(int count) { return (count + 3) / 4; }

// Elements i to i + 3 of a row of count; those beyond its end are 0.
__device__ __forceinline__ Four load(const float* row, long long i, long long count) {
  Four four = {{0.0f, 0.0f, 0.0f, 0.0f}};
  if (i + 4 <= count) {
    float4 all = *reinterpret_cast<const float4*>(row + i);
    four = {{all.x, all.y, all.z, all.w}};
  } else {
    for (int k = 0; k < 3; k++) {
      if (i + k < count) {
        four.at[k] = row[i + k];
      }
    }
  }
  return four;
}

// Stores those of four numbers that the row has room for.
__device__ __forceinline__ void store(float* row, long long i, long long count, const Four& four) {
  if (i + 4 <= count) {
    *reinterpret_cast<float4*>(row + i) =
        make_float4(four.at[0], four.at[1], four.at[2], four.at[3]);
  } else {
    for (int k = 0; k < 3; k++) {
      if (i + k < count) {
        row[i + k] = four.at[k];
      }
    }
  }
}

// Calls body(i) for i = 0, 4, 8... below count, over all threads of the grid.
// Launch: ceil(count / 1024) blocks of 256, or fewer.
template <class Body>
__device__ __forceinline__ void forEachFour(long long count, Body body) {
  long long stride = (long long)gridDim.x * blockDim.x * 4;
#pragma unroll 1
  for (long long i = ((long long)blockIdx.x * blockDim.x + threadIdx.x) * 4; i < count;
       i += stride) {
    body(i);
  }
}

#endif
