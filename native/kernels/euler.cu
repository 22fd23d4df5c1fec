// Steps of Euler's method, and the divergence along them. h is read from device memory, so that one
// captured graph serves every step.
#include "four.cuh"
#include "trace.cuh"

// x += h (v + bias); bias may be null.
// Launch: ceil(features * ceil(samples / 4) / 256) blocks of 256, or fewer. Bytes an element: 12.
ADVECT_KERNEL euler_step(float* x, const float* v, const float* bias, const float* h, int ld,
                         int features, int samples) {
  float step = *h;
  forEach(features, fours(samples), [&](int f, int group) {
    long long row = (long long)f * ld;
    float b = bias != nullptr ? bias[f] : 0.0f;
    Four at = load(x + row, group * 4, samples);
    Four rate = load(v + row, group * 4, samples);
#pragma unroll
    for (int k = 0; k < 4; k++) {
      at.at[k] += step * (rate.at[k] + b);
    }
    store(x + row, group * 4, samples, at);
  });
}

// trace[p][s] = the sum over i of e_i je[p][i][s], where probe p's signs e are the draw of the
// purpose + p and je = J e is [probes][features] rows: Hutchinson's estimates of the trace of J.
// Launch: probes * ceil(samples / 8) blocks of 256, or fewer. Bytes an element: 4.
ADVECT_KERNEL rademacher_trace(float* trace, const float* je, const Run* run, int purpose,
                               int probes, int ld, int features, int samples) {
  long long cells = (long long)probes * tilesOf(samples);
  for (long long c = blockIdx.x; c < cells; c += gridDim.x) {
    Cell cell(c, tilesOf(samples));
    int s = cell.column * ADVECT_TILE_SAMPLES + tileSample();
    const float* rows = je + (long long)cell.row * features * ld;
    float sum = probeTrace(rows, run, purpose + cell.row, ld, features, samples, s);
    if (tileGroup() == 0 && s < samples) {
      trace[(long long)cell.row * ld + s] = sum;
    }
  }
}

// Both in one pass: x += h (v + bias), and logDensity[p][s] -= h trace[p][s].
// Launch: ceil(samples / 8) blocks of 256, or fewer. Bytes an element: 12, and 4 a probe.
ADVECT_KERNEL euler_step_trace(float* x, float* logDensity, const float* v, const float* bias,
                               const float* je, const Run* run, int purpose, int probes,
                               const float* h, int ld, int features, int samples) {
  float step = *h;
  for (int tile = blockIdx.x; tile < tilesOf(samples); tile += gridDim.x) {
    int s = tile * ADVECT_TILE_SAMPLES + tileSample();
    for (int f = tileGroup(); f < features && s < samples; f += ADVECT_TILE_GROUPS) {
      long long at = (long long)f * ld + s;
      float b = bias != nullptr ? bias[f] : 0.0f;
      x[at] += step * (v[at] + b);
    }
    for (int p = 0; p < probes; p++) {
      const float* rows = je + (long long)p * features * ld;
      float sum = probeTrace(rows, run, purpose + p, ld, features, samples, s);
      if (tileGroup() == 0 && s < samples) {
        logDensity[(long long)p * ld + s] -= step * sum;
      }
    }
  }
}
