#include "device.h"

#include <dlfcn.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace {
// Codes and attributes of the driver API that are used here.
constexpr int maxDynamicSharedBytes = 8;
constexpr unsigned sharedBytesWithoutAsking = 48 * 1024;

std::string text(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error("cannot read " + path);
  }
  std::ostringstream all;
  all << file.rdbuf();
  return all.str();
}

template <class Function>
Function* as(void* symbol) {
  return reinterpret_cast<Function*>(symbol);
}
}  // namespace

Device::Device(const std::string& driver, const std::string& ptx)
    : library(dlopen(driver.c_str(), RTLD_NOW)), module(nullptr) {
  if (library == nullptr) {
    throw std::runtime_error(dlerror());
  }
  int device = 0;
  void* context = nullptr;
  check("cuInit", as<int(unsigned)>(symbol("cuInit"))(0));
  check("cuDeviceGet", as<int(int*, int)>(symbol("cuDeviceGet"))(&device, 0));
  check("cuDevicePrimaryCtxRetain",
        as<int(void**, int)>(symbol("cuDevicePrimaryCtxRetain"))(&context, device));
  check("cuCtxSetCurrent", as<int(void*)>(symbol("cuCtxSetCurrent"))(context));
  check("cuModuleLoadData",
        as<int(void**, const void*)>(symbol("cuModuleLoadData"))(&module, text(ptx).c_str()));
}

void* Device::symbol(const char* name) {
  void* found = dlsym(library, name);
  if (found == nullptr) {
    throw std::runtime_error(std::string("the driver has no ") + name);
  }
  return found;
}

void Device::check(const char* call, int code) {
  if (code != 0) {
    const char* name = nullptr;
    as<int(int, const char**)>(symbol("cuGetErrorString"))(code, &name);
    throw std::runtime_error(std::string(call) + " failed with " + std::to_string(code) + ": " +
                             (name != nullptr ? name : "unknown"));
  }
}

uint64_t Device::allocate(size_t bytes) {
  uint64_t address = 0;
  check("cuMemAlloc", as<int(uint64_t*, size_t)>(symbol("cuMemAlloc_v2"))(&address, bytes));
  return address;
}

void Device::release(uint64_t address) { as<int(uint64_t)>(symbol("cuMemFree_v2"))(address); }

void Device::upload(uint64_t to, const void* from, size_t bytes) {
  check("cuMemcpyHtoD",
        as<int(uint64_t, const void*, size_t)>(symbol("cuMemcpyHtoD_v2"))(to, from, bytes));
}

void Device::download(void* to, uint64_t from, size_t bytes) {
  check("cuMemcpyDtoH",
        as<int(void*, uint64_t, size_t)>(symbol("cuMemcpyDtoH_v2"))(to, from, bytes));
}

void Device::launchAll(const char* kernel, unsigned grid, unsigned block, unsigned shared,
                       const std::vector<Parameter>& parameters) {
  void* function = nullptr;
  check("cuModuleGetFunction",
        as<int(void**, void*, const char*)>(symbol("cuModuleGetFunction"))(&function, module,
                                                                           kernel));
  if (void* info = dlsym(library, "cuFuncGetParamInfo")) {
    for (size_t i = 0; i < parameters.size(); i++) {
      size_t offset = 0;
      size_t size = 0;
      check("cuFuncGetParamInfo",
            as<int(void*, size_t, size_t*, size_t*)>(info)(function, i, &offset, &size));
      if (size != parameters[i].size) {
        throw std::runtime_error(std::string(kernel) + ": parameter " + std::to_string(i) +
                                 " has " + std::to_string(size) + " bytes, not " +
                                 std::to_string(parameters[i].size));
      }
    }
  }
  if (shared > sharedBytesWithoutAsking) {
    check("cuFuncSetAttribute",
          as<int(void*, int, int)>(symbol("cuFuncSetAttribute"))(function, maxDynamicSharedBytes,
                                                                 static_cast<int>(shared)));
  }
  std::vector<void*> values;
  for (const Parameter& parameter : parameters) {
    values.push_back(const_cast<void*>(parameter.value));
  }
  using Launch = int(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                     void*, void**, void**);
  check(kernel, as<Launch>(symbol("cuLaunchKernel"))(function, grid, 1, 1, block, 1, 1, shared,
                                                     nullptr, values.data(), nullptr));
  check(kernel, as<int()>(symbol("cuCtxSynchronize"))());
}
