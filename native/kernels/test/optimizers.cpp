// Checks of the kernels that move the parameters.
#include "checks.h"

namespace {
struct Moments {
  float beta1, gain1, log1, beta2, gain2, log2, epsilon, decay;
};

constexpr long long count = 1027;
const Moments moments = {0.9f,           0.1f,       (float)std::log(0.9), 0.999f,
                         (float)(1 - .999), (float)std::log(0.999), 1e-8f, 0.1f};

void checkAdam(Device& device, Checks& checks, const std::string& name) {
  bool decoupled = name == "adamw";
  bool largest = name == "adamax";
  Floats w = normals(count, 50), m = normals(count, 51), v = normals(count, 52);
  Floats g = normals(count, 53);
  for (float& x : v) {
    x = std::fabs(x);
  }
  Array<Run> run(device, {{0, 3, 0, 0, 3, 0, 0}});
  Array<float> onW(device, w), onM(device, m), onV(device, v), onG(device, g);
  Array<float> rate(device, {0.01f}), factor(device, {0.5f});
  device.launch(name.c_str(), 2, 256, 0, onW, onM, onV, onG, rate, factor, run, moments, count);
  Floats moved = onW.values(), mean = onM.values(), second = onV.values();
  const double n = 4;
  for (int i = 0; i < count; i++) {
    double x = w[i] * (decoupled ? 1 - 0.01 * 0.1 : 1);
    double d = g[i] * 0.5 + (decoupled ? 0 : 0.1 * x);
    double mm = 0.9 * m[i] + 0.1 * d;
    double vv = largest ? std::fmax(0.999 * v[i], std::fabs(d) + 1e-8)
                        : 0.999 * v[i] + 0.001 * d * d;
    double size = largest ? vv : std::sqrt(vv / (1 - std::pow(0.999, n))) + 1e-8;
    checks.near(name, moved[i], x - 0.01 * mm / (1 - std::pow(0.9, n)) / size, 2e-6);
    checks.near(name + " mean", mean[i], mm, 1e-6);
    checks.near(name + " size", second[i], vv, 1e-6);
  }
}
}  // namespace

void checkOptimizers(Device& device, Checks& checks) {
  for (const char* name : {"adam", "adamw", "adamax"}) {
    checkAdam(device, checks, name);
  }
  Floats w = normals(count, 54), m = normals(count, 55), g = normals(count, 56);
  Array<Run> run(device, {{0, 3, 0, 0, 3, 0, 0}});
  Array<float> onM(device, m), onG(device, g), rate(device, {0.01f});
  Array<float> plain(device, w), heavy(device, w), average(device, w);
  device.launch("sgd", 2, 256, 0, plain, null, onG, rate, null, 0.0f, 0.1f, count);
  device.launch("sgd", 2, 256, 0, heavy, onM, onG, rate, null, 0.9f, 0.1f, count);
  device.launch("ema", 2, 256, 0, average, onG, run, 0.999f, count);
  Floats moved = plain.values(), carried = heavy.values(), mean = average.values();
  double squares = 0;
  for (int i = 0; i < count; i++) {
    double d = g[i] + 0.1 * w[i];
    squares += (double)g[i] * g[i];
    checks.near("sgd", moved[i], w[i] - 0.01 * d, 1e-6);
    checks.near("sgd with momentum", carried[i], w[i] - 0.01 * (0.9 * m[i] + d), 1e-6);
    checks.near("ema", mean[i], g[i] + ((double)w[i] - g[i]) * 5 / 14, 1e-6);
  }
  Array<float> partials(device, Floats(2)), factor(device, Floats(1));
  device.launch("square_sums", 2, 256, 0, partials, onG, count);
  device.launch("clip_factor", 1, 256, 0, factor, partials, 2, 1.0f);
  checks.near("clip_factor", factor.values()[0], 1 / (std::sqrt(squares) + 1e-6), 1e-6);
  device.launch("clip_factor", 1, 256, 0, factor, partials, 2, 1e6f);
  checks.same("clip_factor of a small norm", factor.values()[0], 1);
}
