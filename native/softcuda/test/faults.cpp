// Kernels that fail, calls that are made to fail, the log, and leaks.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "device.h"

namespace {

const Case sticky(
    "a kernel that fails ends the context, and a new one works", {{"SOFTCUDA_LEAKS", "1"}},
    [](Checks& checks) {
      {
        Context context(checks);
        void* stream = context.stream();
        uint64_t array = context.array(counting(8));
        checks.equal("launch", context.increment(array, 9, stream), 0);
        checks.equal("synchronize", cuStreamSynchronize(stream), 700);
        checks.equal("allocate", cuMemAlloc_v2(&array, 4), 700);
        checks.equal("destroy", cuStreamDestroy_v2(stream), 700);
        context.abandon();
      }
      Context context(checks);
      void* stream = context.stream();
      uint64_t array = context.array(counting(8));
      checks.equal("launch", context.increment(array, 8, stream), 0);
      checks.equal("synchronize", cuStreamSynchronize(stream), 0);
      checks.equal("incremented", context.values(array, 8)[7], 8);
    },
    {"700 CUDA_ERROR_ILLEGAL_ADDRESS", "increment",
     "0 bytes past the end of allocation 1 of 32 bytes",
     "softcuda: no leaks"});  // what could not be given back is none

const Case dropped(
    "what is queued behind a fault is dropped", {{"SOFTCUDA_DELAY", "lazy"}},
    [](Checks& checks) {
      Context context(checks);
      void *stream = context.stream(), *pinned = nullptr;
      uint64_t array = context.array({5});
      checks.equal("pin", cuMemHostAlloc(&pinned, 4, 0), 0);
      float* value = static_cast<float*>(pinned);
      *value = 1;
      checks.equal("launch", context.increment(array, 2, stream), 0);
      checks.equal("copy", cuMemcpyDtoHAsync_v2(value, array, 4, stream), 0);
      checks.equal("synchronize", cuStreamSynchronize(stream), 700);
      checks.equal("not copied", *value, 1);
      context.abandon();
    },
    {"700 CUDA_ERROR_ILLEGAL_ADDRESS"});

const Case useAfterFree(
    "a kernel that uses freed memory fails", {},
    [](Checks& checks) {
      Context context(checks);
      void* stream = context.stream();
      uint64_t array = 0;
      checks.equal("allocate", cuMemAlloc_v2(&array, 8), 0);
      checks.equal("free", cuMemFree_v2(array), 0);
      checks.equal("launch", context.increment(array, 1, stream), 0);
      checks.equal("synchronize", cuStreamSynchronize(stream), 700);
      context.abandon();
    },
    {"allocation 1 of 8 bytes (cuMemAlloc), which was freed"});

const Case modules(
    "modules are PTX text, and kernels have parameters", {},
    [](Checks& checks) {
      Context context(checks);
      void *module = nullptr, *function = nullptr;
      char log[200] = "";
      int options[] = {5, 6};
      void* values[] = {log, reinterpret_cast<void*>(sizeof log)};
      const char elf[] = "\177ELF and so on";
      checks.equal("a cubin", cuModuleLoadDataEx(&module, elf, 2, options, values), 209);
      checks.that("says so", std::strstr(log, "cubin") != nullptr);
      checks.equal("no PTX", cuModuleLoadDataEx(&module, "no PTX", 2, options, values), 218);
      checks.that("says a line", std::strstr(log, "line 1") != nullptr);
      checks.equal("load", cuModuleLoadDataEx(&module, incrementPtx, 2, options, values), 0);
      checks.equal("none", cuModuleGetFunction(&function, module, "decrement"), 500);
      checks.equal("get", cuModuleGetFunction(&function, module, "increment"), 0);
      size_t offset = 0, bytes = 0;
      checks.equal("parameter 1", cuFuncGetParamInfo(function, 1, &offset, &bytes), 0);
      checks.equal("offset", static_cast<double>(offset), 8);
      checks.equal("bytes", static_cast<double>(bytes), 4);
      checks.equal("parameter 2", cuFuncGetParamInfo(function, 2, &offset, &bytes), 1);
      int threads = 0, blocks = 0;
      checks.equal("attribute", cuFuncGetAttribute(&threads, 0, function), 0);
      checks.equal("threads", threads, 1024);
      int status = cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, 256, 0);
      checks.equal("occupancy", status, 0);
      checks.equal("blocks", blocks, 8);
      checks.equal("unload", cuModuleUnload(module), 0);
      checks.equal("a dead handle", cuFuncGetAttribute(&threads, 0, function), 400);
    },
    {"the image is a cubin"});

