// The device and its primary context.
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "driver.h"
#include "memory.h"
#include "pinned.h"
#include "settings.h"

namespace softcuda {
namespace {

constexpr const char* deviceName = "softcuda, a software device";

struct Contexts {
  std::mutex mutex;
  std::atomic<bool> initialized = false;
  uint64_t live = 0;  // a number that names the context, or 0
  uint64_t made = 0;
  int retained = 0;
};

std::vector<std::string> leftovers(Contexts& contexts) {
  std::lock_guard lock(contexts.mutex);
  if (contexts.retained == 0) {
    return {};
  }
  return {"the primary context, retained " + std::to_string(contexts.retained) +
          " times more than released"};
}

Contexts& contexts() {
  static Contexts& all = []() -> Contexts& {
    Contexts& made = *new Contexts;
    askAtExit([&made] { return leftovers(made); });
    return made;
  }();
  return all;
}

thread_local uint64_t current = 0;

constexpr uint64_t firstHandle = 0x5C0C'0000'0000'0000;
void* handleOf(uint64_t context) {
  return context == 0 ? nullptr : reinterpret_cast<void*>(firstHandle + context * 16);
}

bool isLive(uint64_t context) {
  std::lock_guard lock(contexts().mutex);
  return contexts().live == context;
}

// Forgets what handles stand for, and gives it to the caller.
template <class T>
std::vector<std::shared_ptr<T>> drop(Handles<T>& handles, bool count) {
  for (const std::string& what : handles.leftovers()) {
    if (count) {
      leaked(what + ", left in a context that went");
    }
  }
  return handles.removeAll();
}

// After a fault nothing could be given back, so what is left is no leak.
void destroyContext() {
  waitForAll();
  bool count = stickyError() == success;
  drop(executableGraphs(), count);
  drop(graphs(), count);
  drop(events(), count);
  for (const std::shared_ptr<Stream>& stream : drop(streams(), count)) {
    leaveCapture(stream);
    close(stream);
  }
  drop(functions(), false);
  drop(modules(), count);
  whileIdle([&] {
    for (const std::string& what : memory().releaseAll()) {
      if (count) {
        leaked(what + ", left in a context that went");
      }
    }
    releaseAllPinned(count);
  });
  forgetError();
}

// The attributes of a device of compute capability 9.0, as far as programs ask for them.
int attributeOf(int attribute, int& value) {
  static constexpr struct {
    int attribute, value;
  } table[] = {{1, 1024},    {2, 1024},   {3, 1024},   {4, 64},     {5, 2147483647}, {6, 65535},
               {7, 65535},   {8, 49152},  {9, 65536},  {10, 32},    {12, 65536},     {13, 1000000},
               {16, 4},      {31, 1},     {36, 1000000}, {37, 64},  {38, 1 << 20},   {39, 2048},
               {41, 1},      {75, 9},     {76, 0},     {81, 233472}, {82, 65536},    {97, 232448},
               {106, 32},    {115, 0}};
  for (const auto& one : table) {
    if (one.attribute == attribute) {
      value = one.value;
      return success;
    }
  }
  return invalidValue;
}

}  // namespace

int check(Needs needs) {
  if (needs == Needs::nothing) {
    return success;
  }
  if (!contexts().initialized) {
    return notInitialized;
  }
  if (needs == Needs::driver) {
    return success;
  }
  if (current == 0) {
    return invalidContext;
  }
  if (!isLive(current)) {
    return contextIsDestroyed;
  }
  if (int code = stickyError()) {
    return code;
  }
  return needs == Needs::uncaptured ? checkUncaptured() : success;
}

long threadNumber() {
  static thread_local const long number = syscall(SYS_gettid);
  return number;
}

}  // namespace softcuda

using namespace softcuda;

SOFTCUDA_API int cuInit(unsigned flags) {
  return call("cuInit", Needs::nothing, [&]() -> int {
    if (flags != 0) {
      return invalidValue;
    }
    contexts().initialized = true;
    return success;
  }, flags);
}

