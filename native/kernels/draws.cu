// Random values of each sample: out[e][s] is a pure function of the run's seed and step, the
// purpose, the sample's index in the global batch, and e.
//
// A thread makes four elements of one sample from one Philox block.
// Launch: ceil(ceil(elements / 4) * samples / 256) blocks of 256, or fewer. Bytes an element: 4.
#include "operand.cuh"
#include "philox.cuh"

// Calls four(words, values) for each block of four elements, and stores those there are.
template <class Four>
__device__ __forceinline__ void drawFours(float* out, int ld, const Run* run, int purpose,
                                                 int elements, int samples, Four four) {
  unsigned long long seed = run->seed;
  unsigned long long step = run->step;
  unsigned long long first = run->first;
  forEach((elements + 3) / 4, samples, [&](int block, int s) {
    float values[4];
    four(philox(seed, purpose, step, first + s, block), values);
#pragma unroll
    for (int k = 0; k < 4; k++) {
      if (block * 4 + k < elements) {
        out[(long long)(block * 4 + k) * ld + s] = values[k];
      }
    }
  });
}

// The same where each element is a function of its own word.
template <class Law>
__device__ __forceinline__ void drawEach(float* out, int ld, const Run* run, int purpose,
                                                int elements, int samples, Law law) {
  drawFours(out, ld, run, purpose, elements, samples, [&](const Words& words, float values[4]) {
#pragma unroll
    for (int k = 0; k < 4; k++) {
      values[k] = law(words.word[k]);
    }
  });
}

// Uniform on (0, 1]. bound is not used.
ADVECT_KERNEL draw_uniform(float* out, int ld, const Run* run, int purpose, int bound, int elements,
                           int samples) {
  drawEach(out, ld, run, purpose, elements, samples,
           [](unsigned int word) { return uniformOf(word); });
}

// -1 or 1. bound is not used.
ADVECT_KERNEL draw_rademacher(float* out, int ld, const Run* run, int purpose, int bound,
                              int elements, int samples) {
  drawEach(out, ld, run, purpose, elements, samples,
           [](unsigned int word) { return rademacherOf(word); });
}

// A whole number from 0 to bound - 1.
ADVECT_KERNEL draw_index(float* out, int ld, const Run* run, int purpose, int bound, int elements,
                         int samples) {
  drawEach(out, ld, run, purpose, elements, samples,
           [&](unsigned int word) { return indexOf(word, bound); });
}

// Standard normal. bound is not used.
ADVECT_KERNEL draw_normal(float* out, int ld, const Run* run, int purpose, int bound, int elements,
                          int samples) {
  drawFours(out, ld, run, purpose, elements, samples,
            [](const Words& words, float values[4]) { normalsOf(words, values); });
}

// out[s] = the index of the sample in the global batch, exact below 2^24.
// Launch: ceil(samples / 256) blocks of 256, or fewer. Bytes an element: 4.
ADVECT_KERNEL sample_index(float* out, const Run* run, int samples) {
  forEach(1, samples, [&](int, int s) { out[s] = (float)(run->first + s); });
}
