#include "device.h"

#include <numeric>

const char* const incrementPtx = R"(
.version 7.0
.target sm_75
.address_size 64
.visible .entry increment(
  .param .u64 increment_param_0,
  .param .u32 increment_param_1
)
{
  .reg .pred %p<2>;
  .reg .f32 %f<3>;
  .reg .b32 %r<6>;
  .reg .b64 %rd<5>;
  ld.param.u64 %rd1, [increment_param_0];
  ld.param.u32 %r2, [increment_param_1];
  mov.u32 %r3, %ntid.x;
  mov.u32 %r4, %ctaid.x;
  mov.u32 %r5, %tid.x;
  mad.lo.s32 %r1, %r3, %r4, %r5;
  setp.ge.u32 %p1, %r1, %r2;
  @%p1 bra $L__BB0_2;
  cvta.to.global.u64 %rd2, %rd1;
  mul.wide.u32 %rd3, %r1, 4;
  add.s64 %rd4, %rd2, %rd3;
  ld.global.f32 %f1, [%rd4];
  add.f32 %f2, %f1, 0f3F800000;
  st.global.f32 [%rd4], %f2;
$L__BB0_2:
  ret;
}
)";

Context::Context(Checks& checks) : checks(checks) {
  void* context = nullptr;
  checks.equal("cuInit", cuInit(0), 0);
  checks.equal("cuDevicePrimaryCtxRetain", cuDevicePrimaryCtxRetain(&context, 0), 0);
  checks.equal("cuCtxSetCurrent", cuCtxSetCurrent(context), 0);
}

Context::~Context() {
  if (!abandoned) {
    for (void* stream : streams) {
      checks.equal("cuStreamDestroy", cuStreamDestroy_v2(stream), 0);
    }
    for (uint64_t array : arrays) {
      checks.equal("cuMemFree", cuMemFree_v2(array), 0);
    }
    if (module != nullptr) {
      checks.equal("cuModuleUnload", cuModuleUnload(module), 0);
    }
  }
  checks.equal("cuCtxSetCurrent", cuCtxSetCurrent(nullptr), 0);
  checks.equal("cuDevicePrimaryCtxRelease", cuDevicePrimaryCtxRelease_v2(0), 0);
}

void* Context::stream() {
  void* stream = nullptr;
  checks.equal("cuStreamCreate", cuStreamCreate(&stream, nonBlocking), 0);
  streams.push_back(stream);
  return stream;
}

uint64_t Context::array(const std::vector<float>& values) {
  uint64_t address = 0;
  checks.equal("cuMemAlloc", cuMemAlloc_v2(&address, values.size() * 4), 0);
  checks.equal("cuMemcpyHtoD", cuMemcpyHtoD_v2(address, values.data(), values.size() * 4), 0);
  arrays.push_back(address);
  return address;
}

std::vector<float> Context::values(uint64_t address, size_t count) {
  std::vector<float> values(count);
  checks.equal("cuMemcpyDtoH", cuMemcpyDtoH_v2(values.data(), address, count * 4), 0);
  return values;
}

void* Context::function() {
  if (loaded == nullptr) {
    int status = cuModuleLoadDataEx(&module, incrementPtx, 0, nullptr, nullptr);
    checks.equal("cuModuleLoadDataEx", status, 0);
    checks.equal("cuModuleGetFunction", cuModuleGetFunction(&loaded, module, "increment"), 0);
  }
  return loaded;
}

int Context::increment(uint64_t address, unsigned count, void* stream) {
  void* values[] = {&address, &count};
  return cuLaunchKernel(function(), (count + 31) / 32, 1, 1, 32, 1, 1, 0, stream, values, nullptr);
}

std::vector<float> counting(size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}
