// The whole solve of dx/dt = v(x, t) by Euler's method for a narrow multilayer perceptron v, in one
// kernel: weights in shared memory, the state in registers, nothing stored but the end.
//
// A block of 128 threads carries 64 samples through all steps. Hidden values lie in shared memory,
// feature by feature with a pitch of 68 floats, so that neighbouring rows start four banks apart;
// each thread makes 8 samples x Width / 16 features of a layer from 8 + Width / 16 numbers a term.
// Features are taken 16 apart, which keeps both the reads of weights and the writes of results free
// of bank conflicts. Widths below Width are padded with weights of 0.
//
// Launch: ceil(samples / 64) blocks of 128, or fewer, with dynamic shared memory of 4 bytes times
//
//   Width (inputs + (hidden - 1) Width + hidden + dim + 68) + 8
//
// where inputs = dim + time + conditions. Use it where that fits an SM, dim is at most 8, inputs
// and width are at most Width. Bytes a sample: 8 dim for the whole solve, and 4 a condition and
// step.
#include "activation.cuh"
#include "operand.cuh"

#define ADVECT_MLP_THREADS 128
#define ADVECT_MLP_SAMPLES 64
#define ADVECT_MLP_PITCH 68
#define ADVECT_MLP_DIM 8

// A layer's parameters, as PyTorch lays them out: weight [out, in], bias [out].
struct Layer {
  const float* weight;
  const float* bias;
};

// The network and the solve: steps first, first + direction, ... of size direction / steps.
struct MlpSolve {
  int dim;
  int width;
  int hidden;      // layers of width
  int time;        // features of t: 1 for t, 7 for t, cos(k pi t) and sin(k pi t), k = 1, 2, 3
  int conditions;  // rows of the condition
  int activation;  // index in ADVECT_ACTIVATIONS
  int steps;
  int first;
  int direction;
  int passes;
};

// Where things lie in shared memory.
template <int Width>
struct MlpMemory {
  float* values;   // [Width][pitch], the input of the layer at hand
  float* weights;  // [in][Width] for each hidden layer
  float* biases;   // [Width] for each hidden layer
  float* last;     // [dim][Width]
  float* lastBias;

  __device__ MlpMemory(float* memory, const MlpSolve& mlp) {
    int inputs = mlp.dim + mlp.time + mlp.conditions;
    values = memory;
    weights = values + Width * ADVECT_MLP_PITCH;
    biases = weights + (inputs + (mlp.hidden - 1) * Width) * Width;
    last = biases + mlp.hidden * Width;
    lastBias = last + mlp.dim * Width;
  }
};

// to[k][o] = weight[o][k], 0 beyond the layer's own size.
template <int Width>
__device__ __forceinline__ void loadLayer(float* to, float* bias, const Layer& layer, int in,
                                          int paddedIn, int out) {
  for (int i = threadIdx.x; i < paddedIn * Width; i += ADVECT_MLP_THREADS) {
    int k = i / Width;
    int o = i % Width;
    to[i] = k < in && o < out ? layer.weight[o * in + k] : 0.0f;
  }
  for (int o = threadIdx.x; o < Width; o += ADVECT_MLP_THREADS) {
    bias[o] = o < out ? layer.bias[o] : 0.0f;
  }
}

template <int Width>
__device__ __forceinline__ void loadNetwork(const MlpMemory<Width>& memory, const Layer* layers,
                                            const MlpSolve& mlp) {
  int inputs = mlp.dim + mlp.time + mlp.conditions;
  loadLayer<Width>(memory.weights, memory.biases, layers[0], inputs, inputs, mlp.width);
  for (int l = 1; l < mlp.hidden; l++) {
    loadLayer<Width>(memory.weights + (inputs + (l - 1) * Width) * Width,
                     memory.biases + l * Width, layers[l], mlp.width, Width, mlp.width);
  }
  Layer layer = layers[mlp.hidden];
  for (int i = threadIdx.x; i < mlp.dim * Width; i += ADVECT_MLP_THREADS) {
    int k = i % Width;
    memory.last[i] = k < mlp.width ? layer.weight[i / Width * mlp.width + k] : 0.0f;
  }
  for (int d = threadIdx.x; d < mlp.dim; d += ADVECT_MLP_THREADS) {
    memory.lastBias[d] = layer.bias[d];
  }
}

