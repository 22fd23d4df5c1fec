// Products by cuBLAS against plain loops in double.
#include <algorithm>
#include <cmath>
#include <random>

#include "device.h"

namespace {

constexpr int pedantic = 2, tf32 = 3;

std::vector<float> normals(size_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> law;
  std::vector<float> values(count);
  for (float& value : values) {
    value = law(generator);
  }
  return values;
}

struct Size {
  int m, n, k;
};

class Blas {
 public:
  explicit Blas(Context& context) : context(context), checks(context.checks) {
    stream = context.stream();
    checks.equal("cublasCreate", cublasCreate_v2(&handle), 0);
    checks.equal("cublasSetStream", cublasSetStream_v2(handle, stream), 0);
    checks.equal("cublasSetMathMode", cublasSetMathMode(handle, pedantic), 0);
  }
  ~Blas() { checks.equal("cublasDestroy", cublasDestroy_v2(handle), 0); }

  Context& context;
  Checks& checks;
  void* stream = nullptr;
  void* handle = nullptr;
};

// Element (i, j) of op(M), whose columns lie ld apart.
double element(const std::vector<float>& matrix, int ld, bool transposed, int i, int j) {
  return transposed ? matrix[j + size_t(i) * ld] : matrix[i + size_t(j) * ld];
}

// One product with columns that lie further apart than they are high; what lies between must stay.
void checkProduct(Blas& blas, Size size, bool transA, bool transB, float alpha, float beta) {
  auto [m, n, k] = size;
  int lda = (transA ? k : m) + 3, ldb = (transB ? n : k) + 1, ldc = m + 2;
  std::vector<float> a = normals(size_t(lda) * std::max(1, transA ? m : k), 1);
  std::vector<float> b = normals(size_t(ldb) * std::max(1, transB ? k : n), 2);
  std::vector<float> c = normals(size_t(ldc) * n, 3);
  uint64_t onDevice = blas.context.array(c);
  int status = cublasSgemm_v2(blas.handle, transA, transB, m, n, k, &alpha, blas.context.array(a),
                              lda, blas.context.array(b), ldb, &beta, onDevice, ldc);
  blas.checks.equal("cublasSgemm", status, 0);
  blas.checks.equal("synchronize", cuStreamSynchronize(blas.stream), 0);
  std::vector<float> got = blas.context.values(onDevice, c.size());
  for (int j = 0; j < n; j++) {
    for (int i = 0; i < ldc; i++) {
      double want = c[i + size_t(j) * ldc];
      if (i < m) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum += element(a, lda, transA, i, p) * element(b, ldb, transB, p, j);
        }
        want = alpha * sum + (beta == 0 ? 0 : beta * want);
      }
      double tolerance = i < m ? 3e-6 * std::sqrt(k + 1.0) : 0;
      blas.checks.near("an element", got[i + size_t(j) * ldc], want, tolerance);
    }
  }
}

const Case layouts("products of all layouts and awkward sizes", {}, [](Checks& checks) {
  Context context(checks);
  Blas blas(context);
  const Size sizes[] = {{1, 1, 1},    {3, 5, 7},     {16, 6, 256},
                        {17, 7, 257}, {130, 97, 33}, {31, 200, 600}};
  for (Size size : sizes) {
    for (int layout = 0; layout < 4; layout++) {
      checkProduct(blas, size, (layout & 1) != 0, (layout & 2) != 0, 1, 0);
      checkProduct(blas, size, (layout & 1) != 0, (layout & 2) != 0, 0.5f, -2);
    }
  }
  checkProduct(blas, {5, 4, 0}, false, false, 1, 3);
});

const Case nanInOutput("what C held is not read when beta is 0", {}, [](Checks& checks) {
  Context context(checks);
  Blas blas(context);
  float one = 1, zero = 0;
  uint64_t c = 0;
  checks.equal("allocate", cuMemAlloc_v2(&c, 4), 0);
  uint64_t a = context.array({2}), b = context.array({3});
  int status = cublasSgemm_v2(blas.handle, 0, 0, 1, 1, 1, &one, a, 1, b, 1, &zero, c, 1);
  checks.equal("cublasSgemm", status, 0);
  checks.equal("synchronize", cuStreamSynchronize(blas.stream), 0);
  checks.equal("product", context.values(c, 1)[0], 6);
  checks.equal("free", cuMemFree_v2(c), 0);
});

