// Modules, kernels and launches.
#include <algorithm>
#include <cstring>
#include <map>

#include "driver.h"
#include "memory.h"
#include "settings.h"

namespace softcuda {

Handles<Module>& modules() {
  static auto& all = *new Handles<Module>("module");
  return all;
}

// Functions go with their module, so what is left of them is no leak.
Handles<Function>& functions() {
  static auto& all = *new Handles<Function>("");
  return all;
}

namespace {

constexpr size_t sharedWithoutAsking = 48 << 10;
constexpr size_t sharedOfBlock = 227 << 10;           // of compute capability 9.0
constexpr size_t sharedOfMultiprocessor = 228 << 10;
constexpr size_t sharedOfSystem = 1 << 10;            // that each block takes for itself
constexpr int blocksOfMultiprocessor = 32;
constexpr int threadsOfMultiprocessor = 2048;
constexpr unsigned threadsOfBlock = 1024;

// Files of machine code begin with these words.
constexpr uint32_t elfMagic = 0x464C457F;
constexpr uint32_t fatbinMagic = 0xBA55ED50;
constexpr uint32_t fatbinWrapperMagic = 0x466243B1;

// The PTX text of an image; a Fault if it is machine code, which nothing here runs.
std::string textOf(const void* image) {
  uint32_t magic = 0;
  std::memcpy(&magic, image, sizeof magic);
  if (magic == elfMagic) {
    throw Fault(noBinaryForGpu, "the image is a cubin; softcuda runs PTX text only");
  }
  if (magic == fatbinMagic || magic == fatbinWrapperMagic) {
    throw Fault(noBinaryForGpu, "the image is a fatbin, whose PTX is compressed; softcuda runs PTX"
                                " text only");
  }
  return static_cast<const char*>(image);
}

// What options of cuModuleLoadDataEx say about where the compiler's errors go.
struct ErrorLog {
  ErrorLog(unsigned count, const int* options, void** values) {
    constexpr int buffer = 5, size = 6;  // CU_JIT_ERROR_LOG_BUFFER, its _SIZE_BYTES
    for (unsigned i = 0; i < count; i++) {
      if (options[i] == buffer) {
        text = static_cast<char*>(values[i]);
      } else if (options[i] == size) {
        bytes = reinterpret_cast<uintptr_t>(values[i]) & 0xFFFFFFFF;
      }
    }
  }

  void write(const std::string& message) const {
    if (text != nullptr && bytes > 0) {
      size_t length = std::min(message.size(), bytes - 1);
      std::memcpy(text, message.data(), length);
      text[length] = 0;
    }
  }

  char* text = nullptr;
  size_t bytes = 0;
};

int load(void** handle, const void* image, const ErrorLog& errors) {
  if (handle == nullptr || image == nullptr) {
    return invalidValue;
  }
  try {
    *handle = modules().add(Module::parse(textOf(image)));
    return success;
  } catch (const Fault& fault) {
    errors.write(fault.what());
    throw;
  }
}

int attributeOf(const Function& function, int attribute, int& value) {
  const Kernel& kernel = *function.kernel;
  switch (attribute) {
    case 0:
      value = static_cast<int>(maxThreads(kernel));
      return success;
    case 1:
      value = static_cast<int>(sharedBytes(kernel));
      return success;
    case 3:
      value = static_cast<int>(localBytes(kernel));
      return success;
    case 2:  // constants
    case 4:  // registers: an interpreter has none
      value = 0;
      return success;
    case 5:  // the PTX's version, and the binary's: as of the oldest that this driver takes
    case 6:
      value = 90;
      return success;
    case 8:
      value = static_cast<int>(function.dynamicShared);
      return success;
    default:
      return invalidValue;
  }
}

int checkShape(const Function& function, Dim grid, Dim block, unsigned shared) {
  const std::string& kernel = name(*function.kernel);
  uint64_t threads = uint64_t(block.x) * block.y * block.z;
  bool none = threads == 0 || grid.x == 0 || grid.y == 0 || grid.z == 0;
  if (none || grid.x > 0x7FFFFFFF || grid.y > 65535 || grid.z > 65535 || block.z > 64) {
    throw Fault(invalidValue, kernel + " cannot have this grid or block");
  }
  if (threads > threadsOfBlock) {
    throw Fault(invalidValue, kernel + " with " + std::to_string(threads) +
                                  " threads a block; a block has at most 1024");
  }
  if (threads > maxThreads(*function.kernel)) {
    throw Fault(launchOutOfResources, kernel + " is compiled for at most " +
                                          std::to_string(maxThreads(*function.kernel)) +
                                          " threads a block, not " + std::to_string(threads));
  }
  if (shared > function.dynamicShared) {
    throw Fault(invalidValue, kernel + " with " + std::to_string(shared) +
                                  " bytes of dynamic shared memory; " +
                                  std::to_string(function.dynamicShared) +
                                  " are allowed until cuFuncSetAttribute allows more");
  }
  return success;
}

// A copy of what kernelParams points to, in the kernel's layout.
std::shared_ptr<std::string> argumentsOf(const Kernel& kernel, void** values) {
  auto bytes = std::make_shared<std::string>();
  const std::vector<Parameter>& all = parameters(kernel);
  for (size_t i = 0; i < all.size(); i++) {
    if (values == nullptr || values[i] == nullptr) {
      throw Fault(invalidValue, name(kernel) + " has " + std::to_string(all.size()) +
                                    " parameters, and number " + std::to_string(i) + " is null");
    }
    bytes->resize(std::max(bytes->size(), all[i].offset + all[i].bytes));
    std::memcpy(bytes->data() + all[i].offset, values[i], all[i].bytes);
  }
  return bytes;
}

int launch(void* handle, Dim grid, Dim block, unsigned shared, void* streamHandle, void** values,
           void** extra) {
  std::shared_ptr<Function> function = functions().find(handle);
  std::shared_ptr<Stream> stream = streamOf(streamHandle);
  if (function == nullptr || stream == nullptr) {
    return invalidHandle;
  }
  if (extra != nullptr) {
    return notSupported;
  }
  checkShape(*function, grid, block, shared);
  std::shared_ptr<std::string> arguments = argumentsOf(*function->kernel, values);
  auto run = [=] {
    softcuda::run(*function->kernel, grid, block, shared, arguments->data(), settings().threads);
  };
  return enqueue(stream, {.what = name(*function->kernel), .run = run});
}

std::string nameFor(void* handle) {
  std::shared_ptr<Function> function = logging() ? functions().find(handle) : nullptr;
  return function == nullptr ? "?" : name(*function->kernel);
}

}  // namespace
}  // namespace softcuda