const Case shapes(
    "a launch that no device could do is refused", {},
    [](Checks& checks) {
      Context context(checks);
      void *module = nullptr, *function = nullptr;
      uint64_t array = context.array({1});
      unsigned count = 1;
      void* values[] = {&array, &count};
      checks.equal("load", cuModuleLoadDataEx(&module, incrementPtx, 0, nullptr, nullptr), 0);
      checks.equal("get", cuModuleGetFunction(&function, module, "increment"), 0);
      auto launch = [&](unsigned grid, unsigned block, unsigned shared, void** arguments) {
        return cuLaunchKernel(function, grid, 1, 1, block, 1, 1, shared, nullptr, arguments,
                              nullptr);
      };
      checks.equal("no block", launch(0, 1, 0, values), 1);
      checks.equal("no thread", launch(1, 0, 0, values), 1);
      checks.equal("too many threads", launch(1, 1025, 0, values), 1);
      checks.equal("no arguments", launch(1, 1, 0, nullptr), 1);
      checks.equal("much shared memory", launch(1, 1, 49153, values), 1);
      checks.equal("more than there is", cuFuncSetAttribute(function, 8, 232449), 1);
      checks.equal("allow more", cuFuncSetAttribute(function, 8, 65536), 0);
      checks.equal("now it may", launch(1, 1, 49153, values), 0);
      checks.equal("incremented", context.values(array, 1)[0], 2);
      checks.equal("unload", cuModuleUnload(module), 0);
    },
    {"1025 threads a block", "49152 are allowed until cuFuncSetAttribute"});

const Case injection(
    "SOFTCUDA_FAIL makes the n-th call fail, once",
    {{"SOFTCUDA_FAIL", "cuMemAlloc_v2:2:2,cublasCreate_v2:1:3,curandCreateGenerator:1:203"}},
    [](Checks& checks) {
      Context context(checks);
      uint64_t address = 0;
      void* handle = nullptr;
      for (int want : {0, 2, 0}) {
        int status = cuMemAlloc_v2(&address, 16);
        checks.equal("cuMemAlloc", status, want);
        if (status == 0) {
          checks.equal("free", cuMemFree_v2(address), 0);
        }
      }
      checks.equal("cublasCreate", cublasCreate_v2(&handle), 3);
      checks.equal("cublasCreate", cublasCreate_v2(&handle), 0);
      checks.equal("cublasDestroy", cublasDestroy_v2(handle), 0);
      checks.equal("curandCreateGenerator", curandCreateGenerator(&handle, 161), 203);
      checks.equal("curandCreateGenerator", curandCreateGenerator(&handle, 161), 0);
      checks.equal("curandDestroyGenerator", curandDestroyGenerator(handle), 0);
    });

const Case again("a program can set failures itself, count calls and what is left over", {},
                 [](Checks& checks) {
                   Context context(checks);
                   int before = softcudaLeftovers();
                   uint64_t address = 0;
                   for (int round = 0; round < 2; round++) {
                     softcudaFail("cuMemAlloc_v2:2:2");
                     checks.equal("first", cuMemAlloc_v2(&address, 16), 0);
                     checks.equal("left over", softcudaLeftovers() - before, 1);
                     checks.equal("free", cuMemFree_v2(address), 0);
                     checks.equal("second", cuMemAlloc_v2(&address, 16), 2);
                     std::string calls = softcudaCalls();
                     checks.that(calls, calls == "cuMemAlloc_v2 2\ncuMemFree_v2 1\n");
                   }
                   checks.equal("left over", softcudaLeftovers() - before, 0);
                   softcudaFail("");
                 });

const Case version("SOFTCUDA_DRIVER_VERSION says how old the driver is",
                   {{"SOFTCUDA_DRIVER_VERSION", "11040"}}, [](Checks& checks) {
                     int version = 0;
                     checks.equal("call", cuDriverGetVersion(&version), 0);
                     checks.equal("version", version, 11040);
                   });

const Case described("the device says what it is", {}, [](Checks& checks) {
  char name[64] = "";
  int major = 0;
  const char* text = nullptr;
  checks.equal("too early", cuDeviceGetName(name, sizeof name, 0), 3);
  checks.equal("cuInit", cuInit(0), 0);
  checks.equal("cuDeviceGetName", cuDeviceGetName(name, sizeof name, 0), 0);
  checks.that("software", std::strstr(name, "software") != nullptr);
  checks.equal("no such device", cuDeviceGetName(name, sizeof name, 1), 101);
  checks.equal("attribute", cuDeviceGetAttribute(&major, 75, 0), 0);
  checks.equal("major", major, 9);
  checks.equal("cuGetErrorName", cuGetErrorName(700, &text), 0);
  checks.that("name", std::string(text) == "CUDA_ERROR_ILLEGAL_ADDRESS");
  checks.equal("no such code", cuGetErrorName(12345, &text), 1);
});

