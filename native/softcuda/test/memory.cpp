// Memory of the device and of the host, and copies.
#include <cmath>
#include <cstring>

#include "device.h"

namespace {

const Case copies("copies bring bytes there and back", {}, [](Checks& checks) {
  Context context(checks);
  uint64_t array = context.array(counting(100));
  std::vector<float> back = context.values(array + 40 * 4, 60);
  for (size_t i = 0; i < back.size(); i++) {
    checks.equal("a float", back[i], 40 + static_cast<double>(i));
  }
});

const Case fresh("fresh memory is NaN, and no address comes twice", {}, [](Checks& checks) {
  Context context(checks);
  uint64_t first = 0, second = 0;
  float value = 0;
  checks.equal("first", cuMemAlloc_v2(&first, 64), 0);
  checks.equal("copy", cuMemcpyDtoH_v2(&value, first, 4), 0);
  checks.that("a NaN", std::isnan(value));
  checks.equal("free", cuMemFree_v2(first), 0);
  checks.equal("second", cuMemAlloc_v2(&second, 64), 0);
  checks.that("another address", first != second);
  checks.that("aligned to 512", first % 512 == 0 && second % 512 == 0);
  checks.equal("free", cuMemFree_v2(second), 0);
});

const Case freed(
    "memory is freed once, at its start", {},
    [](Checks& checks) {
      Context context(checks);
      uint64_t address = 0;
      checks.equal("allocate", cuMemAlloc_v2(&address, 64), 0);
      checks.equal("inside", cuMemFree_v2(address + 4), 1);
      checks.equal("free", cuMemFree_v2(address), 0);
      checks.equal("again", cuMemFree_v2(address), 1);
      checks.equal("null", cuMemFree_v2(0), 0);
      checks.equal("nothing", cuMemAlloc_v2(&address, 0), 1);
    },
    {"byte 4 of allocation 1 of 64 bytes (cuMemAlloc)", "which was freed"});

const Case limited(
    "SOFTCUDA_MEMORY limits the device", {{"SOFTCUDA_MEMORY", "1000"}},
    [](Checks& checks) {
      Context context(checks);
      uint64_t first = 0, second = 0;
      size_t free = 0, total = 0;
      checks.equal("600 bytes", cuMemAlloc_v2(&first, 600), 0);
      checks.equal("401 more", cuMemAlloc_v2(&second, 401), 2);
      checks.equal("cuMemGetInfo", cuMemGetInfo_v2(&free, &total), 0);
      checks.equal("free", static_cast<double>(free), 400);
      checks.equal("total", static_cast<double>(total), 1000);
      checks.equal("400 more", cuMemAlloc_v2(&second, 400), 0);
      checks.equal("free", cuMemFree_v2(first), 0);
      checks.equal("free", cuMemFree_v2(second), 0);
      checks.equal("all of it", cuMemAlloc_v2(&first, 1000), 0);
      checks.equal("free", cuMemFree_v2(first), 0);
    },
    {"of 1000 bytes 600 are held"});

const Case pastTheEnd(
    "a copy past the end is a fault that stays", {},
    [](Checks& checks) {
      Context context(checks);
      uint64_t array = context.array(counting(4));
      float values[8] = {};
      checks.equal("copy", cuMemcpyHtoD_v2(array, values, 20), 700);
      checks.equal("from then on", cuMemcpyDtoH_v2(values, array, 16), 700);
      checks.equal("and all else", cuCtxSynchronize(), 700);
      context.abandon();
    },
    {"a copy of 20 bytes to the device goes over 20 bytes", "of which only 16 of 20 bytes"});

const Case hostPointer(
    "an address of the host is no address of the device", {},
    [](Checks& checks) {
      Context context(checks);
      float value = 0;
      void* pinned = nullptr;
      checks.equal("pin", cuMemHostAlloc(&pinned, 64, 0), 0);
      checks.equal("free", cuMemFreeHost(pinned), 0);
      checks.equal("copy", cuMemcpyDtoH_v2(&value, reinterpret_cast<uint64_t>(&value), 4), 700);
      context.abandon();
    },
    {"an address of the host and not of the device"});

const Case wildNearMiss(
    "what lies just past the end of memory is told", {},
    [](Checks& checks) {
      Context context(checks);
      uint64_t array = context.array(counting(3));
      float value = 0;
      checks.equal("copy", cuMemcpyDtoH_v2(&value, array + 16, 4), 700);
      context.abandon();
    },
    {"4 bytes past the end of allocation 1 of 12 bytes"});

const Case fills("a fill writes words", {}, [](Checks& checks) {
  Context context(checks);
  void* stream = context.stream();
  uint64_t array = context.array(counting(4));
  unsigned seven = 0;
  float number = 7;
  std::memcpy(&seven, &number, 4);
  checks.equal("fill", cuMemsetD32Async(array + 4, seven, 2, stream), 0);
  checks.equal("not aligned", cuMemsetD32Async(array + 2, seven, 1, stream), 1);
  checks.equal("synchronize", cuStreamSynchronize(stream), 0);
  std::vector<float> values = context.values(array, 4);
  checks.equal("before", values[0], 0);
  checks.equal("first", values[1], 7);
  checks.equal("last", values[2], 7);
  checks.equal("after", values[3], 3);
});

const Case overlapping(
    "a copy within the device must not overlap", {},
    [](Checks& checks) {
      Context context(checks);
      void* stream = context.stream();
      uint64_t array = context.array(counting(8));
      checks.equal("apart", cuMemcpyDtoDAsync_v2(array + 16, array, 16, stream), 0);
      checks.equal("synchronize", cuStreamSynchronize(stream), 0);
      checks.equal("moved", context.values(array, 8)[5], 1);
      checks.equal("overlapping", cuMemcpyDtoDAsync_v2(array + 4, array, 16, stream), 0);
      checks.equal("synchronize", cuStreamSynchronize(stream), 719);
      context.abandon();
    },
    {"has ranges that overlap"});

const Case pageable("pageable memory is read during the call", {{"SOFTCUDA_DELAY", "lazy"}},
                    [](Checks& checks) {
                      Context context(checks);
                      void* stream = context.stream();
                      uint64_t array = context.array({0});
                      float value = 1;
                      checks.equal("copy", cuMemcpyHtoDAsync_v2(array, &value, 4, stream), 0);
                      value = 2;
                      checks.equal("synchronize", cuStreamSynchronize(stream), 0);
                      checks.equal("the first", context.values(array, 1)[0], 1);
                    });

const Case pinnedTooEarly(
    "pinned memory that is reused before its copy has run is a fault", {{"SOFTCUDA_DELAY", "lazy"}},
    [](Checks& checks) {
      Context context(checks);
      void* stream = context.stream();
      uint64_t array = context.array({0});
      void* pinned = nullptr;
      checks.equal("pin", cuMemHostAlloc(&pinned, 4, 1), 0);
      float* value = static_cast<float*>(pinned);
      *value = 1;
      checks.equal("copy", cuMemcpyHtoDAsync_v2(array, value, 4, stream), 0);
      checks.equal("synchronize", cuStreamSynchronize(stream), 0);
      *value = 2;
      checks.equal("the first", context.values(array, 1)[0], 1);
      checks.equal("copy", cuMemcpyHtoDAsync_v2(array, value, 4, stream), 0);
      *value = 3;
      checks.equal("synchronize", cuStreamSynchronize(stream), 719);
      context.abandon();
    },
    {"byte 0 of pinned memory 1 of 4 bytes, which the host has changed"});

const Case pinnedThere("pinned memory may be written by a copy and read by the next",
                       {{"SOFTCUDA_DELAY", "lazy"}}, [](Checks& checks) {
                         Context context(checks);
                         void* stream = context.stream();
                         uint64_t from = context.array({5});
                         uint64_t to = context.array({0});
                         void* pinned = nullptr;
                         checks.equal("pin", cuMemHostAlloc(&pinned, 4, 0), 0);
                         *static_cast<float*>(pinned) = 1;
                         checks.equal("out", cuMemcpyDtoHAsync_v2(pinned, from, 4, stream), 0);
                         checks.equal("not yet", *static_cast<float*>(pinned), 1);
                         checks.equal("in", cuMemcpyHtoDAsync_v2(to, pinned, 4, stream), 0);
                         checks.equal("synchronize", cuStreamSynchronize(stream), 0);
                         checks.equal("through", context.values(to, 1)[0], 5);
                         checks.equal("free", cuMemFreeHost(pinned), 0);
                       });

}  // namespace
