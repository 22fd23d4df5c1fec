// The functions of cuBLAS that Advect binds, on streams of the software device.
#include <algorithm>
#include <vector>

#include "blas/gemm.h"
#include "driver.h"
#include "memory.h"
#include "settings.h"

namespace softcuda {
namespace {

constexpr int version = 130000;

// Statuses, operations, modes and types of cublas_v2.h and library_types.h.
enum Status : int {
  succeeded = 0,
  uninitialized = 1,
  allocationFailed = 3,
  refused = 7,
  architectureMismatch = 8,
  executionFailed = 13,
  internalError = 14,
  unsupported = 15
};
constexpr int conjugateTranspose = 2;  // CUBLAS_OP_C, which is a transpose of real numbers
constexpr int tf32Math = 3;            // CUBLAS_TF32_TENSOR_OP_MATH
constexpr int disallowReduced = 16;    // a flag of modes that touches only half precision
constexpr int float32 = 0;             // CUDA_R_32F
constexpr size_t workspaceAlignment = 256;

struct Entry {
  int status;
  const char* name;
  const char* meaning;
};
constexpr Entry entries[] = {
    {succeeded, "CUBLAS_STATUS_SUCCESS", "success"},
    {uninitialized, "CUBLAS_STATUS_NOT_INITIALIZED", "the library was not initialized"},
    {allocationFailed, "CUBLAS_STATUS_ALLOC_FAILED", "the resource allocation failed"},
    {refused, "CUBLAS_STATUS_INVALID_VALUE", "an unsupported value or parameter was passed"},
    {architectureMismatch, "CUBLAS_STATUS_ARCH_MISMATCH", "the device lacks a feature for this"},
    {executionFailed, "CUBLAS_STATUS_EXECUTION_FAILED", "the function failed to launch on the GPU"},
    {internalError, "CUBLAS_STATUS_INTERNAL_ERROR", "an internal operation failed"},
    {unsupported, "CUBLAS_STATUS_NOT_SUPPORTED", "the requested functionality is not supported"},
};

const Entry& entry(int status) {
  static constexpr Entry unknown = {-1, "<unknown>", "<unknown>"};
  for (const Entry& one : entries) {
    if (one.status == status) {
      return one;
    }
  }
  return unknown;
}

struct Blas {
  void* stream = nullptr;
  int math = 0;
  bool scalarsOnDevice = false;
  std::mutex mutex;
};

Handles<Blas>& handles() {
  static auto& all = *new Handles<Blas>("cuBLAS handle");
  return all;
}

// Runs the body of a function, which gets what its handle stands for.
template <class Body, class... Arguments>
int blasCall(const char* function, void* handle, Body&& body, const Arguments&... arguments) {
  int status = injected(function);
  if (status == succeeded) {
    std::shared_ptr<Blas> blas = handles().find(handle);
    try {
      status = blas == nullptr ? int(uninitialized) : body(*blas);
    } catch (const Fault& fault) {
      report(std::string(function) + ": " + fault.what());
      status = refused;
    }
  }
  logCall(function, std::to_string(status) + " " + entry(status).name, handle, arguments...);
  return status;
}

struct Matrix {
  uint64_t address;
  int type;
  int ld;
  int64_t stride;  // from one product of a batch to the next
};

// What a call of any of the products asks for.
struct Request {
  const char* function;
  int transA, transB, m, n, k;
  const float* alpha;
  Matrix a, b;
  const float* beta;
  Matrix c;
  int count;
  int compute;
};

// CUBLAS_COMPUTE_32F with its variants, as far as they are made here.
bool roundingOf(int compute, int math, Rounding& rounding) {
  constexpr int full = 68, pedantic = 69, fast16 = 75, fastTf32 = 77;
  bool tf32 = compute == fastTf32 || (compute == full && (math & ~disallowReduced) == tf32Math);
  rounding = compute == fast16 ? Rounding::bf16 : tf32 ? Rounding::tf32 : Rounding::none;
  return compute == full || compute == pedantic || compute == fast16 || compute == fastTf32;
}

int checkRequest(const Request& it) {
  bool sizes = it.m >= 0 && it.n >= 0 && it.k >= 0 && it.count >= 0;
  bool operations = it.transA >= 0 && it.transA <= conjugateTranspose && it.transB >= 0 &&
                    it.transB <= conjugateTranspose;
  if (!sizes || !operations || it.alpha == nullptr || it.beta == nullptr) {
    return refused;
  }
  bool leading = it.a.ld >= std::max(1, it.transA != 0 ? it.k : it.m) &&
                 it.b.ld >= std::max(1, it.transB != 0 ? it.n : it.k) &&
                 it.c.ld >= std::max(1, it.m);
  if (!leading) {
    return refused;
  }
  bool floats = it.a.type == float32 && it.b.type == float32 && it.c.type == float32;
  return floats ? succeeded : unsupported;
}

// The bytes of a matrix of a product, all of which must be of the device.
float* matrixAt(const Matrix& matrix, int product, int rows, int columns, const std::string& who) {
  if (rows == 0 || columns == 0) {
    return nullptr;
  }
  uint64_t address = matrix.address + static_cast<uint64_t>(matrix.stride * product) * 4;
  if (address % 4 != 0) {
    throw Fault(misalignedAddress, who + " is at " + memory().describe(address, 4) +
                                       ", and floats lie at multiples of 4");
  }
  size_t bytes = (static_cast<size_t>(matrix.ld) * (columns - 1) + rows) * 4;
  return reinterpret_cast<float*>(memory().at(address, bytes, who));
}

std::string describe(const Request& it) {
  return std::string(it.function) + " with m = " + std::to_string(it.m) +
         ", n = " + std::to_string(it.n) + ", k = " + std::to_string(it.k) + ", op(A) = A" +
         (it.transA != 0 ? "^T" : "") + ", op(B) = B" + (it.transB != 0 ? "^T" : "") +
         ", lda = " + std::to_string(it.a.ld) + ", ldb = " + std::to_string(it.b.ld) +
         ", ldc = " + std::to_string(it.c.ld);
}

bool overlap(const float* a, size_t countOfA, const float* c, size_t countOfC) {
  return a != nullptr && a < c + countOfC && c < a + countOfA;
}

// One product of a batch, on the thread of a stream.
void multiplyOne(const Request& it, int index, float alpha, float beta, Rounding rounding) {
  std::string who = describe(it) + ": matrix ";
  int rowsOfA = it.transA != 0 ? it.k : it.m;
  int columnsOfA = it.transA != 0 ? it.m : it.k;
  int rowsOfB = it.transB != 0 ? it.n : it.k;
  int columnsOfB = it.transB != 0 ? it.k : it.n;
  const float* a = matrixAt(it.a, index, rowsOfA, columnsOfA, who + "A");
  const float* b = matrixAt(it.b, index, rowsOfB, columnsOfB, who + "B");
  float* c = matrixAt(it.c, index, it.m, it.n, who + "C");
  auto count = [](const Matrix& matrix, int rows, int columns) {
    return static_cast<size_t>(matrix.ld) * std::max(0, columns - 1) + rows;
  };
  size_t countOfC = count(it.c, it.m, it.n);
  if (overlap(a, count(it.a, rowsOfA, columnsOfA), c, countOfC) ||
      overlap(b, count(it.b, rowsOfB, columnsOfB), c, countOfC)) {
    throw Fault(launchFailed, who + "C overlaps a factor");
  }
  multiply({it.transA != 0, it.transB != 0, it.m, it.n, it.k, alpha, a, it.a.ld, b, it.b.ld, beta,
            c, it.c.ld, rounding},
           settings().threads);
}

// A scalar is read during the call from the host, or when the product's turn comes from the device.
std::function<float()> scalar(const float* from, bool onDevice) {
  if (!onDevice) {
    return [value = *from] { return value; };
  }
  return [address = reinterpret_cast<uint64_t>(from)] {
    return *reinterpret_cast<float*>(memory().at(address, 4, "a scalar of a product"));
  };
}

int multiply(Blas& blas, const Request& request) {
  std::lock_guard lock(blas.mutex);
  Rounding rounding = Rounding::none;
  if (int status = checkRequest(request)) {
    return status;
  }
  if (!roundingOf(request.compute, blas.math, rounding)) {
    return unsupported;
  }
  std::shared_ptr<Stream> stream = streamOf(blas.stream);
  if (stream == nullptr || check(Needs::context) != success) {
    return executionFailed;
  }
  if (request.m == 0 || request.n == 0 || request.count == 0) {
    return succeeded;
  }
  auto run = [=, alpha = scalar(request.alpha, blas.scalarsOnDevice),
              beta = scalar(request.beta, blas.scalarsOnDevice)] {
    for (int i = 0; i < request.count; i++) {
      multiplyOne(request, i, alpha(), beta(), rounding);
    }
  };
  return enqueue(stream, {.what = request.function, .run = run}) == success ? succeeded
                                                                            : executionFailed;
}

int multiply(void* handle, const Request& it) {
  return blasCall(it.function, handle, [&](Blas& blas) { return multiply(blas, it); }, it.transA,
                  it.transB, it.m, it.n, it.k, it.a.address, it.a.ld, it.b.address, it.b.ld,
                  it.c.address, it.c.ld, it.count);
}

constexpr int compute32 = 68;  // CUBLAS_COMPUTE_32F

// Sets one mode of a handle, which must be from 0 to a last one.
template <class Set>
int setMode(const char* function, void* handle, int mode, int last, Set set) {
  return blasCall(function, handle, [&](Blas& blas) -> int {
    if (mode < 0 || mode > last) {
      return refused;
    }
    set(blas);
    return succeeded;
  }, mode);
}

}  // namespace
}  // namespace softcuda

