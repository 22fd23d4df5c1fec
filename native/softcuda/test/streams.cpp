// Streams and events: what runs when, and what is wrong where an event is missing.
#include <thread>

#include "device.h"

namespace {

// Two streams of which the first begins when it is waited for: it increments, and the second
// copies.
float copyOfSlow(Context& context, bool withEvent) {
  Checks& checks = context.checks;
  void* slow = context.stream();
  void* fast = context.stream();
  uint64_t array = context.array({1});
  uint64_t copy = context.array({0});
  void* event = nullptr;
  checks.equal("cuEventCreate", cuEventCreate(&event, 2), 0);
  checks.equal("launch", context.increment(array, 1, slow), 0);
  checks.equal("cuEventRecord", cuEventRecord(event, slow), 0);
  if (withEvent) {
    checks.equal("cuStreamWaitEvent", cuStreamWaitEvent(fast, event, 0), 0);
  }
  checks.equal("copy", cuMemcpyDtoDAsync_v2(copy, array, 4, fast), 0);
  checks.equal("cuStreamSynchronize", cuStreamSynchronize(fast), 0);
  checks.equal("cuCtxSynchronize", cuCtxSynchronize(), 0);
  checks.equal("cuEventDestroy", cuEventDestroy_v2(event), 0);
  return context.values(copy, 1)[0];
}

// The legacy stream is number 0, and a context's streams follow.
const Case::Environment firstIsLazy = {{"SOFTCUDA_DELAY", "0,lazy,0"}};

const Case event("an event makes one stream wait for another", firstIsLazy, [](Checks& checks) {
  Context context(checks);
  checks.equal("the new value", copyOfSlow(context, true), 2);
});

const Case missingEvent("a missing event is a wrong result", firstIsLazy, [](Checks& checks) {
  Context context(checks);
  checks.equal("the old value", copyOfSlow(context, false), 1);
});

const Case asynchronous("calls return before their work is done", firstIsLazy, [](Checks& checks) {
  Context context(checks);
  void* stream = context.stream();
  void* event = nullptr;
  checks.equal("cuEventCreate", cuEventCreate(&event, 2), 0);
  checks.equal("never recorded", cuEventQuery(event), 0);
  uint64_t array = context.array(counting(64));
  checks.equal("idle", cuStreamQuery(stream), 0);
  checks.equal("launch", context.increment(array, 64, stream), 0);
  checks.equal("busy", cuStreamQuery(stream), 600);
  checks.equal("synchronize", cuStreamSynchronize(stream), 0);
  checks.equal("done", context.values(array, 64)[63], 64);
  checks.equal("launch", context.increment(array, 64, stream), 0);
  checks.equal("record", cuEventRecord(event, stream), 0);
  checks.equal("not passed", cuEventQuery(event), 600);
  checks.equal("cuEventSynchronize", cuEventSynchronize(event), 0);
  checks.equal("passed", cuEventQuery(event), 0);
  checks.equal("idle", cuStreamQuery(stream), 0);
  checks.equal("done", context.values(array, 64)[63], 65);
  checks.equal("cuEventDestroy", cuEventDestroy_v2(event), 0);
});

const Case timing("events measure the time between them", {{"SOFTCUDA_DELAY", "0,20"}},
                  [](Checks& checks) {
  Context context(checks);
  void* stream = context.stream();
  void *start = nullptr, *end = nullptr, *untimed = nullptr;
  float milliseconds = 0;
  checks.equal("create", cuEventCreate(&start, 0), 0);
  checks.equal("create", cuEventCreate(&end, 0), 0);
  checks.equal("create", cuEventCreate(&untimed, 2), 0);
  uint64_t array = context.array({1});
  checks.equal("record", cuEventRecord(start, stream), 0);
  checks.equal("not recorded", cuEventElapsedTime_v2(&milliseconds, start, end), 400);
  checks.equal("launch", context.increment(array, 1, stream), 0);
  checks.equal("record", cuEventRecord(end, stream), 0);
  checks.equal("record", cuEventRecord(untimed, stream), 0);
  checks.equal("synchronize", cuEventSynchronize(end), 0);
  checks.equal("elapsed", cuEventElapsedTime_v2(&milliseconds, start, end), 0);
  checks.that("the delay of 20 ms or more", milliseconds >= 20);
  checks.equal("untimed", cuEventElapsedTime_v2(&milliseconds, start, untimed), 400);
  for (void* event : {start, end, untimed}) {
    checks.equal("destroy", cuEventDestroy_v2(event), 0);
  }
});

const Case polled("a stream that is asked about gets on", firstIsLazy, [](Checks& checks) {
  Context context(checks);
  void *stream = context.stream(), *start = nullptr, *end = nullptr;
  float milliseconds = 0;
  uint64_t array = context.array({1});
  checks.equal("create", cuEventCreate(&start, 0), 0);
  checks.equal("create", cuEventCreate(&end, 0), 0);
  checks.equal("record", cuEventRecord(start, stream), 0);
  checks.equal("launch", context.increment(array, 1, stream), 0);
  checks.equal("record", cuEventRecord(end, stream), 0);
  checks.equal("too early", cuEventElapsedTime_v2(&milliseconds, start, end), 600);
  while (cuStreamQuery(stream) == 600) {
    std::this_thread::yield();
  }
  checks.equal("done", context.values(array, 1)[0], 2);
  checks.equal("elapsed", cuEventElapsedTime_v2(&milliseconds, start, end), 0);
  for (void* event : {start, end}) {
    checks.equal("destroy", cuEventDestroy_v2(event), 0);
  }
});

const Case legacy("the legacy stream and blocking streams take turns",
                  {{"SOFTCUDA_DELAY", "0,lazy,0"}}, [](Checks& checks) {
                    Context context(checks);
                    void *slow = nullptr, *fast = nullptr;
                    checks.equal("create", cuStreamCreate(&slow, 0), 0);
                    checks.equal("create", cuStreamCreate(&fast, 0), 0);
                    uint64_t array = context.array({1});
                    uint64_t middle = context.array({0});
                    uint64_t copy = context.array({0});
                    checks.equal("slow", context.increment(array, 1, slow), 0);
                    checks.equal("legacy", cuMemcpyDtoDAsync_v2(middle, array, 4, nullptr), 0);
                    checks.equal("fast", cuMemcpyDtoDAsync_v2(copy, middle, 4, fast), 0);
                    checks.equal("synchronize", cuStreamSynchronize(fast), 0);
                    checks.equal("in turns", context.values(copy, 1)[0], 2);
                    checks.equal("destroy", cuStreamDestroy_v2(slow), 0);
                    checks.equal("destroy", cuStreamDestroy_v2(fast), 0);
                  });

const Case destroyed("work of a destroyed stream is still done", firstIsLazy, [](Checks& checks) {
  Context context(checks);
  void* stream = nullptr;
  checks.equal("create", cuStreamCreate(&stream, nonBlocking), 0);
  uint64_t array = context.array({1});
  checks.equal("launch", context.increment(array, 1, stream), 0);
  checks.equal("destroy", cuStreamDestroy_v2(stream), 0);
  checks.equal("a dead handle", cuStreamQuery(stream), 400);
  checks.equal("again", cuStreamDestroy_v2(stream), 400);
  checks.equal("synchronize", cuCtxSynchronize(), 0);
  checks.equal("done", context.values(array, 1)[0], 2);
});

const Case contexts("a thread needs a context that lives", {}, [](Checks& checks) {
  uint64_t address = 0;
  void *first = nullptr, *second = nullptr;
  checks.equal("before cuInit", cuMemAlloc_v2(&address, 4), 3);
  checks.equal("cuInit", cuInit(0), 0);
  checks.equal("none", cuMemAlloc_v2(&address, 4), 201);
  checks.equal("retain", cuDevicePrimaryCtxRetain(&first, 0), 0);
  checks.equal("retain", cuDevicePrimaryCtxRetain(&second, 0), 0);
  checks.that("the same", first == second);
  checks.equal("set", cuCtxSetCurrent(first), 0);
  checks.equal("allocate", cuMemAlloc_v2(&address, 4), 0);
  int other = 0;
  std::thread([&] { other = cuMemFree_v2(address); }).join();
  checks.equal("on a thread without", other, 201);
  checks.equal("free", cuMemFree_v2(address), 0);
  checks.equal("release", cuDevicePrimaryCtxRelease_v2(0), 0);
  checks.equal("still there", cuCtxSynchronize(), 0);
  checks.equal("release", cuDevicePrimaryCtxRelease_v2(0), 0);
  checks.equal("gone", cuCtxSynchronize(), 709);
  checks.equal("release", cuDevicePrimaryCtxRelease_v2(0), 201);
  checks.equal("set", cuCtxSetCurrent(first), 201);
});

}  // namespace
