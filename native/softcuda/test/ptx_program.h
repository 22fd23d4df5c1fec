// PTX that a test makes up, and how it is run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "device.h"

// Kernels of a module.
class Program {
 public:
  // Loads PTX, to which the lines that every module begins with are added: its first line is
  // line 4.
  Program(Context& context, const std::string& ptx);
  ~Program();

  // Runs a kernel, whose parameters are 64-bit addresses, to its end. Gives the status.
  int run(const char* kernel, unsigned grid, unsigned block,
          const std::vector<uint64_t>& parameters, unsigned dynamicShared = 0);

 private:
  Context& context;
  void* module = nullptr;
  void* stream = nullptr;
};

// The text of a kernel k(u64 p0, u64 p1) with registers %r0.., %rd0.., %f0.., %p0.., the thread in
// %r0, the parameters in %rd0 and %rd1, and in %rd2 and %rd3 the addresses of their words of the
// thread.
std::string kernelOf(const std::string& body);

// Memory of the device with these words, and what it holds.
uint64_t words(Context& context, const std::vector<uint32_t>& values);
std::vector<uint32_t> wordsAt(Context& context, uint64_t address, size_t count);