using namespace softcuda;

SOFTCUDA_API const char* cublasGetStatusName(int status) { return entry(status).name; }

SOFTCUDA_API const char* cublasGetStatusString(int status) { return entry(status).meaning; }

SOFTCUDA_API int cublasCreate_v2(void** handle) {
  int status = injected("cublasCreate_v2");
  if (status == succeeded && handle == nullptr) {
    status = refused;
  }
  if (status == succeeded && check(Needs::context) != success) {
    status = uninitialized;
  }
  if (status == succeeded) {
    *handle = handles().add(std::make_shared<Blas>());
  }
  logCall("cublasCreate_v2", std::to_string(status) + " " + entry(status).name, out(handle));
  return status;
}

SOFTCUDA_API int cublasDestroy_v2(void* handle) {
  return blasCall("cublasDestroy_v2", handle, [&](Blas&) {
    waitForAll();
    handles().remove(handle);
    return succeeded;
  });
}

SOFTCUDA_API int cublasGetVersion_v2(void* handle, int* result) {
  return blasCall("cublasGetVersion_v2", handle, [&](Blas&) {
    *result = version;
    return succeeded;
  });
}

SOFTCUDA_API int cublasSetStream_v2(void* handle, void* stream) {
  return blasCall("cublasSetStream_v2", handle, [&](Blas& blas) {
    blas.stream = stream;
    return streamOf(stream) != nullptr ? succeeded : refused;
  }, stream);
}

