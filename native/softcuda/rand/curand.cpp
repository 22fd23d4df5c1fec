// The functions of cuRAND that Advect binds: the generator Philox4x32-10 with its default ordering,
// on streams of the software device or on the host.
#include <cmath>
#include <cstring>
#include <numbers>

#include "driver.h"
#include "memory.h"

namespace softcuda {
namespace {

constexpr int version = 10400;
constexpr int philox = 161;  // CURAND_RNG_PSEUDO_PHILOX4_32_10

// Statuses of curand.h.
enum Status : int {
  succeeded = 0,
  uninitialized = 101,
  typeError = 103,
  outOfRange = 104,
  lengthNotMultiple = 105,
  launchFailure = 201,
  initializationFailed = 203
};

struct Generator {
  bool onHost;
  void* stream = nullptr;
  uint64_t seed = 0;
  uint64_t offset = 0;  // of the next number in the sequence
  std::mutex mutex;
};

Handles<Generator>& generators() {
  static auto& all = *new Handles<Generator>("cuRAND generator");
  return all;
}

// Block t of the sequence of a seed: numbers 4t to 4t + 3. The counter is split as cuRAND's host
// generator splits it: t's high bits count the rounds of its 65536 threads.
void block(uint64_t seed, uint64_t t, uint32_t out[4]) {
  uint32_t c0 = static_cast<uint32_t>(t >> 16), c1 = 0, c2 = t & 0xFFFF, c3 = 0;
  uint32_t k0 = static_cast<uint32_t>(seed), k1 = static_cast<uint32_t>(seed >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = uint64_t(c0) * 0xD2511F53;
    uint64_t p1 = uint64_t(c2) * 0xCD9E8D57;
    c0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0;
    c2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<uint32_t>(p1);
    c3 = static_cast<uint32_t>(p0);
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

// On (0, 1]: the middle of one of 2^32 cells.
float uniform(uint32_t word) { return static_cast<float>(word) * 0x1p-32f + 0x1p-33f; }

// Box and Muller: of a pair of words the first gives the radius, the second the angle; the first
// number takes the sine, the second the cosine. In double, so it is right to the last bit of a
// float but for rare cases, where cuRAND's own arithmetic in float may be off by some.
float normal(uint32_t forRadius, uint32_t forAngle, bool second) {
  double radius = std::sqrt(-2 * std::log(static_cast<double>(uniform(forRadius))));
  double angle = 2 * std::numbers::pi * (forAngle * 0x1p-32 + 0x1p-33);
  return static_cast<float>(radius * (second ? std::cos(angle) : std::sin(angle)));
}

// Fills `count` floats from a place in the sequence on.
template <class Law>
void fill(float* to, size_t count, uint64_t seed, uint64_t offset, Law law) {
  uint32_t words[4];
  for (size_t i = 0; i < count; i++) {
    uint64_t at = offset + i;
    if (i == 0 || at % 4 == 0) {
      block(seed, at / 4, words);
    }
    to[i] = law(words, at % 4);
  }
}

template <class Body, class... Arguments>
int randCall(const char* function, void* handle, Body&& body, const Arguments&... arguments) {
  int status = injected(function);
  if (status == succeeded) {
    std::shared_ptr<Generator> generator = generators().find(handle);
    status = generator == nullptr ? int(uninitialized) : body(*generator);
  }
  logCall(function, std::to_string(status), handle, arguments...);
  return status;
}

int create(const char* function, void** handle, int kind, bool onHost) {
  int status = injected(function);
  if (status == succeeded && kind != philox) {
    status = typeError;
  }
  if (status == succeeded && !onHost && check(Needs::context) != success) {
    status = initializationFailed;
  }
  if (status == succeeded) {
    auto generator = std::make_shared<Generator>();
    generator->onHost = onHost;
    *handle = generators().add(generator);
  }
  logCall(function, std::to_string(status), out(handle), kind);
  return status;
}

// Numbers of a law from where the generator is. A capture keeps that place.
template <class Law>
int generate(const char* function, Generator& generator, float* to, size_t count, Law law) {
  std::lock_guard lock(generator.mutex);
  uint64_t seed = generator.seed;
  uint64_t offset = generator.offset;
  if (generator.onHost) {
    fill(to, count, seed, offset, law);
    generator.offset += count;
    return succeeded;
  }
  std::shared_ptr<Stream> stream = streamOf(generator.stream);
  if (stream == nullptr || check(Needs::context) != success) {
    return launchFailure;
  }
  auto run = [=, address = reinterpret_cast<uint64_t>(to)] {
    if (count > 0) {
      char* host = memory().at(address, count * 4, function);
      fill(reinterpret_cast<float*>(host), count, seed, offset, law);
    }
  };
  if (enqueue(stream, {.what = function, .run = run}) != success) {
    return launchFailure;
  }
  generator.offset += count;
  return succeeded;
}

}  // namespace
}  // namespace softcuda

using namespace softcuda;

SOFTCUDA_API int curandGetVersion(int* result) {
  *result = version;
  return succeeded;
}

SOFTCUDA_API int curandCreateGenerator(void** handle, int kind) {
  return create("curandCreateGenerator", handle, kind, false);
}

SOFTCUDA_API int curandCreateGeneratorHost(void** handle, int kind) {
  return create("curandCreateGeneratorHost", handle, kind, true);
}

SOFTCUDA_API int curandDestroyGenerator(void* handle) {
  return randCall("curandDestroyGenerator", handle, [&](Generator&) {
    generators().remove(handle);
    return succeeded;
  });
}

SOFTCUDA_API int curandSetStream(void* handle, void* stream) {
  return randCall("curandSetStream", handle, [&](Generator& generator) {
    generator.stream = stream;
    return succeeded;
  }, stream);
}

SOFTCUDA_API int curandSetPseudoRandomGeneratorSeed(void* handle, unsigned long long seed) {
  return randCall("curandSetPseudoRandomGeneratorSeed", handle, [&](Generator& generator) {
    generator.seed = seed;
    return succeeded;
  }, seed);
}

SOFTCUDA_API int curandSetGeneratorOffset(void* handle, unsigned long long offset) {
  return randCall("curandSetGeneratorOffset", handle, [&](Generator& generator) {
    generator.offset = offset;
    return succeeded;
  }, offset);
}

SOFTCUDA_API int curandGenerateUniform(void* handle, float* to, size_t count) {
  return randCall("curandGenerateUniform", handle, [&](Generator& generator) {
    return generate("curandGenerateUniform", generator, to, count,
                    [](const uint32_t* words, size_t i) { return uniform(words[i]); });
  }, static_cast<const void*>(to), count);
}

SOFTCUDA_API int curandGenerateNormal(void* handle, float* to, size_t count, float mean,
                                      float deviation) {
  return randCall("curandGenerateNormal", handle, [&](Generator& generator) -> int {
    if (count % 2 != 0) {
      return lengthNotMultiple;
    }
    return generate("curandGenerateNormal", generator, to, count,
                    [=](const uint32_t* words, size_t i) {
                      float value = normal(words[i & 2], words[(i & 2) + 1], i % 2 == 1);
                      return mean + deviation * value;
                    });
  }, static_cast<const void*>(to), count, mean, deviation);
}
