// Checks of the kernel that carries a narrow network through a whole solve.
#include <memory>

#include "checks.h"

namespace {
struct Layer {
  uint64_t weight;
  uint64_t bias;
};

struct MlpSolve {
  int dim, width, hidden, time, conditions, activation, steps, first, direction, passes;
};

struct Weights {
  std::vector<Floats> weight;
  std::vector<Floats> bias;
};

Weights network(const MlpSolve& m) {
  Weights w;
  int in = m.dim + m.time + m.conditions;
  for (int l = 0; l <= m.hidden; l++) {
    int out = l == m.hidden ? m.dim : m.width;
    w.weight.push_back(normals(out * in, 22 + l));
    for (float& x : w.weight.back()) {
      x /= std::sqrt((float)in);
    }
    w.bias.push_back(normals(out, 32 + l));
    in = out;
  }
  return w;
}

// The velocity at x, t under a condition, in double.
std::vector<double> velocity(const MlpSolve& m, const Weights& w, std::vector<double> x, double t,
                             const std::vector<double>& condition) {
  const double pi = 3.14159265358979323846;
  x.push_back(t);
  for (int k = 1; k <= 3 && m.time == 7; k++) {
    x.push_back(std::cos(k * pi * t));
  }
  for (int k = 1; k <= 3 && m.time == 7; k++) {
    x.push_back(std::sin(k * pi * t));
  }
  x.insert(x.end(), condition.begin(), condition.end());
  for (int l = 0; l <= m.hidden; l++) {
    std::vector<double> next;
    for (size_t o = 0; o < w.bias[l].size(); o++) {
      double z = w.bias[l][o];
      for (size_t k = 0; k < x.size(); k++) {
        z += w.weight[l][o * x.size() + k] * x[k];
      }
      next.push_back(l < m.hidden ? activation(m.activation, z) : z);
    }
    x = next;
  }
  return x;
}

void check(Device& device, Checks& checks, const MlpSolve& m) {
  const int samples = 97;
  const int ld = pitch(samples);
  Weights w = network(m);
  std::vector<std::unique_ptr<Array<float>>> arrays;
  std::vector<Layer> layers;
  for (int l = 0; l <= m.hidden; l++) {
    arrays.push_back(std::make_unique<Array<float>>(device, w.weight[l]));
    arrays.push_back(std::make_unique<Array<float>>(device, w.bias[l]));
    layers.push_back({arrays[2 * l]->address, arrays[2 * l + 1]->address});
  }
  Floats x = normals(m.dim * ld, 42), c = normals((m.conditions + 1) * ld, 43);
  Array<float> state(device, x), condition(device, c);
  Array<Layer> onLayers(device, layers);
  int width = m.width <= 64 ? 64 : 128;
  int inputs = m.dim + m.time + m.conditions;
  unsigned bytes = 4 * (width * (inputs + (m.hidden - 1) * width + m.hidden + m.dim + 68) + 8);
  device.launch(width == 64 ? "euler_mlp_64" : "euler_mlp_128", 1, 128, bytes, state, onLayers,
                m.conditions > 0 ? condition.address : null, m, ld, samples);
  Floats end = state.values();
  for (int s = 0; s < samples; s += 4) {
    std::vector<double> y, given;
    for (int d = 0; d < m.dim; d++) {
      y.push_back(x[d * ld + s]);
    }
    for (int k = 0; k < m.conditions; k++) {
      given.push_back(c[k * ld + s]);
    }
    for (int pass = 0; pass < m.passes; pass++) {
      double t = (double)(m.first + m.direction * pass) / m.steps;
      std::vector<double> v = velocity(m, w, y, t, given);
      for (int d = 0; d < m.dim; d++) {
        y[d] += v[d] * m.direction / m.steps;
      }
    }
    for (int d = 0; d < m.dim; d++) {
      checks.near("euler_mlp", end[d * ld + s], y[d], 2e-5);
    }
  }
}
}  // namespace

void checkEulerMlp(Device& device, Checks& checks) {
  for (int k = 0; k < 8; k++) {
    check(device, checks, {3, 10, 2, 1, 0, k, 20, 3, 1, 2});
  }
  check(device, checks, {2, 64, 3, 1, 0, 0, 10, 0, 1, 3});
  check(device, checks, {8, 64, 1, 7, 2, 1, 10, 10, -1, 2});
  check(device, checks, {1, 100, 2, 7, 0, 3, 10, 0, 1, 2});
}