const Case batched("a batch strides, also by nothing", {}, [](Checks& checks) {
  Context context(checks);
  Blas blas(context);
  float one = 1, zero = 0;
  uint64_t a = context.array({2}), b = context.array({3, 4, 5}), c = context.array({0, 0, 0, 0, 0});
  int status = cublasSgemmStridedBatched(blas.handle, 0, 0, 1, 1, 1, &one, a, 1, 0, b, 1, 1, &zero,
                                         c, 1, 2, 3);
  checks.equal("cublasSgemmStridedBatched", status, 0);
  checks.equal("synchronize", cuStreamSynchronize(blas.stream), 0);
  std::vector<float> got = context.values(c, 5);
  const float want[] = {6, 0, 8, 0, 10};
  for (size_t i = 0; i < 5; i++) {
    checks.equal("an element", got[i], want[i]);
  }
});

const Case precisions("TF32 and bfloat16 round the factors", {}, [](Checks& checks) {
  Context context(checks);
  Blas blas(context);
  float one = 1, zero = 0;
  // 1 + 2^-11 + 2^-20 is above the middle between two TF32 numbers, and below that of bfloat16.
  uint64_t a = context.array({1 + 0x1p-11f + 0x1p-20f}), b = context.array({1}),
           c = context.array({0});
  auto product = [&](int mode, int compute) {
    checks.equal("cublasSetMathMode", cublasSetMathMode(blas.handle, mode), 0);
    int status = cublasGemmEx(blas.handle, 0, 0, 1, 1, 1, &one, a, 0, 1, b, 0, 1, &zero, c, 0, 1,
                              compute, -1);
    checks.equal("cublasGemmEx", status, 0);
    checks.equal("synchronize", cuStreamSynchronize(blas.stream), 0);
    return context.values(c, 1)[0];
  };
  checks.equal("pedantic", product(pedantic, 68), 1 + 0x1p-11f + 0x1p-20f);
  checks.equal("TF32 by mode", product(tf32, 68), 1 + 0x1p-10f);
  checks.equal("TF32 by type", product(0, 77), 1 + 0x1p-10f);
  checks.equal("bfloat16", product(0, 75), 1);
  checks.equal(
      "no such type",
      cublasGemmEx(blas.handle, 0, 0, 1, 1, 1, &one, a, 0, 1, b, 0, 1, &zero, c, 0, 1, 70, -1), 15);
});

const Case reproducible("a product has the same bits on any number of threads",
                        {{"SOFTCUDA_THREADS", "4"}}, [](Checks& checks) {
                          Context context(checks);
                          Blas blas(context);
                          float one = 1, zero = 0;
                          constexpr int n = 192;
                          uint64_t a = context.array(normals(n * n, 1));
                          uint64_t b = context.array(normals(n * n, 2));
                          uint64_t whole = context.array(std::vector<float>(n * n));
                          uint64_t column = context.array(std::vector<float>(n));
                          int status = cublasSgemm_v2(blas.handle, 0, 0, n, n, n, &one, a, n, b, n,
                                                      &zero, whole, n);
                          checks.equal("all at once", status, 0);
                          status = cublasSgemm_v2(blas.handle, 0, 0, n, 1, n, &one, a, n,
                                                  b + 100 * n * 4, n, &zero, column, n);
                          checks.equal("one column", status, 0);
                          checks.equal("synchronize", cuStreamSynchronize(blas.stream), 0);
                          std::vector<float> all = context.values(whole + 100 * n * 4, n);
                          std::vector<float> one_ = context.values(column, n);
                          for (int i = 0; i < n; i++) {
                            checks.equal("an element", all[i], one_[i]);
                          }
                        });

