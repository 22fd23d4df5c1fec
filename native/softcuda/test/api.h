// The functions of the driver, cuBLAS and cuRAND as the tests call them. The test program is linked
// with the software device's libraries.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
int cuInit(unsigned flags);
int cuDriverGetVersion(int* version);
int cuGetErrorName(int code, const char** name);
int cuDeviceGetName(char* name, int length, int device);
int cuDeviceGetAttribute(int* value, int attribute, int device);
int cuDevicePrimaryCtxRetain(void** context, int device);
int cuDevicePrimaryCtxRelease_v2(int device);
int cuCtxSetCurrent(void* context);
int cuCtxGetCurrent(void** context);
int cuCtxSynchronize();
int cuMemGetInfo_v2(size_t* free, size_t* total);
int cuMemAlloc_v2(uint64_t* address, size_t bytes);
int cuMemFree_v2(uint64_t address);
int cuMemHostAlloc(void** host, size_t bytes, unsigned flags);
int cuMemFreeHost(void* host);
int cuMemcpyHtoD_v2(uint64_t to, const void* from, size_t bytes);
int cuMemcpyDtoH_v2(void* to, uint64_t from, size_t bytes);
int cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t bytes, void* stream);
int cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t bytes, void* stream);
int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void* stream);
int cuMemsetD32Async(uint64_t to, unsigned word, size_t words, void* stream);
int cuModuleLoadDataEx(void** module, const void* image, unsigned count, const int* options,
                       void** values);
int cuModuleUnload(void* module);
int cuModuleGetFunction(void** function, void* module, const char* name);
int cuFuncGetParamInfo(void* function, size_t index, size_t* offset, size_t* bytes);
int cuFuncGetAttribute(int* value, int attribute, void* function);
int cuFuncSetAttribute(void* function, int attribute, int value);
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void* function, int threads,
                                                size_t shared);
int cuLaunchKernel(void* function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                   unsigned blockY, unsigned blockZ, unsigned shared, void* stream, void** values,
                   void** extra);
int cuStreamCreate(void** stream, unsigned flags);
int cuStreamDestroy_v2(void* stream);
int cuStreamSynchronize(void* stream);
int cuStreamQuery(void* stream);
int cuStreamWaitEvent(void* stream, void* event, unsigned flags);
int cuStreamBeginCapture_v2(void* stream, int mode);
int cuStreamEndCapture(void* stream, void** graph);
int cuEventCreate(void** event, unsigned flags);
int cuEventDestroy_v2(void* event);
int cuEventRecord(void* event, void* stream);
int cuEventSynchronize(void* event);
int cuEventQuery(void* event);
int cuEventElapsedTime_v2(float* milliseconds, void* start, void* end);
int cuGraphGetNodes(void* graph, void** nodes, size_t* count);
int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long flags);
int cuGraphLaunch(void* executable, void* stream);
int cuGraphExecDestroy(void* executable);
int cuGraphDestroy(void* graph);

int cublasCreate_v2(void** handle);
int cublasDestroy_v2(void* handle);
int cublasSetStream_v2(void* handle, void* stream);
int cublasSetWorkspace_v2(void* handle, uint64_t workspace, size_t bytes);
int cublasSetMathMode(void* handle, int mode);
int cublasSetPointerMode_v2(void* handle, int mode);
int cublasSgemm_v2(void* handle, int transA, int transB, int m, int n, int k, const float* alpha,
                   uint64_t a, int lda, uint64_t b, int ldb, const float* beta, uint64_t c,
                   int ldc);
int cublasSgemmStridedBatched(void* handle, int transA, int transB, int m, int n, int k,
                              const float* alpha, uint64_t a, int lda, int64_t strideA, uint64_t b,
                              int ldb, int64_t strideB, const float* beta, uint64_t c, int ldc,
                              int64_t strideC, int count);
int cublasGemmEx(void* handle, int transA, int transB, int m, int n, int k, const void* alpha,
                 uint64_t a, int typeA, int lda, uint64_t b, int typeB, int ldb, const void* beta,
                 uint64_t c, int typeC, int ldc, int compute, int algorithm);

int curandCreateGenerator(void** generator, int kind);
int curandCreateGeneratorHost(void** generator, int kind);
int curandDestroyGenerator(void* generator);
int curandSetStream(void* generator, void* stream);
int curandSetPseudoRandomGeneratorSeed(void* generator, unsigned long long seed);
int curandSetGeneratorOffset(void* generator, unsigned long long offset);
int curandGenerateUniform(void* generator, float* to, size_t count);
int curandGenerateNormal(void* generator, float* to, size_t count, float mean, float deviation);

void softcudaFail(const char* failures);
const char* softcudaCalls();
int softcudaLeftovers();
}
