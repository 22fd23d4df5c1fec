// Sums over the threads of a block, in an order that depends on nothing but the block's size.
#ifndef ADVECT_REDUCE
#define ADVECT_REDUCE

#include "operand.cuh"

// The sum over a warp, in lane 0.
__device__ __forceinline__ float warpSum(float x) {
  for (int distance = 16; distance > 0; distance /= 2) {
    x += __shfl_down_sync(0xffffffffu, x, distance);
  }
  return x;
}

// The sum over a block of 256, in thread 0. Every thread of the block must take part.
__device__ __forceinline__ float blockSum(float x) {
  __shared__ float warps[ADVECT_THREADS / 32];
  int lane = threadIdx.x % 32;
  x = warpSum(x);
  __syncthreads();  // the last sum's readers are done
  if (lane == 0) {
    warps[threadIdx.x / 32] = x;
  }
  __syncthreads();
  if (threadIdx.x < 32) {
    x = warpSum(lane < ADVECT_THREADS / 32 ? warps[lane] : 0.0f);
  }
  return x;
}

// The part of [0, count) that part p of parts sums: from(p) to from(p + 1).
struct Parts {
  long long count;
  int parts;

  __device__ __forceinline__ long long from(int part) const {
    long long width = (count + parts - 1) / parts;
    long long at = width * part;
    return at < count ? at : count;
  }
};

// One block a cell of [outs, parts]: out[o * parts + p] is (accumulate: is increased by) the sum of
// term(o, i) over part p of the i below count(o).
template <class Count, class Term>
__device__ __forceinline__ void sumParts(float* out, int outs, int parts, int accumulate,
                                                Count count, Term term) {
  long long cells = (long long)outs * parts;
  for (long long c = blockIdx.x; c < cells; c += gridDim.x) {
    Cell cell(c, parts);
    Parts split{count(cell.row), parts};
    long long end = split.from(cell.column + 1);
    float sum = 0.0f;
    for (long long i = split.from(cell.column) + threadIdx.x; i < end; i += ADVECT_THREADS) {
      sum += term(cell.row, i);
    }
    sum = blockSum(sum);
    if (threadIdx.x == 0) {
      out[c] = accumulate != 0 ? out[c] + sum : sum;
    }
  }
}

#endif