const Case misuse(
    "misuse has its status", {},
    [](Checks& checks) {
      Context context(checks);
      float one = 1, zero = 0;
      uint64_t a = context.array({1, 2, 3, 4}), c = context.array({0, 0, 0, 0});
      void* dead = nullptr;
      {
        Blas blas(context);
        dead = blas.handle;
        auto product = [&](int op, int m, int lda) {
          return cublasSgemm_v2(blas.handle, op, 0, m, 2, 2, &one, a, lda, a, 2, &zero, c, 2);
        };
        checks.equal("right", product(0, 2, 2), 0);
        checks.equal("no such operation", product(3, 2, 2), 7);
        checks.equal("less than no rows", product(0, -1, 2), 7);
        checks.equal("columns that overlap", product(0, 2, 1), 7);
        checks.equal("an odd workspace", cublasSetWorkspace_v2(blas.handle, a + 4, 8), 7);
        checks.equal("too large a workspace", cublasSetWorkspace_v2(blas.handle, a, 1024), 7);
        checks.equal("a stream that is none", cublasSetStream_v2(blas.handle, &one), 7);
      }
      int status = cublasSgemm_v2(dead, 0, 0, 1, 1, 1, &one, a, 1, a, 1, &zero, c, 1);
      checks.equal("a dead handle", status, 1);
    },
    {"the workspace goes over 1024 bytes"});

const Case outOfBounds(
    "a product past the end of a matrix is a fault", {},
    [](Checks& checks) {
      Context context(checks);
      float one = 1, zero = 0;
      uint64_t a = context.array({1, 2, 3, 4}), c = context.array({0, 0, 0});
      Blas blas(context);
      int status = cublasSgemm_v2(blas.handle, 0, 0, 2, 2, 2, &one, a, 2, a, 2, &zero, c, 2);
      checks.equal("cublasSgemm", status, 0);
      checks.equal("synchronize", cuStreamSynchronize(blas.stream), 700);
      context.abandon();
    },
    {"cublasSgemm_v2 with m = 2, n = 2, k = 2", "matrix C goes over 16 bytes",
     "only 12 of 16 bytes are inside of allocation 2"});

const Case captured("products are captured like kernels", {}, [](Checks& checks) {
  Context context(checks);
  Blas blas(context);
  float one = 1;
  uint64_t a = context.array({2}), b = context.array({3}), c = context.array({0});
  void *graph = nullptr, *ready = nullptr;
  checks.equal("begin", cuStreamBeginCapture_v2(blas.stream, 1), 0);
  int status = cublasSgemm_v2(blas.handle, 0, 0, 1, 1, 1, &one, a, 1, b, 1, &one, c, 1);
  checks.equal("cublasSgemm", status, 0);
  checks.equal("end", cuStreamEndCapture(blas.stream, &graph), 0);
  checks.equal("instantiate", cuGraphInstantiateWithFlags(&ready, graph, 0), 0);
  checks.equal("launch", cuGraphLaunch(ready, blas.stream), 0);
  checks.equal("launch", cuGraphLaunch(ready, blas.stream), 0);
  checks.equal("synchronize", cuStreamSynchronize(blas.stream), 0);
  checks.equal("twice", context.values(c, 1)[0], 12);
  checks.equal("destroy", cuGraphExecDestroy(ready), 0);
  checks.equal("destroy", cuGraphDestroy(graph), 0);
});

const Case scalars("scalars can lie on the device", {}, [](Checks& checks) {
  Context context(checks);
  Blas blas(context);
  uint64_t a = context.array({2}), b = context.array({3}), c = context.array({1});
  uint64_t both = context.array({10, 100});
  checks.equal("mode", cublasSetPointerMode_v2(blas.handle, 1), 0);
  int status = cublasSgemm_v2(blas.handle, 0, 0, 1, 1, 1, reinterpret_cast<const float*>(both), a,
                              1, b, 1, reinterpret_cast<const float*>(both + 4), c, 1);
  checks.equal("cublasSgemm", status, 0);
  checks.equal("synchronize", cuStreamSynchronize(blas.stream), 0);
  checks.equal("10 * 6 + 100 * 1", context.values(c, 1)[0], 160);
});

}  // namespace
