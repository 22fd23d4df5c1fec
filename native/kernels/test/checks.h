// What the checks of all kernels share: a count of them, numbers to compute with, and the structs
// that kernels take.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "device.h"

using Floats = std::vector<float>;

// Twins of the structs of operand.cuh, with addresses of the device.
struct Operand {
  uint64_t base;
  uint64_t map;
  int featureStride;
  int sampleStride;
  float constant;
  int unused;
};

struct Run {
  uint64_t seed;
  uint64_t step;
  uint64_t first;
  float reciprocalBatch;
  float stepAsFloat;
  unsigned samples;
  unsigned unused;
};

// Compares numbers, and counts.
class Checks {
 public:
  // Equal to within a tolerance, relative above 1 and absolute below.
  void near(const std::string& what, double got, double want, double tolerance) {
    done++;
    bool same = got == want || (std::isnan(got) && std::isnan(want)) ||
                std::fabs(got - want) <= tolerance * (1 + std::fabs(want));
    if (!same && failed++ < 20) {
      std::printf("%s: %.9g, and not %.9g\n", what.c_str(), got, want);
    }
  }

  void same(const std::string& what, double got, double want) { near(what, got, want, 0); }

  long done = 0;
  long failed = 0;
};

// The distance between features of a value of so many samples.
inline int pitch(int samples) { return (samples + 31) / 32 * 32; }

inline Floats normals(size_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> law;
  Floats values(count);
  for (float& value : values) {
    value = law(generator);
  }
  return values;
}

inline Operand perSample(const Array<float>& base, int ld) {
  return {base.address, 0, ld, 1, 0, 0};
}

inline Operand shared(const Array<float>& base) { return {base.address, 0, 1, 0, 0, 0}; }
inline Operand constant(float value) { return {0, 0, 0, 0, value, 0}; }

// Activation k of dev.advect.nn.Activation in double; 7 is the identity.
double activation(int k, double z);

// The names of the activations, as kernels have them.
extern const char* const activationNames[8];

void checkMaps(Device& device, Checks& checks);
void checkLayouts(Device& device, Checks& checks);
void checkSums(Device& device, Checks& checks);
void checkContractions(Device& device, Checks& checks);
void checkTables(Device& device, Checks& checks);
void checkDraws(Device& device, Checks& checks);
void checkLayers(Device& device, Checks& checks);
void checkPaths(Device& device, Checks& checks);
void checkEuler(Device& device, Checks& checks);
void checkEulerMlp(Device& device, Checks& checks);
void checkOptimizers(Device& device, Checks& checks);
