#include "ptx_program.h"

#include <bit>

Program::Program(Context& context, const std::string& ptx) : context(context) {
  std::string text = ".version 7.0\n.target sm_75\n.address_size 64\n" + ptx;
  int status = cuModuleLoadDataEx(&module, text.c_str(), 0, nullptr, nullptr);
  context.checks.equal("load", status, 0);
  stream = context.stream();
}

Program::~Program() { cuModuleUnload(module); }

int Program::run(const char* kernel, unsigned grid, unsigned block,
                 const std::vector<uint64_t>& parameters, unsigned dynamicShared) {
  void* function = nullptr;
  context.checks.equal(kernel, cuModuleGetFunction(&function, module, kernel), 0);
  std::vector<void*> values;
  for (const uint64_t& parameter : parameters) {
    values.push_back(const_cast<uint64_t*>(&parameter));
  }
  int status = cuLaunchKernel(function, grid, 1, 1, block, 1, 1, dynamicShared, stream,
                              values.data(), nullptr);
  return status != 0 ? status : cuStreamSynchronize(stream);
}

std::string kernelOf(const std::string& body) {
  return R"(.visible .entry k(.param .u64 k_param_0, .param .u64 k_param_1)
{
  .reg .pred %p<9>;
  .reg .b16 %rs<9>;
  .reg .b32 %r<19>;
  .reg .f32 %f<19>;
  .reg .b64 %rd<19>;
  ld.param.u64 %rd0, [k_param_0];
  ld.param.u64 %rd1, [k_param_1];
  mov.u32 %r0, %tid.x;
  mad.wide.u32 %rd2, %r0, 4, %rd0;
  mad.wide.u32 %rd3, %r0, 4, %rd1;
)" + body +
         "\n  ret;\n}\n";
}

uint64_t words(Context& context, const std::vector<uint32_t>& values) {
  std::vector<float> floats;
  for (uint32_t value : values) {
    floats.push_back(std::bit_cast<float>(value));
  }
  return context.array(floats);
}

std::vector<uint32_t> wordsAt(Context& context, uint64_t address, size_t count) {
  std::vector<uint32_t> values(count);
  context.checks.equal("read", cuMemcpyDtoH_v2(values.data(), address, 4 * count), 0);
  return values;
}
