// One term of Hutchinson's estimate of a trace: e . (J e) with signs e that are never stored.
#ifndef ADVECT_TRACE
#define ADVECT_TRACE

#include "philox.cuh"
#include "tile.cuh"

// The sum over i of e_i (J e)_i of a sample, in all its threads; every thread of the block
// must take part. je begins at the probe's first feature; e is the draw of the purpose.
__device__ __forceinline__ float probeTrace(const float* je, const Run* run, int purpose, int ld,
                                            int features, int samples, int s) {
  float sum = tileTerms(features, [&](int block) {
    float part = 0.0f;
    if (s < samples) {
      Words words = philox(run->seed, purpose, run->step, run->first + s, block);
#pragma unroll
      for (int k = 0; k < 4; k++) {
        if (block * 4 + k < features) {
          part += rademacherOf(words.word[k]) * je[(long long)(block * 4 + k) * ld + s];
        }
      }
    }
    return part;
  });
  return tileSum(sum);
}

#endif
