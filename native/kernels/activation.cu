// Bias and activation beside the matrix products of a layer: one pass forward, and one backward
// that also sums the gradient of the bias.
//
// Forward, y = act(z + bias) and kept = what backward needs; z, y and kept may be the same memory
// in any combination that keeps what is wanted. kept may be null (no gradient is wanted), bias too
// (none).
// Launch: ceil(features * ceil(samples / 4) / 256) blocks of 256, or fewer. Bytes an element: 4 for
// z, 4 for y, 4 for kept; with y = kept (all but SiLU and GELU) store it once: 8.
//
// Backward, dz = dy * slope(kept) and dbias[f * parts + p] = the sum of dz[f] over part p of the
// samples, or increased by it; with few features and many samples take parts > 1 and sum_samples
// for the second pass. dbias may be null, and dz may be dy. The identity reads no kept.
// Launch: features * parts blocks of 256, or fewer. Bytes an element: 12.
#include "activation.cuh"
#include "four.cuh"
#include "reduce.cuh"

template <class Activation>
__device__ __forceinline__ void biasForward(float* y, float* kept, const float* z,
                                            const float* bias, int ld, int features, int samples) {
  forEach(features, fours(samples), [&](int f, int group) {
    long long row = (long long)f * ld;
    float b = bias != nullptr ? bias[f] : 0.0f;
    Four value = load(z + row, group * 4, samples);
    Four keep;
#pragma unroll
    for (int k = 0; k < 4; k++) {
      value.at[k] = Activation::forward(value.at[k] + b, &keep.at[k]);
    }
    store(y + row, group * 4, samples, value);
    if (kept != nullptr && kept != y) {
      store(kept + row, group * 4, samples, keep);
    }
  });
}

template <class Activation>
__device__ __forceinline__ void biasBackward(float* dz, float* dbias, const float* dy,
                                             const float* kept, int ld, int features, int samples,
                                             int parts, int accumulate) {
  Parts split{fours(samples), parts};
  for (long long c = blockIdx.x; c < (long long)features * parts; c += gridDim.x) {
    Cell cell(c, parts);
    long long row = (long long)cell.row * ld;
    long long end = split.from(cell.column + 1);
    float sum = 0.0f;
#pragma unroll 1
    for (long long i = split.from(cell.column) + threadIdx.x; i < end; i += ADVECT_THREADS) {
      Four gradient = load(dy + row, i * 4, samples);
      Four keep = kept != nullptr ? load(kept + row, i * 4, samples) : Four{};
#pragma unroll
      for (int k = 0; k < 4; k++) {
        gradient.at[k] *= Activation::slope(keep.at[k]);
        sum += gradient.at[k];
      }
      store(dz + row, i * 4, samples, gradient);
    }
    if (dbias != nullptr) {
      sum = blockSum(sum);
      if (threadIdx.x == 0) {
        dbias[c] = accumulate != 0 ? dbias[c] + sum : sum;
      }
    }
  }
}

#define ADVECT_BIAS_ACTIVATION(name)                                                          \
  ADVECT_KERNEL bias_##name(float* y, float* kept, const float* z, const float* bias, int ld, \
                            int features, int samples) {                                      \
    biasForward<Activation_##name>(y, kept, z, bias, ld, features, samples);                  \
  }                                                                                           \
  ADVECT_KERNEL bias_##name##_backward(float* dz, float* dbias, const float* dy,              \
                                       const float* kept, int ld, int features, int samples,  \
                                       int parts, int accumulate) {                           \
    biasBackward<Activation_##name>(dz, dbias, dy, kept, ld, features, samples, parts,        \
                                    accumulate);                                              \
  }

ADVECT_ACTIVATIONS(ADVECT_BIAS_ACTIVATION)