SOFTCUDA_API int cuDriverGetVersion(int* version) {
  return call("cuDriverGetVersion", Needs::nothing, [&]() -> int {
    if (version == nullptr) {
      return invalidValue;
    }
    *version = settings().driverVersion;
    return success;
  });
}

// What NVIDIA's own libraries ask each other: NVRTC whether the driver keeps what was compiled
// before, and without being told that there is no such table it would use one.
SOFTCUDA_API int cuGetExportTable(const void** table, const void*) {
  *table = nullptr;
  return notFound;
}

SOFTCUDA_API int cuGetErrorName(int code, const char** name) {
  *name = nameOf(code);
  return *name != nullptr ? success : invalidValue;
}

SOFTCUDA_API int cuGetErrorString(int code, const char** text) {
  *text = meaningOf(code);
  return *text != nullptr ? success : invalidValue;
}

SOFTCUDA_API int cuDeviceGetCount(int* count) {
  return call("cuDeviceGetCount", Needs::driver, [&] {
    *count = 1;
    return success;
  }, out(count));
}

SOFTCUDA_API int cuDeviceGet(int* device, int ordinal) {
  return call("cuDeviceGet", Needs::driver, [&]() -> int {
    if (ordinal != 0) {
      return invalidDevice;
    }
    *device = 0;
    return success;
  }, ordinal);
}

SOFTCUDA_API int cuDeviceGetName(char* name, int length, int device) {
  return call("cuDeviceGetName", Needs::driver, [&]() -> int {
    if (device != 0 || length < 1) {
      return device != 0 ? invalidDevice : invalidValue;
    }
    std::strncpy(name, deviceName, static_cast<size_t>(length));
    name[length - 1] = 0;
    return success;
  }, device);
}

SOFTCUDA_API int cuDeviceGetAttribute(int* value, int attribute, int device) {
  return call("cuDeviceGetAttribute", Needs::driver, [&]() -> int {
    return device != 0 ? int(invalidDevice) : attributeOf(attribute, *value);
  }, attribute, device);
}

SOFTCUDA_API int cuDeviceTotalMem_v2(size_t* bytes, int device) {
  return call("cuDeviceTotalMem_v2", Needs::driver, [&]() -> int {
    if (device != 0) {
      return invalidDevice;
    }
    *bytes = memory().total();
    return success;
  }, out(bytes), device);
}

SOFTCUDA_API int cuDevicePrimaryCtxRetain(void** context, int device) {
  return call("cuDevicePrimaryCtxRetain", Needs::driver, [&]() -> int {
    if (device != 0) {
      return invalidDevice;
    }
    std::lock_guard lock(contexts().mutex);
    if (contexts().retained++ == 0) {
      contexts().live = ++contexts().made;
    }
    *context = handleOf(contexts().live);
    return success;
  }, out(context), device);
}

SOFTCUDA_API int cuDevicePrimaryCtxRelease_v2(int device) {
  return call("cuDevicePrimaryCtxRelease_v2", Needs::driver, [&]() -> int {
    if (device != 0) {
      return invalidDevice;
    }
    std::unique_lock lock(contexts().mutex);
    if (contexts().retained == 0) {
      return invalidContext;
    }
    if (--contexts().retained > 0) {
      return success;
    }
    contexts().live = 0;
    lock.unlock();
    destroyContext();
    return success;
  }, device);
}

SOFTCUDA_API int cuCtxSetCurrent(void* context) {
  return call("cuCtxSetCurrent", Needs::driver, [&]() -> int {
    std::lock_guard lock(contexts().mutex);
    if (context != nullptr && context != handleOf(contexts().live)) {
      return invalidContext;
    }
    current = context == nullptr ? 0 : contexts().live;
    return success;
  }, context);
}

SOFTCUDA_API int cuCtxGetCurrent(void** context) {
  return call("cuCtxGetCurrent", Needs::driver, [&] {
    *context = handleOf(current);
    return success;
  }, out(context));
}

SOFTCUDA_API int cuCtxSynchronize() {
  return call("cuCtxSynchronize", Needs::context, [&]() -> int {
    if (int code = checkWait(nullptr)) {
      return code;
    }
    waitForAll();
    return stickyError();
  });
}