using namespace softcuda;

SOFTCUDA_API int cuModuleLoadDataEx(void** handle, const void* image, unsigned count,
                                    const int* options, void** values) {
  return call("cuModuleLoadDataEx", Needs::uncaptured, [&] {
    return load(handle, image, ErrorLog(count, options, values));
  }, out(handle));
}

SOFTCUDA_API int cuModuleLoadData(void** handle, const void* image) {
  return call("cuModuleLoadData", Needs::uncaptured, [&] {
    return load(handle, image, ErrorLog(0, nullptr, nullptr));
  }, out(handle));
}

SOFTCUDA_API int cuModuleUnload(void* handle) {
  return call("cuModuleUnload", Needs::uncaptured, [&]() -> int {
    std::shared_ptr<Module> module = modules().remove(handle);
    if (module == nullptr) {
      return invalidHandle;
    }
    functions().removeIf([&](const Function& function) { return function.module == module; });
    waitForAll();
    return stickyError();
  }, handle);
}

SOFTCUDA_API int cuModuleGetFunction(void** handle, void* moduleHandle, const char* kernel) {
  return call("cuModuleGetFunction", Needs::context, [&]() -> int {
    std::shared_ptr<Module> module = modules().find(moduleHandle);
    if (module == nullptr) {
      return invalidHandle;
    }
    const Kernel* found = module->find(kernel);
    if (found == nullptr) {
      return notFound;
    }
    size_t fixed = std::min(sharedBytes(*found), sharedWithoutAsking);
    Function function{module, found, sharedWithoutAsking - fixed};
    *handle = functions().add(std::make_shared<Function>(function));
    return success;
  }, out(handle), moduleHandle, kernel);
}

SOFTCUDA_API int cuFuncGetParamInfo(void* handle, size_t index, size_t* offset, size_t* bytes) {
  return call("cuFuncGetParamInfo", Needs::context, [&]() -> int {
    std::shared_ptr<Function> function = functions().find(handle);
    if (function == nullptr) {
      return invalidHandle;
    }
    const std::vector<Parameter>& all = parameters(*function->kernel);
    if (index >= all.size() || offset == nullptr) {
      return invalidValue;
    }
    *offset = all[index].offset;
    if (bytes != nullptr) {
      *bytes = all[index].bytes;
    }
    return success;
  }, nameFor(handle), index);
}

SOFTCUDA_API int cuFuncGetAttribute(int* value, int attribute, void* handle) {
  return call("cuFuncGetAttribute", Needs::context, [&]() -> int {
    std::shared_ptr<Function> function = functions().find(handle);
    return function == nullptr ? int(invalidHandle) : attributeOf(*function, attribute, *value);
  }, attribute, nameFor(handle));
}

SOFTCUDA_API int cuFuncSetAttribute(void* handle, int attribute, int value) {
  return call("cuFuncSetAttribute", Needs::context, [&]() -> int {
    constexpr int maxDynamicShared = 8;
    std::shared_ptr<Function> function = functions().find(handle);
    if (function == nullptr) {
      return invalidHandle;
    }
    size_t fixed = sharedBytes(*function->kernel);
    if (attribute != maxDynamicShared || value < 0 || size_t(value) + fixed > sharedOfBlock) {
      return invalidValue;
    }
    function->dynamicShared = static_cast<size_t>(value);
    return success;
  }, nameFor(handle), attribute, value);
}

SOFTCUDA_API int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void* handle, int threads,
                                                             size_t dynamicShared) {
  return call("cuOccupancyMaxActiveBlocksPerMultiprocessor", Needs::context, [&]() -> int {
    std::shared_ptr<Function> function = functions().find(handle);
    if (function == nullptr) {
      return invalidHandle;
    }
    if (threads < 1) {
      return invalidValue;
    }
    int whole = (threads + 31) / 32 * 32;
    size_t shared = sharedBytes(*function->kernel) + dynamicShared + sharedOfSystem;
    bool fits = static_cast<unsigned>(threads) <= maxThreads(*function->kernel);
    *blocks = !fits ? 0
                    : std::min({blocksOfMultiprocessor, threadsOfMultiprocessor / whole,
                                static_cast<int>(sharedOfMultiprocessor / shared)});
    return success;
  }, out(blocks), nameFor(handle), threads, dynamicShared);
}

SOFTCUDA_API int cuLaunchKernel(void* handle, unsigned gridX, unsigned gridY, unsigned gridZ,
                                unsigned blockX, unsigned blockY, unsigned blockZ, unsigned shared,
                                void* stream, void** values, void** extra) {
  return call("cuLaunchKernel", Needs::context, [&] {
    return launch(handle, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, shared, stream, values,
                  extra);
  }, nameFor(handle), gridX, gridY, gridZ, blockX, blockY, blockZ, shared, stream);
}
