// Kernels as PTX text, and how they are run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace softcuda {

// What a device reports when a kernel or a copy goes wrong. The code is a CUresult.
struct Fault : std::runtime_error {
  Fault(int code, const std::string& text) : std::runtime_error(text), code(code) {}
  int code;
};

struct Dim {
  unsigned x, y, z;
};

// One .entry.
class Kernel;

struct Parameter {
  size_t offset, bytes;
};

const std::string& name(const Kernel&);
const std::vector<Parameter>& parameters(const Kernel&);
size_t sharedBytes(const Kernel&);  // static, a block
size_t localBytes(const Kernel&);   // a thread
unsigned maxThreads(const Kernel&);  // a block; 1024 unless .maxntid or .reqntid says less

class Module {
 public:
  // Throws a Fault of CUDA_ERROR_INVALID_PTX or CUDA_ERROR_UNSUPPORTED_PTX_VERSION that names the
  // line. What the module keeps in device memory lives as long as it.
  static std::shared_ptr<Module> parse(const std::string& ptx);

  virtual ~Module() = default;

  // nullptr if there is no such kernel.
  virtual const Kernel* find(const std::string& name) const = 0;
};

// Runs all blocks of a launch to their end, in parallel on some threads. Throws a Fault.
void run(const Kernel& kernel, Dim grid, Dim block, size_t dynamicShared, const void* parameterBytes,
         int threads);

}  // namespace softcuda
