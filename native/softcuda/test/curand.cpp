// Numbers by cuRAND.
#include <cmath>

#include "device.h"

namespace {

constexpr int philox = 161;

class Generator {
 public:
  Generator(Checks& checks, bool onHost, unsigned long long seed) : checks(checks) {
    checks.equal("create", onHost ? curandCreateGeneratorHost(&handle, philox)
                                  : curandCreateGenerator(&handle, philox), 0);
    checks.equal("seed", curandSetPseudoRandomGeneratorSeed(handle, seed), 0);
  }
  ~Generator() { checks.equal("destroy", curandDestroyGenerator(handle), 0); }

  std::vector<float> uniforms(size_t count) {
    std::vector<float> values(count);
    checks.equal("uniforms", curandGenerateUniform(handle, values.data(), count), 0);
    return values;
  }

  std::vector<float> normals(size_t count) {
    std::vector<float> values(count);
    checks.equal("normals", curandGenerateNormal(handle, values.data(), count, 0, 1), 0);
    return values;
  }

  Checks& checks;
  void* handle = nullptr;
};

// The known answer of Philox4x32-10 for a counter and a key of zeros, from Random123's kat_vectors.
const Case known("the first words are Philox's known answer", {}, [](Checks& checks) {
  std::vector<float> got = Generator(checks, true, 0).uniforms(4);
  const uint32_t words[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  for (size_t i = 0; i < 4; i++) {
    checks.equal("a uniform", got[i], static_cast<float>(words[i]) * 0x1p-32f + 0x1p-33f);
  }
});

const Case sequence("a sequence goes on, and starts at any offset", {}, [](Checks& checks) {
  Generator whole(checks, true, 42);
  std::vector<float> all = whole.uniforms(262160);
  Generator parts(checks, true, 42);
  std::vector<float> first = parts.uniforms(10);
  std::vector<float> second = parts.uniforms(7);
  checks.equal("offset", curandSetGeneratorOffset(parts.handle, 262140), 0);
  std::vector<float> last = parts.uniforms(20);
  for (size_t i = 0; i < 10; i++) {
    checks.equal("first", first[i], all[i]);
  }
  for (size_t i = 0; i < 7; i++) {
    checks.equal("second", second[i], all[10 + i]);
  }
  for (size_t i = 0; i < 20; i++) {
    checks.equal("last, over the 65536th block", last[i], all[262140 + i]);
  }
  for (float value : all) {
    if (!(value > 0 && value <= 1)) {
      checks.that("on (0, 1]", false);
    }
  }
});

const Case normal("normals are those of the uniforms before them", {}, [](Checks& checks) {
  constexpr size_t count = 20000;
  std::vector<float> uniforms = Generator(checks, true, 7).uniforms(count);
  std::vector<float> normals = Generator(checks, true, 7).normals(count);
  double mean = 0, square = 0;
  for (size_t i = 0; i < count; i += 2) {
    double radius = std::sqrt(-2 * std::log(double(uniforms[i])));
    double angle = 2 * M_PI * uniforms[i + 1];
    checks.near("sine", normals[i], radius * std::sin(angle), 4e-6);
    checks.near("cosine", normals[i + 1], radius * std::cos(angle), 4e-6);
    mean += normals[i] + normals[i + 1];
    square += normals[i] * normals[i] + normals[i + 1] * normals[i + 1];
  }
  checks.near("mean", mean / count, 0, 4 / std::sqrt(double(count)));
  checks.near("variance", square / count, 1, 6 / std::sqrt(double(count)));
});

const Case onDevice("the device makes the host's sequence, on its stream",
                    {{"SOFTCUDA_DELAY", "lazy"}}, [](Checks& checks) {
                      Context context(checks);
                      void* stream = context.stream();
                      uint64_t array = context.array(std::vector<float>(100));
                      Generator device(checks, false, 5);
                      checks.equal("stream", curandSetStream(device.handle, stream), 0);
                      float* to = reinterpret_cast<float*>(array);
                      checks.equal("uniforms", curandGenerateUniform(device.handle, to, 60), 0);
                      to += 60;
                      checks.equal("normals", curandGenerateNormal(device.handle, to, 40, 1, 2), 0);
                      checks.equal("under way", cuStreamQuery(stream), 600);
                      checks.equal("synchronize", cuStreamSynchronize(stream), 0);
                      std::vector<float> got = context.values(array, 100);
                      Generator host(checks, true, 5);
                      std::vector<float> uniforms = host.uniforms(60);
                      std::vector<float> normals = host.normals(40);
                      for (size_t i = 0; i < 60; i++) {
                        checks.equal("a uniform", got[i], uniforms[i]);
                      }
                      for (size_t i = 0; i < 40; i++) {
                        checks.near("a normal", got[60 + i], 1 + 2 * normals[i], 1e-6);
                      }
                    });

const Case misuse("misuse has its status", {}, [](Checks& checks) {
  Context context(checks);
  void* handle = nullptr;
  float values[3];
  checks.equal("another kind", curandCreateGenerator(&handle, 100), 103);
  Generator host(checks, true, 1);
  checks.equal("an odd count", curandGenerateNormal(host.handle, values, 3, 0, 1), 105);
  checks.equal("no generator", curandGenerateUniform(&handle, values, 3), 101);
});

const Case pastTheEnd(
    "numbers past the end of memory are a fault", {},
    [](Checks& checks) {
      Context context(checks);
      uint64_t array = context.array({1, 2});
      Generator device(checks, false, 1);
      checks.equal("generate",
                   curandGenerateUniform(device.handle, reinterpret_cast<float*>(array), 3), 0);
      checks.equal("synchronize", cuCtxSynchronize(), 700);
      context.abandon();
    },
    {"curandGenerateUniform goes over 12 bytes"});

}  // namespace
