// What keeps a run going and watches over it.
#include "operand.cuh"

// Counts a step inside a replayed graph. Launch: 1 block of 1. Bytes: 20.
ADVECT_KERNEL next_step(Run* run) {
  run->step += 1;
  run->stepAsFloat = (float)run->step;
}

// Lowers firstBad, which begins at 2^64 - 1, to s * features + f of the first value that is
// infinite or not a number, in the order of samples.
// Launch: ceil(features * samples / 256) blocks of 256, or fewer. Bytes an element: 4.
ADVECT_KERNEL check_finite(const float* values, int ld, int features, int samples,
                           unsigned long long* firstBad) {
  forEach(features, samples, [&](int f, int s) {
    if (!(fabsf(values[(long long)f * ld + s]) < __int_as_float(0x7f800000))) {
      atomicMin(firstBad, (unsigned long long)s * features + f);
    }
  });
}