// values = the activation of values, element by element.
template <class Activation, int Width>
__device__ __forceinline__ void activate(float* values) {
#pragma unroll 1
  for (int i = threadIdx.x; i < Width * ADVECT_MLP_SAMPLES; i += ADVECT_MLP_THREADS) {
    float* at = values + i / ADVECT_MLP_SAMPLES * ADVECT_MLP_PITCH + i % ADVECT_MLP_SAMPLES;
    float kept;
    *at = Activation::forward(*at, &kept);
  }
}

template <int Width>
__device__ __forceinline__ void activate(float* values, int activation) {
  int index = 0;
#define ADVECT_IF_ACTIVATION(name)              \
  if (activation == index++) {                  \
    activate<Activation_##name, Width>(values); \
  }
  ADVECT_ACTIVATIONS(ADVECT_IF_ACTIVATION)
#undef ADVECT_IF_ACTIVATION
}

// values = activation(weights^T values + bias) for the block's samples.
template <int Width>
__device__ __forceinline__ void hiddenLayer(float* values, const float* weights, const float* bias,
                                            int rows, int activation) {
  constexpr int features = Width / 16;
  int feature = threadIdx.x % 16;
  int sample = threadIdx.x / 16 * 8;
  float sum[features][8];
#pragma unroll
  for (int o = 0; o < features; o++) {
#pragma unroll
    for (int s = 0; s < 8; s++) {
      sum[o][s] = bias[feature + 16 * o];
    }
  }
#pragma unroll 2
  for (int k = 0; k < rows; k++) {
    float in[8];
    *reinterpret_cast<float4*>(in) =
        *reinterpret_cast<const float4*>(values + k * ADVECT_MLP_PITCH + sample);
    *reinterpret_cast<float4*>(in + 4) =
        *reinterpret_cast<const float4*>(values + k * ADVECT_MLP_PITCH + sample + 4);
#pragma unroll
    for (int o = 0; o < features; o++) {
      float w = weights[k * Width + feature + 16 * o];
#pragma unroll
      for (int s = 0; s < 8; s++) {
        sum[o][s] = fmaf(w, in[s], sum[o][s]);
      }
    }
  }
  __syncthreads();  // all have read
#pragma unroll
  for (int o = 0; o < features; o++) {
    float* row = values + (feature + 16 * o) * ADVECT_MLP_PITCH + sample;
    *reinterpret_cast<float4*>(row) = make_float4(sum[o][0], sum[o][1], sum[o][2], sum[o][3]);
    *reinterpret_cast<float4*>(row + 4) = make_float4(sum[o][4], sum[o][5], sum[o][6], sum[o][7]);
  }
  __syncthreads();
  activate<Width>(values, activation);
  __syncthreads();
}

// Feature r of the time t.
__device__ __forceinline__ float timeFeature(int r, float t) {
  if (r == 0) {
    return t;
  }
  int k = r <= 3 ? r : r - 3;
  float angle = t * (float)k * 3.14159265358979324f;
  return advect_wave(angle, r <= 3 ? 1 : 0);
}

// The rows of the first layer's input below the state: the time's features, then the condition's.
__device__ __forceinline__ void writeContext(float* rows, float t, const float* condition,
                                             const MlpSolve& mlp, int first, int ld,
                                             int samples) {
  for (int i = threadIdx.x; i < (mlp.time + mlp.conditions) * ADVECT_MLP_SAMPLES;
       i += ADVECT_MLP_THREADS) {
    int r = i / ADVECT_MLP_SAMPLES;
    int lane = i % ADVECT_MLP_SAMPLES;
    int s = first + lane;
    float value = 0.0f;
    if (r < mlp.time) {
      value = timeFeature(r, t);
    } else if (s < samples) {
      value = condition[(long long)(r - mlp.time) * ld + s];
    }
    rows[r * ADVECT_MLP_PITCH + lane] = value;
  }
}

