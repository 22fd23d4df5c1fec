// Bias and activation beside the matrix products of a layer: one pass forward, and one backward that
// also sums the gradient of the bias.
//
// Forward, y = act(z + bias) and kept = what backward needs; z, y and kept may be the same memory in
// any combination that keeps what is wanted. kept may be null (no gradient is wanted), bias too (none).
// Launch: ceil(features * ceil(samples / 4) / 256) blocks of 256, or fewer. Bytes an element: 4 for z,
// 4 for y, 4 for kept; with y = kept (all but SiLU and GELU) store it once: 8.
//
// Backward, dz = dy * slope(kept) and dbias[f] = the sum of dz[f] over the samples, or increased by it;
// dbias may be null, and dz may be dy. The identity reads no kept.
// Launch: features blocks of 256, or fewer. Bytes an element: 12.
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
                                             int accumulate) {
  for (int f = blockIdx.x; f < features; f += gridDim.x) {
    long long row = (long long)f * ld;
    float sum = 0.0f;
#pragma unroll 1
    for (int s = threadIdx.x * 4; s < samples; s += ADVECT_THREADS * 4) {
      Four gradient = load(dy + row, s, samples);
      Four keep = kept != nullptr ? load(kept + row, s, samples) : Four{};
#pragma unroll
      for (int k = 0; k < 4; k++) {
        gradient.at[k] *= Activation::slope(keep.at[k]);
        sum += gradient.at[k];
      }
      store(dz + row, s, samples, gradient);
    }
    if (dbias != nullptr) {
      sum = blockSum(sum);
      if (threadIdx.x == 0) {
        dbias[f] = accumulate != 0 ? dbias[f] + sum : sum;
      }
    }
  }
}

#define ADVECT_BIAS_ACTIVATION(name)                                                           \
  ADVECT_KERNEL bias_##name(float* y, float* kept, const float* z, const float* bias, int ld, \
                            int features, int samples) {                                      \
    biasForward<Activation_##name>(y, kept, z, bias, ld, features, samples);                   \
  }                                                                                            \
  ADVECT_KERNEL bias_##name##_backward(float* dz, float* dbias, const float* dy,               \
                                       const float* kept, int ld, int features, int samples,   \
                                       int accumulate) {                                       \
    biasBackward<Activation_##name>(dz, dbias, dy, kept, ld, features, samples, accumulate);   \
  }

ADVECT_ACTIVATIONS(ADVECT_BIAS_ACTIVATION)
