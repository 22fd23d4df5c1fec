// Products of any labels, for the few that are no matrix product for cuBLAS. Index tables say which
// feature of each argument stands in term j of result o: base[o] + step[j].
#include "reduce.cuh"

// out[o][s] = sum over j of a[aBase[o] + aStep[j]][s] * b[bBase[o] + bStep[j]][s].
// Launch: ceil(outs * samples / 256) blocks of 256, or fewer. Bytes a term: 4 for each per-sample
// argument; the tables and shared arguments stay in the cache.
ADVECT_KERNEL contract_features(float* out, int outLd, Operand a, Operand b, const int* aBase,
                                const int* aStep, const int* bBase, const int* bStep, int terms,
                                int outs, int samples) {
  forEach(outs, samples, [&](int o, int s) {
    int atA = aBase[o];
    int atB = bBase[o];
    float sum = 0.0f;
    for (int j = 0; j < terms; j++) {
      sum = fmaf(a.at(atA + aStep[j], s), b.at(atB + bStep[j], s), sum);
    }
    out[(long long)o * outLd + s] = sum;
  });
}

// The same, summed over the samples too: out[o * parts + p] is the sum over part p of them, or is
// increased by it; two passes as for sum_samples. Launch: outs * parts blocks of 256, or fewer.
ADVECT_KERNEL contract_samples(float* out, Operand a, Operand b, const int* aBase,
                               const int* aStep, const int* bBase, const int* bStep, int terms,
                               int outs, int samples, int parts, int accumulate) {
  sumParts(
      out, outs, parts, accumulate, [&](int) { return (long long)samples; },
      [&](int o, long long s) {
        int atA = aBase[o];
        int atB = bBase[o];
        float sum = 0.0f;
        for (int j = 0; j < terms; j++) {
          sum = fmaf(a.at(atA + aStep[j], (int)s), b.at(atB + bStep[j], (int)s), sum);
        }
        return sum;
      });
}
