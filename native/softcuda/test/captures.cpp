// Captures and graphs: their rules, and what their replay does.
#include <thread>

#include "device.h"

namespace {

constexpr int global = 0, threadLocal = 1, relaxed = 2;

// Ends a capture and makes the graph ready to run.
void* executable(Context& context, void* stream, size_t nodes) {
  Checks& checks = context.checks;
  void *graph = nullptr, *ready = nullptr;
  size_t count = 0;
  checks.equal("cuStreamEndCapture", cuStreamEndCapture(stream, &graph), 0);
  checks.equal("cuGraphGetNodes", cuGraphGetNodes(graph, nullptr, &count), 0);
  checks.equal("nodes", static_cast<double>(count), static_cast<double>(nodes));
  checks.equal("cuGraphInstantiate", cuGraphInstantiateWithFlags(&ready, graph, 0), 0);
  checks.equal("cuGraphDestroy", cuGraphDestroy(graph), 0);
  return ready;
}

const Case replay("a graph runs at each launch, and not before", {}, [](Checks& checks) {
  Context context(checks);
  void* stream = context.stream();
  uint64_t array = context.array(counting(40));
  checks.equal("load", context.increment(context.array({0}), 1, stream), 0);
  checks.equal("begin", cuStreamBeginCapture_v2(stream, threadLocal), 0);
  checks.equal("launch", context.increment(array, 40, stream), 0);
  checks.equal("launch", context.increment(array, 20, stream), 0);
  void* graph = executable(context, stream, 2);
  checks.equal("not run", context.values(array, 40)[39], 39);
  for (int i = 0; i < 3; i++) {
    checks.equal("cuGraphLaunch", cuGraphLaunch(graph, stream), 0);
  }
  checks.equal("synchronize", cuStreamSynchronize(stream), 0);
  std::vector<float> values = context.values(array, 40);
  checks.equal("twice each", values[19], 19 + 6);
  checks.equal("once each", values[39], 39 + 3);
  checks.equal("destroy", cuGraphExecDestroy(graph), 0);
  checks.equal("a dead handle", cuGraphLaunch(graph, stream), 400);
});

const Case turns("launches of one graph take turns", {{"SOFTCUDA_DELAY", "0,lazy,0"}},
                 [](Checks& checks) {
                   Context context(checks);
                   void *slow = context.stream(), *fast = context.stream();
                   uint64_t array = context.array({0});
                   checks.equal("begin", cuStreamBeginCapture_v2(fast, relaxed), 0);
                   checks.equal("fill", cuMemsetD32Async(array, 0, 1, fast), 0);
                   void* graph = executable(context, fast, 1);
                   checks.equal("launch", cuGraphLaunch(graph, slow), 0);
                   checks.equal("launch", cuGraphLaunch(graph, fast), 0);
                   checks.equal("synchronize", cuStreamSynchronize(fast), 0);
                   checks.equal("the one before is done", cuStreamQuery(slow), 0);
                   checks.equal("destroy", cuGraphExecDestroy(graph), 0);
                 });

// A second stream increments what the first has, and the first goes on after it or not.
float forked(Context& context, bool waits, int& ended) {
  Checks& checks = context.checks;
  void *first = context.stream(), *second = context.stream(), *graph = nullptr, *ready = nullptr;
  void *fork = nullptr, *join = nullptr;
  uint64_t array = context.array({1}), copy = context.array({0});
  checks.equal("load", context.increment(copy, 1, first), 0);
  checks.equal("create", cuEventCreate(&fork, 2), 0);
  checks.equal("create", cuEventCreate(&join, 2), 0);
  checks.equal("begin", cuStreamBeginCapture_v2(first, threadLocal), 0);
  checks.equal("record", cuEventRecord(fork, first), 0);
  checks.equal("wait", cuStreamWaitEvent(second, fork, 0), 0);
  checks.equal("launch", context.increment(array, 1, second), 0);
  checks.equal("record", cuEventRecord(join, second), 0);
  if (waits) {
    checks.equal("wait", cuStreamWaitEvent(first, join, 0), 0);
  }
  checks.equal("copy", cuMemcpyDtoDAsync_v2(copy, array, 4, first), 0);
  if (!waits) {
    checks.equal("too late", cuStreamWaitEvent(first, join, 0), 0);
  }
  ended = cuStreamEndCapture(first, &graph);
  checks.equal("instantiate", cuGraphInstantiateWithFlags(&ready, graph, 0), 0);
  checks.equal("launch", cuGraphLaunch(ready, first), 0);
  checks.equal("synchronize", cuStreamSynchronize(first), 0);
  for (void* event : {fork, join}) {
    checks.equal("destroy", cuEventDestroy_v2(event), 0);
  }
  checks.equal("destroy", cuGraphDestroy(graph), 0);
  checks.equal("destroy", cuGraphExecDestroy(ready), 0);
  return context.values(copy, 1)[0];
}

const Case join("a graph of two streams runs in the order of its events", {}, [](Checks& checks) {
  Context context(checks);
  int ended = -1;
  checks.equal("the new value", forked(context, true, ended), 2);
  checks.equal("ended", ended, 0);
});

const Case missingJoin("a missing event in a graph is a wrong result", {}, [](Checks& checks) {
  Context context(checks);
  int ended = -1;
  checks.equal("the old value", forked(context, false, ended), 1);
  checks.equal("ended", ended, 0);
});

const Case unjoined("a forked stream must be joined", {}, [](Checks& checks) {
  Context context(checks);
  void *first = context.stream(), *second = context.stream(), *graph = nullptr, *fork = nullptr;
  uint64_t array = context.array({1});
  checks.equal("create", cuEventCreate(&fork, 2), 0);
  checks.equal("begin", cuStreamBeginCapture_v2(first, relaxed), 0);
  checks.equal("record", cuEventRecord(fork, first), 0);
  checks.equal("wait", cuStreamWaitEvent(second, fork, 0), 0);
  checks.equal("fill", cuMemsetD32Async(array, 0, 1, second), 0);
  checks.equal("not its origin", cuStreamEndCapture(second, &graph), 903);
  checks.equal("broken", cuStreamEndCapture(first, &graph), 901);
  checks.equal("begin", cuStreamBeginCapture_v2(first, relaxed), 0);
  checks.equal("record", cuEventRecord(fork, first), 0);
  checks.equal("wait", cuStreamWaitEvent(second, fork, 0), 0);
  checks.equal("fill", cuMemsetD32Async(array, 0, 1, second), 0);
  checks.equal("unjoined", cuStreamEndCapture(first, &graph), 904);
  checks.that("no graph", graph == nullptr);
  checks.equal("free again", cuStreamSynchronize(second), 0);
  checks.equal("destroy", cuEventDestroy_v2(fork), 0);
});

// Each call that a capture of this thread forbids breaks it.
void forbidden(Context& context, const char* what, int want, const std::function<int()>& call) {
  Checks& checks = context.checks;
  void *stream = context.stream(), *graph = &stream;
  uint64_t array = context.array({1});
  checks.equal("begin", cuStreamBeginCapture_v2(stream, threadLocal), 0);
  checks.equal(what, call(), want);
  checks.equal("broken", cuMemsetD32Async(array, 0, 1, stream), 901);
  checks.equal("ends", cuStreamEndCapture(stream, &graph), 901);
  checks.that("no graph", graph == nullptr);
  checks.equal("works again", cuMemsetD32Async(array, 0, 1, stream), 0);
}

const Case rules("a capture forbids what cannot be captured", {}, [](Checks& checks) {
  Context context(checks);
  uint64_t array = context.array({1});
  float value = 0;
  void* host = nullptr;
  forbidden(context, "cuMemAlloc", 900, [&] { return cuMemAlloc_v2(&array, 4); });
  forbidden(context, "cuMemFree", 900, [&] { return cuMemFree_v2(array); });
  forbidden(context, "cuMemHostAlloc", 900, [&] { return cuMemHostAlloc(&host, 4, 0); });
  forbidden(context, "cuMemcpyDtoH", 900, [&] { return cuMemcpyDtoH_v2(&value, array, 4); });
  forbidden(context, "cuCtxSynchronize", 900, [] { return cuCtxSynchronize(); });
  forbidden(context, "cuModuleLoadDataEx", 900,
            [&] { return cuModuleLoadDataEx(&host, incrementPtx, 0, nullptr, nullptr); });
});

const Case waits(
    "a captured stream cannot be waited for", {},
    [](Checks& checks) {
      Context context(checks);
      void *stream = context.stream(), *other = context.stream(), *graph = nullptr;
      void *inside = nullptr, *outside = nullptr;
      uint64_t array = context.array({1});
      float value = 0;
      checks.equal("create", cuEventCreate(&inside, 2), 0);
      checks.equal("create", cuEventCreate(&outside, 2), 0);
      checks.equal("record", cuEventRecord(outside, other), 0);
      auto breaks = [&](const char* what, int want, const std::function<int()>& call) {
        checks.equal("begin", cuStreamBeginCapture_v2(stream, threadLocal), 0);
        checks.equal("record", cuEventRecord(inside, stream), 0);
        checks.equal(what, call(), want);
        checks.equal("broken", cuStreamEndCapture(stream, &graph), 901);
      };
      breaks("synchronize", 900, [&] { return cuStreamSynchronize(stream); });
      breaks("query", 900, [&] { return cuStreamQuery(stream); });
      breaks("an event within", 907, [&] { return cuEventSynchronize(inside); });
      breaks("an event from outside", 905, [&] { return cuStreamWaitEvent(stream, outside, 0); });
      breaks("pageable memory", 900,
             [&] { return cuMemcpyHtoDAsync_v2(array, &value, 4, stream); });
      checks.equal("begin", cuStreamBeginCapture_v2(stream, threadLocal), 0);
      checks.equal("begin twice", cuStreamBeginCapture_v2(stream, threadLocal), 401);
      checks.equal("another stream", cuStreamSynchronize(other), 0);
      checks.equal("ends", cuStreamEndCapture(stream, &graph), 0);
      checks.equal("ends twice", cuStreamEndCapture(stream, &graph), 401);
      checks.equal("the legacy stream", cuStreamBeginCapture_v2(nullptr, relaxed), 900);
      for (void* event : {inside, outside}) {
        checks.equal("destroy", cuEventDestroy_v2(event), 0);
      }
    },
    {"memory that is not pinned cannot be copied in a capture"});

const Case modes("modes say which threads a capture binds", {}, [](Checks& checks) {
  Context context(checks);
  void *stream = context.stream(), *graph = nullptr, *current = nullptr;
  uint64_t array = 0;
  checks.equal("current", cuCtxGetCurrent(&current), 0);
  auto allocateElsewhere = [&] {
    int status = -1;
    std::thread([&] {
      cuCtxSetCurrent(current);
      status = cuMemAlloc_v2(&array, 4);
      if (status == 0) {
        cuMemFree_v2(array);
      }
    }).join();
    return status;
  };
  checks.equal("begin", cuStreamBeginCapture_v2(stream, threadLocal), 0);
  checks.equal("thread-local: another thread", allocateElsewhere(), 0);
  int elsewhere = -1;
  std::thread([&] {
    cuCtxSetCurrent(current);
    elsewhere = cuStreamEndCapture(stream, &graph);
  }).join();
  checks.equal("ends on its thread only", elsewhere, 908);
  checks.equal("ends", cuStreamEndCapture(stream, &graph), 0);
  checks.equal("begin", cuStreamBeginCapture_v2(stream, relaxed), 0);
  checks.equal("relaxed: allocate", cuMemAlloc_v2(&array, 4), 0);
  checks.equal("relaxed: free", cuMemFree_v2(array), 0);
  checks.equal("ends", cuStreamEndCapture(stream, &graph), 0);
  checks.equal("begin", cuStreamBeginCapture_v2(stream, global), 0);
  checks.equal("global: another thread", allocateElsewhere(), 900);
  checks.equal("broken", cuStreamEndCapture(stream, &graph), 901);
});

const Case implicit("the legacy stream cannot wait for a captured one", {}, [](Checks& checks) {
  Context context(checks);
  void *stream = nullptr, *graph = nullptr;
  uint64_t array = context.array({1});
  checks.equal("create", cuStreamCreate(&stream, 0), 0);
  checks.equal("begin", cuStreamBeginCapture_v2(stream, relaxed), 0);
  checks.equal("legacy", cuMemsetD32Async(array, 0, 1, nullptr), 906);
  checks.equal("broken", cuStreamEndCapture(stream, &graph), 901);
  checks.equal("destroy", cuStreamDestroy_v2(stream), 0);
});

const Case graphPinned(
    "pinned memory that a graph reads must stay until it has run", {{"SOFTCUDA_DELAY", "lazy"}},
    [](Checks& checks) {
      Context context(checks);
      void *stream = context.stream(), *pinned = nullptr;
      uint64_t array = context.array({0});
      checks.equal("pin", cuMemHostAlloc(&pinned, 4, 0), 0);
      float* value = static_cast<float*>(pinned);
      checks.equal("begin", cuStreamBeginCapture_v2(stream, threadLocal), 0);
      checks.equal("copy", cuMemcpyHtoDAsync_v2(array, pinned, 4, stream), 0);
      void* graph = executable(context, stream, 1);
      for (float next : {3.0f, 4.0f}) {
        *value = next;
        checks.equal("launch", cuGraphLaunch(graph, stream), 0);
        checks.equal("synchronize", cuStreamSynchronize(stream), 0);
        checks.equal("what it is now", context.values(array, 1)[0], next);
      }
      checks.equal("launch", cuGraphLaunch(graph, stream), 0);
      *value = 5;
      checks.equal("synchronize", cuStreamSynchronize(stream), 719);
      context.abandon();
    },
    {"a graph of 1 nodes reads byte 0 of pinned memory 1"});

}  // namespace
