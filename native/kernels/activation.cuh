// The functions between the layers of a network, each with its slope; see dev.advect.nn.Activation.
//
// A forward pass leaves what the slope is a function of in `kept`: the slope itself where it would
// be dear to find again (SiLU, GELU), else the result.
#ifndef ADVECT_ACTIVATION
#define ADVECT_ACTIVATION

#include "elementwise.cuh"

// Every activation by its name, in the order of dev.advect.nn.Activation, and the identity.
#define ADVECT_ACTIVATIONS(X) \
  X(selu) X(silu) X(gelu) X(tanh) X(softplus) X(relu) X(elu) X(identity)

#define ADVECT_ACTIVATION_FUNCTION static __device__ __forceinline__ float

#define ADVECT_SELU_SCALE 1.0507009873554805f
#define ADVECT_SELU_SCALE_ALPHA 1.7580993408473766f

struct Activation_selu {
  ADVECT_ACTIVATION_FUNCTION forward(float z, float* kept) {
    return *kept =
               z > 0.0f ? z * ADVECT_SELU_SCALE : advect_expm1(z) * ADVECT_SELU_SCALE_ALPHA;
  }
  ADVECT_ACTIVATION_FUNCTION slope(float y) {
    return y > 0.0f ? ADVECT_SELU_SCALE : y + ADVECT_SELU_SCALE_ALPHA;
  }
};

struct Activation_silu {
  ADVECT_ACTIVATION_FUNCTION forward(float z, float* kept) {
    float s = advect_sigmoid(z);
    float y = z * s;
    *kept = fmaf(y, 1.0f - s, s);
    return y;
  }
  ADVECT_ACTIVATION_FUNCTION slope(float kept) { return kept; }
};

struct Activation_gelu {
  ADVECT_ACTIVATION_FUNCTION forward(float z, float* kept) {
    float below = 0.5f * (advect_erf(z * 0.70710678118654752f) + 1.0f);
    float density = 0.39894228040143268f * advect_exp(-0.5f * z * z);
    *kept = fmaf(z, density, below);
    return z * below;
  }
  ADVECT_ACTIVATION_FUNCTION slope(float kept) { return kept; }
};

struct Activation_tanh {
  ADVECT_ACTIVATION_FUNCTION forward(float z, float* kept) { return *kept = advect_tanh(z); }
  ADVECT_ACTIVATION_FUNCTION slope(float y) { return fmaf(-y, y, 1.0f); }
};

struct Activation_softplus {
  ADVECT_ACTIVATION_FUNCTION forward(float z, float* kept) {
    return *kept = advect_max(z, 0.0f) + advect_log1p(advect_exp(-fabsf(z)));
  }
  ADVECT_ACTIVATION_FUNCTION slope(float y) { return -advect_expm1(-y); }
};

struct Activation_relu {
  ADVECT_ACTIVATION_FUNCTION forward(float z, float* kept) { return *kept = z > 0.0f ? z : 0.0f; }
  ADVECT_ACTIVATION_FUNCTION slope(float y) { return y > 0.0f ? 1.0f : 0.0f; }
};

struct Activation_elu {
  ADVECT_ACTIVATION_FUNCTION forward(float z, float* kept) {
    return *kept = z > 0.0f ? z : advect_expm1(z);
  }
  ADVECT_ACTIVATION_FUNCTION slope(float y) { return y > 0.0f ? 1.0f : y + 1.0f; }
};

struct Activation_identity {
  ADVECT_ACTIVATION_FUNCTION forward(float z, float* kept) { return *kept = z; }
  ADVECT_ACTIVATION_FUNCTION slope(float) { return 1.0f; }
};

#endif
