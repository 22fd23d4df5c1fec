// Checks of the kernels that draw random numbers, and of those that count and watch.
#include "checks.h"

namespace {
// The four words of a block by Philox4x32-10, in 64-bit arithmetic.
struct Block {
  uint32_t word[4];
};

Block philox(const Run& run, int purpose, uint64_t sample, uint32_t block) {
  uint32_t c[4] = {(uint32_t)sample, block | (uint32_t)(sample >> 32) << 24, (uint32_t)run.step,
                   ((uint32_t)(run.step >> 32) & 0xffff) | (uint32_t)purpose << 16};
  uint32_t key[2] = {(uint32_t)run.seed, (uint32_t)(run.seed >> 32)};
  for (int round = 0; round < 10; round++) {
    uint64_t first = (uint64_t)c[0] * 0xd2511f53u;
    uint64_t second = (uint64_t)c[2] * 0xcd9e8d57u;
    c[0] = (uint32_t)(second >> 32) ^ c[1] ^ key[0];
    c[1] = (uint32_t)second;
    c[2] = (uint32_t)(first >> 32) ^ c[3] ^ key[1];
    c[3] = (uint32_t)first;
    key[0] += 0x9e3779b9u;
    key[1] += 0xbb67ae85u;
  }
  return {{c[0], c[1], c[2], c[3]}};
}

float uniform(uint32_t word) { return (float)word * 0x1p-32f + 0x1p-33f; }

// Element k of a block of normals, in double.
double normal(const Block& block, int k) {
  const double pi = 3.14159265358979323846;
  double radius = std::sqrt(-2 * std::log((double)uniform(block.word[k & 2])));
  uint32_t word = block.word[(k & 2) + 1];
  double angle = ((int)(word << 2) >> 8) * (pi / 4 * 0x1p-23) + (word >> 30) * (pi / 2);
  return radius * (k % 2 == 0 ? std::sin(angle) : std::cos(angle));
}

double element(const std::string& law, const Block& block, int k, int bound) {
  uint32_t word = block.word[k];
  if (law == "uniform") {
    return uniform(word);
  }
  if (law == "rademacher") {
    return word >> 31 != 0 ? -1 : 1;
  }
  return law == "index" ? (double)((uint64_t)word * bound >> 32) : normal(block, k);
}
}  // namespace

void checkDraws(Device& device, Checks& checks) {
  const int elements = 6;
  const int samples = 1000;
  const int ld = pitch(samples);
  const Run facts = {0x923456789abcdefull, (1ull << 32) + 3, (3ull << 33) - 500, 0, 3, 0, 0};
  Array<Run> run(device, {facts});
  Array<float> out(device, Floats(elements * ld));
  for (const char* law : {"uniform", "normal", "rademacher", "index"}) {
    std::string name = std::string("draw_") + law;
    device.launch(name.c_str(), 5, 256, 0, out, ld, run, 4097, 12345, elements, samples);
    Floats values = out.values();
    for (int e = 0; e < elements; e++) {
      for (int s = 0; s < samples; s++) {
        Block block = philox(facts, 4097, facts.first + s, e / 4);
        double tolerance = name == "draw_normal" ? 3e-7 : 0;
        checks.near(name, values[e * ld + s], element(law, block, e % 4, 12345), tolerance);
      }
    }
  }
  Array<float> index(device, Floats(ld));
  device.launch("sample_index", 16, 256, 0, index, run, samples);
  checks.same("sample_index", index.values()[8], (float)(facts.first + 8));
  device.launch("next_step", 1, 1, 0, run);
  checks.same("next_step", run.values()[0].step, facts.step + 1);
  checks.same("next_step as a float", run.values()[0].stepAsFloat, (float)(facts.step + 1));
  const unsigned long long none = ~0ull;
  Array<unsigned long long> bad(device, {none});
  Floats values = normals(3 * 64, 14);
  values[2 * 64 + 7] = NAN;
  values[9] = INFINITY;
  Array<float> checked(device, values);
  device.launch("check_finite", 1, 256, 0, checked, 64, 3, 40, bad);
  checks.same("check_finite", bad.values()[0], 7 * 3 + 2);
}
