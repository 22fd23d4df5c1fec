// Between the order of the host, [samples, features] row by row, and that of the device, feature by
// feature: transposes through shared memory, so that both sides are read and written 128 bytes at a
// time. The tile is one column wider than it needs, so that no two rows of it share a bank.
//
// Launch: ceil(features / 32) * ceil(samples / 32) blocks of 256, or fewer. Bytes an element: 8.
#include "operand.cuh"

// to[c][r] = from[r][c] for a matrix of rows x columns with pitches in floats.
__device__ __forceinline__ void transpose(float* to, long long toPitch, const float* from,
                                                 long long fromPitch, int rows, int columns) {
  __shared__ float tile[32][33];
  int x = threadIdx.x % 32;
  int y = threadIdx.x / 32;
  int across = (columns + 31) / 32;
  long long tiles = (long long)across * ((rows + 31) / 32);
  for (long long t = blockIdx.x; t < tiles; t += gridDim.x) {
    Cell at(t, across);
    int row = at.row * 32;
    int column = at.column * 32;
    for (int i = y; i < 32; i += 8) {
      if (row + i < rows && column + x < columns) {
        tile[i][x] = from[(row + i) * fromPitch + column + x];
      }
    }
    __syncthreads();
    for (int i = y; i < 32; i += 8) {
      if (column + i < columns && row + x < rows) {
        to[(column + i) * toPitch + row + x] = tile[x][i];
      }
    }
    __syncthreads();
  }
}

// From [samples, features] to the layout of the device.
ADVECT_KERNEL rows_to_features(float* out, const float* in, int features, int samples, int ld) {
  transpose(out, ld, in, features, samples, features);
}

// From the layout of the device to [samples, features].
ADVECT_KERNEL features_to_rows(float* out, const float* in, int features, int samples, int ld) {
  transpose(out, features, in, ld, features, samples);
}
