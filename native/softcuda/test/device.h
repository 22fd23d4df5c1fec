// A context of the software device, and the kernel that tests launch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api.h"
#include "harness.h"

// Adds 1 to each of n floats: increment(float* x, unsigned n).
extern const char* const incrementPtx;

// A context that is current until its end.
class Context {
 public:
  explicit Context(Checks& checks);
  ~Context();

  // A stream that waits for no other.
  void* stream();

  // Memory of the device with these floats, and what such memory holds.
  uint64_t array(const std::vector<float>& values);
  std::vector<float> values(uint64_t address, size_t count);

  // Launches increment on a stream, and gives the status.
  int increment(uint64_t address, unsigned count, void* stream);

  // Has nothing of this given back at its end, after a fault.
  void abandon() { abandoned = true; }

  Checks& checks;

 private:
  void* function();

  void* module = nullptr;
  void* loaded = nullptr;
  bool abandoned = false;
  std::vector<void*> streams;
  std::vector<uint64_t> arrays;
};

// Floats 0, 1, 2, ...
std::vector<float> counting(size_t count);

constexpr unsigned nonBlocking = 1;
