// Sums and extremes. Every sum has a fixed order, so that two runs give the same bits.
#include "reduce.cuh"

// out[r][s] = sum of a at features members[begin[r]] .. members[begin[r + 1] - 1].
// Launch: ceil(outs * samples / 256) blocks of 256, or fewer. Bytes: 4 an element of a, 4 a result.
ADVECT_KERNEL sum_features(float* out, int outLd, Operand a, const int* begin, const int* members,
                           int outs, int samples) {
  forEach(outs, samples, [&](int r, int s) {
    float sum = 0.0f;
    int end = begin[r + 1];
    for (int i = begin[r]; i < end; i++) {
      sum += a.at(members[i], s);
    }
    out[(long long)r * outLd + s] = sum;
  });
}

// The largest (kind 0) or smallest (kind 1) of the same features, or (kind 2) positions[i] of the
// first largest. What is not a number is passed over; of nothing else the extreme is infinite and
// its position 0. positions is read for kind 2 only. Launch and bytes as sum_features.
ADVECT_KERNEL extreme_features(float* out, int outLd, Operand a, const int* begin,
                               const int* members, const int* positions, int kind, int outs,
                               int samples) {
  forEach(outs, samples, [&](int r, int s) {
    float sign = kind == 1 ? -1.0f : 1.0f;
    float best = -__int_as_float(0x7f800000);
    int position = 0;
    int end = begin[r + 1];
    for (int i = begin[r]; i < end; i++) {
      float candidate = sign * a.at(members[i], s);
      if (candidate > best) {
        best = candidate;
        position = kind == 2 ? positions[i] : 0;
      }
    }
    out[(long long)r * outLd + s] = kind == 2 ? (float)position : sign * best;
  });
}

// out[f * parts + p] = the sum of a[f][s] over part p of the samples, or increased by it. With few
// features and many samples: first parts > 1 into a buffer, then this kernel again over the buffer
// as a value of [features, parts samples], parts = 1.
// Launch: features * parts blocks of 256, or fewer. Bytes an element: 4.
ADVECT_KERNEL sum_samples(float* out, Operand a, int features, int samples, int parts,
                          int accumulate) {
  sumParts(
      out, features, parts, accumulate, [&](int) { return (long long)samples; },
      [&](int f, long long s) { return a.at(f, (int)s); });
}

// The same over the features of a shared value that members lists for each result; without members
// (null) feature i itself. Large sums in two passes as above.
// Launch: outs * parts blocks of 256, or fewer. Bytes an element: 8, without members 4.
ADVECT_KERNEL sum_shared(float* out, Operand a, const int* begin, const int* members, int outs,
                         int parts, int accumulate) {
  sumParts(
      out, outs, parts, accumulate, [&](int r) { return (long long)begin[r + 1] - begin[r]; },
      [&](int r, long long i) {
        int at = begin[r] + (int)i;
        return a.at(members != nullptr ? members[at] : at, 0);
      });
}
