// Rows of a shared table picked by a per-sample index, and the sum of rows back into a table.
//
// An index that is no row of the table is a fault: the first thread that meets one sets fault[0] to
// 1 and leaves the index's bits, which index of the sample it is, and the sample in fault[1..3].
#include "operand.cuh"

// The row an index means; -1 with the fault noted if there is none.
__device__ __forceinline__ int rowOf(float index, int rows, int i, int s, int* fault) {
  if (index >= 0.0f && index < (float)rows && index == truncf(index)) {
    return (int)index;
  }
  if (atomicCAS(fault, 0, 1) == 0) {
    fault[1] = __float_as_int(index);
    fault[2] = i;
    fault[3] = s;
  }
  return -1;
}

// out[i * width + k][s] = table[index[i][s] * width + k] for i below count, k below width; not a
// number after a fault. Launch: ceil(count * width * samples / 256) blocks of 256, or fewer. Bytes
// an element: 8 (neighbouring samples read rows far apart: up to 32 more without a cache).
ADVECT_KERNEL gather(float* out, int outLd, Operand table, Operand index, int width, int count,
                     int rows, int samples, int* fault) {
  forEach(count * width, samples, [&](int f, int s) {
    int i = f / width;
    int row = rowOf(index.at(i, s), rows, i, s, fault);
    float value = __int_as_float(0x7fc00000);
    if (row >= 0) {
      value = table.at(row * width + (f - i * width), 0);
    }
    out[(long long)f * outLd + s] = value;
  });
}

// Lists the values of the threads that have one, in the order of threads; how many there are.
__device__ __forceinline__ int list(bool mine, int value, int* listed, int* found) {
  unsigned hits = __ballot_sync(0xffffffffu, mine);
  int lane = threadIdx.x % 32;
  int warp = threadIdx.x / 32;
  if (lane == 0) {
    found[warp] = __popc(hits);
  }
  __syncthreads();
  int before = __popc(hits & ((1u << lane) - 1));
  int total = 0;
  for (int w = 0; w < ADVECT_THREADS / 32; w++) {
    before += w < warp ? found[w] : 0;
    total += found[w];
  }
  if (mine) {
    listed[before] = value;
  }
  __syncthreads();
  return total;
}

// out[row * width + k] = sum of x[i * width + k][s] over all i and s whose index is the row, or
// increased by it. No atomics: a block owns one row and up to 256 columns of it and goes through
// all indices in order, 256 samples at a time; those that mean its row are listed, and the list is
// shared out to its threads. So the order of each sum is fixed.
//
// columns is the smallest power of two from width, at most 256.
// Launch: rows * ceil(width / columns) blocks of 256, or fewer. Bytes: 4 an index and row (in the
// cache), 4 an element.
ADVECT_KERNEL scatter_add(float* out, Operand x, Operand index, int width, int columns, int count,
                          int rows, int samples, int accumulate, int* fault) {
  __shared__ int listed[ADVECT_THREADS];
  __shared__ int found[ADVECT_THREADS / 32];
  __shared__ float sums[ADVECT_THREADS];
  int thread = threadIdx.x;
  int part = thread / columns;
  int parts = ADVECT_THREADS / columns;
  int chunks = (width + columns - 1) / columns;
  for (long long block = blockIdx.x; block < (long long)rows * chunks; block += gridDim.x) {
    Cell owned(block, chunks);
    int k = owned.column * columns + thread % columns;
    float sum = 0.0f;
    for (int i = 0; i < count; i++) {
      for (long long first = 0; first < samples; first += ADVECT_THREADS) {
        int s = (int)first + thread;
        bool mine = s < samples && rowOf(index.at(i, s), rows, i, s, fault) == owned.row;
        int total = list(mine, s, listed, found);
        for (int l = part; l < total && k < width; l += parts) {
          sum += x.at(i * width + k, listed[l]);
        }
        __syncthreads();
      }
    }
    sums[thread] = sum;
    __syncthreads();
    for (int half = parts / 2; half > 0; half /= 2) {
      if (part < half) {
        sums[thread] += sums[thread + half * columns];
      }
      __syncthreads();
    }
    if (part == 0 && k < width) {
      long long to = (long long)owned.row * width + k;
      out[to] = accumulate != 0 ? out[to] + sums[thread] : sums[thread];
    }
    __syncthreads();
  }
}