const std::string logFile = "/tmp/softcuda-test-" + std::to_string(getpid()) + ".log";

const Case logged("SOFTCUDA_LOG has a line a call", {{"SOFTCUDA_LOG", logFile.c_str()}},
                  [](Checks& checks) {
                    {
                      Context context(checks);
                      context.array({1});
                    }
                    std::ifstream file(logFile);
                    std::stringstream all;
                    all << file.rdbuf();
                    std::string text = all.str();
                    std::remove(logFile.c_str());
                    checks.that("cuInit", text.find("cuInit(0) = 0 CUDA_SUCCESS [thread ") == 0);
                    const char* allocation =
                        "\ncuMemAlloc_v2(->0xd00000000000000, 0x4) = 0 CUDA_SUCCESS";
                    checks.that("cuMemAlloc", text.find(allocation) != std::string::npos);
                    checks.that("cuMemFree", text.find("\ncuMemFree_v2(") != std::string::npos);
                  });

const Case noLeaks(
    "SOFTCUDA_LEAKS says so when all was given back", {{"SOFTCUDA_LEAKS", "1"}},
    [](Checks& checks) {
      Context context(checks);
      uint64_t array = context.array({1});
      checks.equal("launch", context.increment(array, 1, context.stream()), 0);
      checks.equal("synchronize", cuCtxSynchronize(), 0);
    },
    {"softcuda: no leaks"});

const Case leaks(
    "SOFTCUDA_LEAKS counts what was not given back", {{"SOFTCUDA_LEAKS", "1"}},
    [](Checks& checks) {
      void *context = nullptr, *handle = nullptr;
      uint64_t array = 0;
      checks.equal("init", cuInit(0), 0);
      checks.equal("retain", cuDevicePrimaryCtxRetain(&context, 0), 0);
      checks.equal("set", cuCtxSetCurrent(context), 0);
      checks.equal("memory", cuMemAlloc_v2(&array, 123), 0);
      checks.equal("pinned", cuMemHostAlloc(&handle, 45, 0), 0);
      checks.equal("stream", cuStreamCreate(&handle, 1), 0);
      checks.equal("capture", cuStreamBeginCapture_v2(handle, 2), 0);
      checks.equal("graph", cuStreamEndCapture(handle, &handle), 0);
      checks.equal("executable", cuGraphInstantiateWithFlags(&handle, handle, 0), 0);
      checks.equal("event", cuEventCreate(&handle, 0), 0);
      checks.equal("module", cuModuleLoadDataEx(&handle, incrementPtx, 0, nullptr, nullptr), 0);
      checks.equal("cuBLAS", cublasCreate_v2(&handle), 0);
      checks.equal("cuRAND", curandCreateGenerator(&handle, 161), 0);
    },
    {"leak: allocation 1 of 123 bytes", "leak: pinned memory 1 of 45 bytes", "leak: stream ",
     "leak: captured graph ", "leak: executable graph ", "leak: event ", "leak: module ",
     "leak: cuBLAS handle ", "leak: cuRAND generator ", "leak: the primary context",
     "softcuda: 10 leaks"});

const Case leftInContext(
    "what is left in a context that goes is a leak too", {{"SOFTCUDA_LEAKS", "1"}},
    [](Checks& checks) {
      Context context(checks);
      uint64_t array = 0;
      checks.equal("memory", cuMemAlloc_v2(&array, 12), 0);
    },
    {"leak: allocation 1 of 12 bytes (cuMemAlloc), left in a context that went",
     "softcuda: 1 leaks"});

// The names of the functions in one of the lists that bindings are made from.
std::vector<std::string> boundFunctions(const std::string& list) {
  std::ifstream file(list);
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    while (word == "function" && words >> line) {
      names.push_back(line);
    }
  }
  return names;
}

const Case complete("every bound function is there", {}, [](Checks& checks) {
  for (const char* list : {"driver", "cublas", "curand"}) {
    std::vector<std::string> names =
        boundFunctions(std::string("../../bindings/includes/") + list + ".names");
    checks.that(std::string(list) + ".names lists functions", names.size() > 5);
    for (const std::string& name : names) {
      checks.that(name + " is there", dlsym(RTLD_DEFAULT, name.c_str()) != nullptr);
    }
  }
});

}  // namespace