// Nothing here needs the workspace, but it must be memory of the device.
SOFTCUDA_API int cublasSetWorkspace_v2(void* handle, uint64_t workspace, size_t bytes) {
  return blasCall("cublasSetWorkspace_v2", handle, [&](Blas&) {
    if (workspace % workspaceAlignment != 0) {
      return refused;
    }
    if (bytes > 0) {
      memory().at(workspace, bytes, "the workspace");
    }
    return succeeded;
  }, workspace, bytes);
}

SOFTCUDA_API int cublasSetMathMode(void* handle, int mode) {
  int last = tf32Math;
  return setMode("cublasSetMathMode", handle, mode & ~disallowReduced, last,
                 [&](Blas& blas) { blas.math = mode; });
}

SOFTCUDA_API int cublasSetPointerMode_v2(void* handle, int mode) {
  return setMode("cublasSetPointerMode_v2", handle, mode, 1,
                 [&](Blas& blas) { blas.scalarsOnDevice = mode == 1; });
}

// Sums are never made with atomic additions here, so both modes are the same.
SOFTCUDA_API int cublasSetAtomicsMode(void* handle, int mode) {
  return setMode("cublasSetAtomicsMode", handle, mode, 1, [](Blas&) {});
}

SOFTCUDA_API int cublasSgemm_v2(void* handle, int transA, int transB, int m, int n, int k,
                                const float* alpha, uint64_t a, int lda, uint64_t b, int ldb,
                                const float* beta, uint64_t c, int ldc) {
  return multiply(handle, {"cublasSgemm_v2", transA, transB, m, n, k, alpha, {a, float32, lda, 0},
                           {b, float32, ldb, 0}, beta, {c, float32, ldc, 0}, 1, compute32});
}

SOFTCUDA_API int cublasSgemmStridedBatched(void* handle, int transA, int transB, int m, int n,
                                           int k, const float* alpha, uint64_t a, int lda,
                                           int64_t strideA, uint64_t b, int ldb, int64_t strideB,
                                           const float* beta, uint64_t c, int ldc, int64_t strideC,
                                           int count) {
  return multiply(handle, {"cublasSgemmStridedBatched", transA, transB, m, n, k, alpha,
                           {a, float32, lda, strideA}, {b, float32, ldb, strideB}, beta,
                           {c, float32, ldc, strideC}, count, compute32});
}

SOFTCUDA_API int cublasGemmEx(void* handle, int transA, int transB, int m, int n, int k,
                              const void* alpha, uint64_t a, int typeA, int lda, uint64_t b,
                              int typeB, int ldb, const void* beta, uint64_t c, int typeC, int ldc,
                              int compute, int) {
  return multiply(handle, {"cublasGemmEx", transA, transB, m, n, k,
                           static_cast<const float*>(alpha), {a, typeA, lda, 0}, {b, typeB, ldb, 0},
                           static_cast<const float*>(beta), {c, typeC, ldc, 0}, 1, compute});
}

SOFTCUDA_API int cublasGemmStridedBatchedEx(void* handle, int transA, int transB, int m, int n,
                                            int k, const void* alpha, uint64_t a, int typeA,
                                            int lda, int64_t strideA, uint64_t b, int typeB,
                                            int ldb, int64_t strideB, const void* beta, uint64_t c,
                                            int typeC, int ldc, int64_t strideC, int count,
                                            int compute, int) {
  return multiply(handle, {"cublasGemmStridedBatchedEx", transA, transB, m, n, k,
                           static_cast<const float*>(alpha), {a, typeA, lda, strideA},
                           {b, typeB, ldb, strideB}, static_cast<const float*>(beta),
                           {c, typeC, ldc, strideC}, count, compute});
}
