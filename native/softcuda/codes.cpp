#include "codes.h"

namespace softcuda {
namespace {

struct Entry {
  int code;
  const char* name;
  const char* meaning;
};

// All codes of CUDA 13's cuda.h that a program may see or inject, with meanings in our own words.
constexpr Entry entries[] = {
    {0, "CUDA_SUCCESS", "no error"},
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {3, "CUDA_ERROR_NOT_INITIALIZED", "the driver is not initialized"},
    {4, "CUDA_ERROR_DEINITIALIZED", "the driver is shutting down"},
    {34, "CUDA_ERROR_STUB_LIBRARY", "the library is a stub, and no driver"},
    {36, "CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER", "the call requires a newer driver"},
    {46, "CUDA_ERROR_DEVICE_UNAVAILABLE", "the device is busy or unavailable"},
    {100, "CUDA_ERROR_NO_DEVICE", "there is no CUDA device"},
    {101, "CUDA_ERROR_INVALID_DEVICE", "there is no such device"},
    {200, "CUDA_ERROR_INVALID_IMAGE", "the image of device code is invalid"},
    {201, "CUDA_ERROR_INVALID_CONTEXT", "no valid context is current"},
    {209, "CUDA_ERROR_NO_BINARY_FOR_GPU", "the image holds no code for this device"},
    {214, "CUDA_ERROR_ECC_UNCORRECTABLE", "an uncorrectable error of memory"},
    {218, "CUDA_ERROR_INVALID_PTX", "the PTX could not be compiled"},
    {221, "CUDA_ERROR_JIT_COMPILER_NOT_FOUND", "the PTX compiler was not found"},
    {222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the PTX is of a newer version than the driver"},
    {304, "CUDA_ERROR_OPERATING_SYSTEM", "a call of the operating system failed"},
    {400, "CUDA_ERROR_INVALID_HANDLE", "invalid handle"},
    {401, "CUDA_ERROR_ILLEGAL_STATE", "the object is in no state for this call"},
    {500, "CUDA_ERROR_NOT_FOUND", "there is no such symbol"},
    {600, "CUDA_ERROR_NOT_READY", "the work is not done yet"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an address was accessed that is not allocated"},
    {701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "the launch needs more than the device has"},
    {702, "CUDA_ERROR_LAUNCH_TIMEOUT", "the kernel ran too long and was stopped"},
    {708, "CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE", "the primary context is active"},
    {709, "CUDA_ERROR_CONTEXT_IS_DESTROYED", "the context is destroyed"},
    {710, "CUDA_ERROR_ASSERT", "an assertion of a kernel failed"},
    {715, "CUDA_ERROR_ILLEGAL_INSTRUCTION", "an illegal instruction was met"},
    {716, "CUDA_ERROR_MISALIGNED_ADDRESS", "an address was accessed that is not aligned"},
    {717, "CUDA_ERROR_INVALID_ADDRESS_SPACE", "an address of the wrong space was accessed"},
    {719, "CUDA_ERROR_LAUNCH_FAILED", "a kernel failed"},
    {800, "CUDA_ERROR_NOT_PERMITTED", "the operation is not permitted"},
    {801, "CUDA_ERROR_NOT_SUPPORTED", "the operation is not supported"},
    {802, "CUDA_ERROR_SYSTEM_NOT_READY", "the system is not ready"},
    {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "the driver's parts have different versions"},
    {804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE", "the device has no forward compatibility"},
    {900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "not permitted while a stream is captured"},
    {901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "an earlier error has broken the capture"},
    {902, "CUDA_ERROR_STREAM_CAPTURE_MERGE", "two captures would be merged"},
    {903, "CUDA_ERROR_STREAM_CAPTURE_UNMATCHED", "the capture did not begin on this stream"},
    {904, "CUDA_ERROR_STREAM_CAPTURE_UNJOINED", "a forked stream was not joined again"},
    {905, "CUDA_ERROR_STREAM_CAPTURE_ISOLATION", "the capture would depend on uncaptured work"},
    {906, "CUDA_ERROR_STREAM_CAPTURE_IMPLICIT", "the legacy stream would wait for a captured one"},
    {907, "CUDA_ERROR_CAPTURED_EVENT", "the event was last recorded in a capture"},
    {908, "CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD", "the capture began on another thread"},
    {999, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

const Entry* entry(int code) {
  for (const Entry& one : entries) {
    if (one.code == code) {
      return &one;
    }
  }
  return nullptr;
}

}  // namespace

const char* nameOf(int code) {
  const Entry* found = entry(code);
  return found != nullptr ? found->name : nullptr;
}

const char* meaningOf(int code) {
  const Entry* found = entry(code);
  return found != nullptr ? found->meaning : nullptr;
}

std::string described(int code) {
  const Entry* found = entry(code);
  return std::to_string(code) + (found != nullptr ? std::string(" ") + found->name : "");
}

}  // namespace softcuda
