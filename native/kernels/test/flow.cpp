// Checks of the kernels made for flow matching, but the solve of a whole network.
#include "checks.h"

const char* const activationNames[8] = {"selu", "silu",     "gelu", "tanh",
                                        "softplus", "relu", "elu",  "identity"};

double activation(int k, double z) {
  const double scale = 1.0507009873554804934;
  const double alpha = 1.6732632423543772848;
  switch (k) {
    case 0: return z > 0 ? scale * z : scale * alpha * std::expm1(z);
    case 1: return z / (1 + std::exp(-z));
    case 2: return z * 0.5 * (1 + std::erf(z * std::sqrt(0.5)));
    case 3: return std::tanh(z);
    case 4: return std::log1p(std::exp(z));
    case 5: return z > 0 ? z : 0;
    case 6: return z > 0 ? z : std::expm1(z);
    default: return z;
  }
}

void checkLayers(Device& device, Checks& checks) {
  const int features = 5;
  const int samples = 71;
  const int ld = pitch(samples);
  const double e = 1e-6;
  Floats z = normals(features * ld, 11), bias = normals(features, 12);
  Floats dy = normals(features * ld, 13);
  Array<float> onZ(device, z), onBias(device, bias), onDy(device, dy);
  for (int k = 0; k < 8; k++) {
    std::string name = std::string("bias_") + activationNames[k];
    Array<float> y(device, Floats(features * ld)), kept(device, Floats(features * ld));
    Array<float> dz(device, Floats(features * ld)), dbias(device, Floats(features * 2));
    device.launch(name.c_str(), 1, 256, 0, y, kept, onZ, onBias, ld, features, samples);
    device.launch((name + "_backward").c_str(), 3, 256, 0, dz, dbias, onDy, kept, ld, features,
                  samples, 2, 0);
    Floats forward = y.values(), backward = dz.values(), sums = dbias.values();
    for (int f = 0; f < features; f++) {
      double sum = 0;
      for (int s = 0; s < samples; s++) {
        double x = (double)(z[f * ld + s] + bias[f]);
        double slope = (activation(k, x + e) - activation(k, x - e)) / (2 * e);
        sum += slope * dy[f * ld + s];
        checks.near(name, forward[f * ld + s], activation(k, x), 1e-6);
        checks.near(name + " backward", backward[f * ld + s], slope * dy[f * ld + s], 3e-6);
      }
      checks.near(name + " of the bias", sums[2 * f] + sums[2 * f + 1], sum, 1e-5);
    }
  }
}

void checkPaths(Device& device, Checks& checks) {
  const int features = 6;
  const int samples = 71;
  const int ld = pitch(samples);
  Array<Run> run(device, {{0x123456789abcdefull, 3, 1000, 1.0f / 300, 3, 0, 0}});
  Floats x1 = normals(features * ld, 15), c = normals(4 * ld, 16);
  Array<float> onX1(device, x1), onC(device, c), noise(device, Floats(features * ld));
  Array<float> xt(device, Floats(features * ld)), velocity(device, Floats(features * ld));
  Array<float> x0(device, Floats(features * ld)), loss(device, Floats(ld));
  Array<float> gradient(device, Floats(features * ld));
  device.launch("draw_normal", 1, 256, 0, noise, ld, run, 4, 0, features, samples);
  device.launch("gaussian_path", 1, 256, 0, xt, velocity, x0, onX1, onC, run, 4, ld, features,
                samples);
  device.launch("squared_loss", 2, 256, 0, loss, gradient, xt, velocity, run, ld, features,
                samples);
  Floats drawn = noise.values(), source = x0.values(), point = xt.values();
  Floats rate = velocity.values(), slope = gradient.values(), charged = loss.values();
  for (int s = 0; s < samples; s++) {
    double sum = 0;
    for (int f = 0; f < features; f++) {
      int i = f * ld + s;
      double error = (double)point[i] - rate[i];
      sum += error * error / features;
      checks.same("x0", source[i], drawn[i]);
      checks.near("xt", point[i], c[s] * x1[i] + c[ld + s] * drawn[i], 1e-6);
      checks.near("velocity", rate[i], c[2 * ld + s] * x1[i] + c[3 * ld + s] * drawn[i], 1e-6);
      checks.near("gradient", slope[i], 2 * error / features / 300, 1e-6);
    }
    checks.near("loss", charged[s], sum, 1e-6);
  }
}

void checkEuler(Device& device, Checks& checks) {
  const int features = 6;
  const int samples = 71;
  const int probes = 2;
  const int ld = pitch(samples);
  Array<Run> run(device, {{0x123456789abcdefull, 3, 1000, 1.0f / 300, 3, 0, 0}});
  Floats x = normals(features * ld, 17), v = normals(features * ld, 18);
  Floats bias = normals(features, 19), je = normals(probes * features * ld, 20);
  Floats density = normals(probes * ld, 21);
  Array<float> onV(device, v), onBias(device, bias), onJe(device, je), h(device, {0.1f});
  Array<float> alone(device, x), both(device, x), onDensity(device, density);
  Array<float> trace(device, Floats(probes * ld));
  device.launch("euler_step", 1, 256, 0, alone, onV, onBias, h, ld, features, samples);
  device.launch("euler_step_trace", 2, 256, 0, both, onDensity, onV, onBias, onJe, run, 4096,
                probes, h, ld, features, samples);
  device.launch("rademacher_trace", 2, 256, 0, trace, onJe, run, 4096, probes, ld, features,
                samples);
  Floats end = alone.values(), again = both.values();
  for (int f = 0; f < features; f++) {
    for (int s = 0; s < samples; s++) {
      int i = f * ld + s;
      checks.near("euler_step", end[i], x[i] + 0.1 * ((double)v[i] + bias[f]), 1e-6);
      checks.same("euler_step_trace", again[i], end[i]);
    }
  }
  Floats traces = trace.values(), densities = onDensity.values();
  for (int p = 0; p < probes; p++) {
    Array<float> signs(device, Floats(features * ld));
    device.launch("draw_rademacher", 1, 256, 0, signs, ld, run, 4096 + p, 0, features, samples);
    Floats drawn = signs.values();
    for (int s = 0; s < samples; s++) {
      double sum = 0;
      for (int f = 0; f < features; f++) {
        sum += (double)drawn[f * ld + s] * je[(p * features + f) * ld + s];
      }
      checks.near("rademacher_trace", traces[p * ld + s], sum, 1e-6);
      checks.near("log density", densities[p * ld + s], density[p * ld + s] - 0.1 * sum, 1e-6);
    }
  }
}