// All passes for 64 samples from first on. Thread (lane, half) holds every second coordinate of a
// sample, from half on.
template <int Width>
__device__ __forceinline__ void solveTile(float* x, const float* condition,
                                          const MlpMemory<Width>& memory, const MlpSolve& mlp,
                                          int first, int ld, int samples) {
  int lane = threadIdx.x % ADVECT_MLP_SAMPLES;
  int half = threadIdx.x / ADVECT_MLP_SAMPLES;
  int s = first + lane;
  int inputs = mlp.dim + mlp.time + mlp.conditions;
  float h = (float)mlp.direction / (float)mlp.steps;
  float state[ADVECT_MLP_DIM / 2];
#pragma unroll
  for (int i = 0; i < ADVECT_MLP_DIM / 2; i++) {
    int d = half + 2 * i;
    state[i] = d < mlp.dim && s < samples ? x[(long long)d * ld + s] : 0.0f;
  }
  for (int pass = 0; pass < mlp.passes; pass++) {
    float t = (float)(mlp.first + mlp.direction * pass) / (float)mlp.steps;
#pragma unroll
    for (int i = 0; i < ADVECT_MLP_DIM / 2; i++) {
      int d = half + 2 * i;
      if (d < mlp.dim) {
        memory.values[d * ADVECT_MLP_PITCH + lane] = state[i];
      }
    }
    writeContext(memory.values + mlp.dim * ADVECT_MLP_PITCH, t, condition, mlp, first, ld, samples);
    __syncthreads();
    for (int l = 0; l < mlp.hidden; l++) {
      int before = l == 0 ? 0 : inputs + (l - 1) * Width;
      hiddenLayer<Width>(memory.values, memory.weights + before * Width,
                         memory.biases + l * Width, l == 0 ? inputs : Width, mlp.activation);
    }
#pragma unroll
    for (int i = 0; i < ADVECT_MLP_DIM / 2; i++) {
      int d = half + 2 * i;
      if (d < mlp.dim) {
        float v = memory.lastBias[d];
#pragma unroll 4
        for (int k = 0; k < Width; k++) {
          v = fmaf(memory.values[k * ADVECT_MLP_PITCH + lane], memory.last[d * Width + k], v);
        }
        state[i] += h * v;
      }
    }
    __syncthreads();  // the next pass writes what this one has read
  }
#pragma unroll
  for (int i = 0; i < ADVECT_MLP_DIM / 2; i++) {
    int d = half + 2 * i;
    if (d < mlp.dim && s < samples) {
      x[(long long)d * ld + s] = state[i];
    }
  }
}

template <int Width>
__device__ __forceinline__ void eulerMlp(float* x, const Layer* layers, const float* condition,
                                         const MlpSolve& mlp, int ld, int samples) {
  extern __shared__ float4 shared[];
  MlpMemory<Width> memory(reinterpret_cast<float*>(shared), mlp);
  loadNetwork<Width>(memory, layers, mlp);
  __syncthreads();
  int tiles = (samples + ADVECT_MLP_SAMPLES - 1) / ADVECT_MLP_SAMPLES;
  for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    solveTile<Width>(x, condition, memory, mlp, tile * ADVECT_MLP_SAMPLES, ld, samples);
  }
}

// Moves x, sample[dim], to the end of the solve. layers holds hidden + 1 layers; condition, rows of
// each sample, may be null if there are none. For widths up to 64.
extern "C" __global__ void __launch_bounds__(ADVECT_MLP_THREADS, 1)
    euler_mlp_64(float* x, const Layer* layers, const float* condition, MlpSolve mlp, int ld,
                 int samples) {
  eulerMlp<64>(x, layers, condition, mlp, ld, samples);
}

// The same for widths up to 128.
extern "C" __global__ void __launch_bounds__(ADVECT_MLP_THREADS, 1)
    euler_mlp_128(float* x, const Layer* layers, const float* condition, MlpSolve mlp, int ld,
                  int samples) {
  eulerMlp<128>(x, layers, condition, mlp, ld, samples);
}
