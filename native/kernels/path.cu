// What a training step of flow matching draws and what it is charged: the point of a conditional
// path, and the squared loss with its gradient.
#include "philox.cuh"
#include "tile.cuh"

// The affine path between noise and data: with x0 standard normal, the draw of the purpose,
//
//   xt = a x1 + s x0,   velocity = a' x1 + s' x0
//
// where coefficients holds the rows a, s, a', s' of each sample. x0 is stored where it is not null.
// A thread makes four features of one sample.
// Launch: ceil(ceil(features / 4) * samples / 256) blocks of 256, or fewer. Bytes an element: 12,
// with x0 16, and 16 a sample.
ADVECT_KERNEL gaussian_path(float* xt, float* velocity, float* x0, const float* x1,
                            const float* coefficients, const Run* run, int purpose, int ld,
                            int features, int samples) {
  unsigned long long seed = run->seed;
  unsigned long long step = run->step;
  unsigned long long first = run->first;
  forEach((features + 3) / 4, samples, [&](int block, int s) {
    float noise[4];
    normalsOf(philox(seed, purpose, step, first + s, block), noise);
    float data = coefficients[s];
    float source = coefficients[ld + s];
    float dataRate = coefficients[2 * ld + s];
    float sourceRate = coefficients[3 * ld + s];
#pragma unroll
    for (int k = 0; k < 4; k++) {
      if (block * 4 + k < features) {
        long long at = (long long)(block * 4 + k) * ld + s;
        float x = x1[at];
        xt[at] = data * x + source * noise[k];
        velocity[at] = dataRate * x + sourceRate * noise[k];
        if (x0 != nullptr) {
          x0[at] = noise[k];
        }
      }
    }
  });
}

// loss[s] = the mean over the features of (predicted - target)^2; gradient = the derivative by
// predicted of its mean over the global batch. gradient may be null, or predicted.
// Launch: ceil(samples / 8) blocks of 256, or fewer. Bytes an element: 12, without gradient 8.
ADVECT_KERNEL squared_loss(float* loss, float* gradient, const float* predicted,
                           const float* target, const Run* run, int ld, int features,
                           int samples) {
  float scale = 2.0f / (float)features * run->reciprocalBatch;
  for (int tile = blockIdx.x; tile < tilesOf(samples); tile += gridDim.x) {
    int s = tile * ADVECT_TILE_SAMPLES + tileSample();
    float sum = 0.0f;
    for (int f = tileGroup(); f < features && s < samples; f += ADVECT_TILE_GROUPS) {
      long long at = (long long)f * ld + s;
      float error = predicted[at] - target[at];
      sum = fmaf(error, error, sum);
      if (gradient != nullptr) {
        gradient[at] = error * scale;
      }
    }
    sum = tileSum(sum);
    if (tileGroup() == 0 && s < samples) {
      loss[s] = sum / (float)features;
    }
  }
}
