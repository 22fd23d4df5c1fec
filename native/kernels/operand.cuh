// How kernels see values and the run.
//
// A per-sample value lies feature by feature: feature f of sample s at f * ld + s, with ld the
// number of samples rounded up to a multiple of 32. A shared value lies contiguously. All are
// float32.
#ifndef ADVECT_OPERAND
#define ADVECT_OPERAND

// Threads of a block, for every kernel unless its comment says otherwise.
#define ADVECT_THREADS 256

#define ADVECT_KERNEL extern "C" __global__ void __launch_bounds__(ADVECT_THREADS)

// A value as an argument: one number everywhere (no base), or rows of a base, each feature's own or
// those a map picks. Per-sample: strides (ld, 1); shared: (1, 0).
struct Operand {
  const float* base;
  const int* map;
  int featureStride;
  int sampleStride;
  float constant;
  int unused;

  __device__ __forceinline__ float at(int feature, int sample) const {
    const float* from = base;
    const int* rows = map;
    // Hides that both are the same in every pass: else a loop is copied for each combination.
    asm volatile("" : "+l"(from), "+l"(rows));
    if (from == nullptr) {
      return constant;
    }
    long long row = rows != nullptr ? rows[feature] : feature;
    return from[row * featureStride + (long long)sample * sampleStride];
  }
};

// What a run knows of itself; in device memory, so that a replayed graph sees what changed.
struct Run {
  unsigned long long seed;
  unsigned long long step;
  unsigned long long first;  // index of sample 0 in the global batch
  float reciprocalBatch;
  float stepAsFloat;
  unsigned int samples;
  unsigned int unused;
};

// Where element i of [rows, columns] is; by a 32-bit division where that is enough.
struct Cell {
  int row;
  int column;

  __device__ __forceinline__ Cell(long long i, int columns) {
    if (i >> 32 == 0) {
      row = (int)((unsigned)i / (unsigned)columns);
      column = (int)((unsigned)i % (unsigned)columns);
    } else {
      row = (int)(i / columns);
      column = (int)(i - (long long)row * columns);
    }
  }
};

// Calls body(row, column) for every cell of [rows, columns], over all threads of the grid.
// Launch with ceil(rows * columns / 256) blocks or fewer.
template <class Body>
__device__ __forceinline__ void forEach(int rows, int columns, Body body) {
  long long total = (long long)rows * columns;
  long long stride = (long long)gridDim.x * blockDim.x;
#pragma unroll 1
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < total; i += stride) {
    Cell cell(i, columns);
    body(cell.row, cell.column);
  }
}

#endif
