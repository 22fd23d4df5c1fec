// What moves the parameters: the equations of dev.advect.optim, one pass over a parameter's array.
//
// The learning rate and the factor that clips gradients (null for none) are single numbers in
// device memory; the number n of the update, from 1, is the run's step + 1. Arrays begin at
// multiples of 16 bytes. Launch, unless said otherwise: ceil(count / 1024) blocks of 256, or fewer.
#include "elementwise.cuh"
#include "four.cuh"
#include "reduce.cuh"

// The hyper-parameters of Adam and its kin; gain = 1 - beta, log = ln beta, each rounded from
// double.
struct Moments {
  float beta1;
  float gain1;
  float log1;
  float beta2;
  float gain2;
  float log2;
  float epsilon;
  float decay;
};

// 1 - beta^n for update n.
__device__ __forceinline__ float oneMinusPower(float log, const Run* run) {
  return -advect_expm1((run->stepAsFloat + 1.0f) * log);
}

// Four gradients, scaled by the factor that clips them.
__device__ __forceinline__ Four clipped(const float* gradient, const float* factor, long long i,
                                        long long count) {
  Four g = load(gradient, i, count);
  if (factor != nullptr) {
    float by = *factor;
#pragma unroll
    for (int k = 0; k < 4; k++) {
      g.at[k] *= by;
    }
  }
  return g;
}

// Adam, with the decay in the gradient or (decoupled) in the weight.
__device__ __forceinline__ void adamStep(float* w, float* m, float* v, const float* gradient,
                                         const float* rate, const float* factor, const Run* run,
                                         Moments a, bool decoupled, long long count) {
  float shrink = decoupled ? 1.0f - *rate * a.decay : 1.0f;
  float decay = decoupled ? 0.0f : a.decay;
  float step = *rate / oneMinusPower(a.log1, run);
  float correction = 1.0f / oneMinusPower(a.log2, run);
  forEachFour(count, [&](long long i) {
    Four weight = load(w, i, count);
    Four mean = load(m, i, count);
    Four square = load(v, i, count);
    Four g = clipped(gradient, factor, i, count);
#pragma unroll
    for (int k = 0; k < 4; k++) {
      float x = weight.at[k] * shrink;
      float d = g.at[k] + x * decay;
      mean.at[k] = mean.at[k] * a.beta1 + d * a.gain1;
      square.at[k] = square.at[k] * a.beta2 + d * d * a.gain2;
      weight.at[k] =
          x - mean.at[k] * step / (sqrtf(square.at[k] * correction) + a.epsilon);
    }
    store(w, i, count, weight);
    store(m, i, count, mean);
    store(v, i, count, square);
  });
}

// Adam; the decay is added to the gradient. Bytes an element: 28.
ADVECT_KERNEL adam(float* w, float* m, float* v, const float* gradient, const float* rate,
                   const float* factor, const Run* run, Moments moments, long long count) {
  adamStep(w, m, v, gradient, rate, factor, run, moments, false, count);
}

// AdamW; the decay shrinks the weight itself. Bytes an element: 28.
ADVECT_KERNEL adamw(float* w, float* m, float* v, const float* gradient, const float* rate,
                    const float* factor, const Run* run, Moments moments, long long count) {
  adamStep(w, m, v, gradient, rate, factor, run, moments, true, count);
}

// Adamax: Adam with the largest gradient u in place of the second moment. Bytes an element: 28.
ADVECT_KERNEL adamax(float* w, float* m, float* u, const float* gradient, const float* rate,
                     const float* factor, const Run* run, Moments moments, long long count) {
  float step = *rate / oneMinusPower(moments.log1, run);
  forEachFour(count, [&](long long i) {
    Four weight = load(w, i, count);
    Four mean = load(m, i, count);
    Four largest = load(u, i, count);
    Four g = clipped(gradient, factor, i, count);
#pragma unroll
    for (int k = 0; k < 4; k++) {
      float d = g.at[k] + weight.at[k] * moments.decay;
      mean.at[k] = mean.at[k] * moments.beta1 + d * moments.gain1;
      largest.at[k] = advect_max(largest.at[k] * moments.beta2, fabsf(d) + moments.epsilon);
      weight.at[k] -= mean.at[k] * step / largest.at[k];
    }
    store(w, i, count, weight);
    store(m, i, count, mean);
    store(u, i, count, largest);
  });
}

// Gradient descent with momentum; direction is null for none. Bytes an element: 20, without 12.
ADVECT_KERNEL sgd(float* w, float* direction, const float* gradient, const float* rate,
                  const float* factor, float momentum, float decay, long long count) {
  float step = *rate;
  forEachFour(count, [&](long long i) {
    Four weight = load(w, i, count);
    Four g = clipped(gradient, factor, i, count);
    Four last = direction != nullptr ? load(direction, i, count) : Four{};
#pragma unroll
    for (int k = 0; k < 4; k++) {
      last.at[k] = last.at[k] * momentum + (g.at[k] + weight.at[k] * decay);
      weight.at[k] -= last.at[k] * step;
    }
    store(w, i, count, weight);
    if (direction != nullptr) {
      store(direction, i, count, last);
    }
  });
}

// The moving average of a parameter, warmed up: it keeps min(decay, (1 + n) / (10 + n)) of itself.
// Bytes an element: 12.
ADVECT_KERNEL ema(float* average, const float* w, const Run* run, float decay, long long count) {
  float n = run->stepAsFloat + 1.0f;
  float keep = advect_min((n + 1.0f) / (n + 10.0f), decay);
  forEachFour(count, [&](long long i) {
    Four old = load(average, i, count);
    Four weight = load(w, i, count);
#pragma unroll
    for (int k = 0; k < 4; k++) {
      old.at[k] = weight.at[k] + (old.at[k] - weight.at[k]) * keep;
    }
    store(average, i, count, old);
  });
}

// partials[b] = the sum of the squares that block b of the grid sees: the first pass of a norm.
// Each array of gradients writes partials of its own. Bytes an element: 4.
ADVECT_KERNEL square_sums(float* partials, const float* values, long long count) {
  float sum = 0.0f;
  forEachFour(count, [&](long long i) {
    Four four = load(values, i, count);
#pragma unroll
    for (int k = 0; k < 4; k++) {
      sum = fmaf(four.at[k], four.at[k], sum);
    }
  });
  sum = blockSum(sum);
  if (threadIdx.x == 0) {
    partials[blockIdx.x] = sum;
  }
}

// The second pass: factor = min(1, norm / (root of the sum of all partials + 10^-6)).
// Launch: 1 block of 256. Bytes a partial: 4.
ADVECT_KERNEL clip_factor(float* factor, const float* partials, int count, float norm) {
  float sum = 0.0f;
  for (int i = threadIdx.x; i < count; i += ADVECT_THREADS) {
    sum += partials[i];
  }
  sum = blockSum(sum);
  if (threadIdx.x == 0) {
    *factor = advect_min(norm / (sqrtf(sum) + 1e-6f), 1.0f);
  }
}
