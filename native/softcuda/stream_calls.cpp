// Streams, events, captures and graphs.
#include <algorithm>

#include "driver.h"

namespace softcuda {

Handles<Stream>& streams() {
  static auto& all = *new Handles<Stream>("stream");
  return all;
}

Handles<Event>& events() {
  static auto& all = *new Handles<Event>("event");
  return all;
}

Handles<Graph>& graphs() {
  static auto& all = *new Handles<Graph>("captured graph");
  return all;
}

Handles<ExecutableGraph>& executableGraphs() {
  static auto& all = *new Handles<ExecutableGraph>("executable graph");
  return all;
}

std::shared_ptr<Stream> streamOf(void* handle) {
  constexpr uintptr_t legacyHandle = 1;  // CU_STREAM_LEGACY
  bool legacy = handle == nullptr || reinterpret_cast<uintptr_t>(handle) == legacyHandle;
  return legacy ? legacyStream() : streams().find(handle);
}

namespace {

constexpr unsigned nonBlocking = 1;    // CU_STREAM_NON_BLOCKING
constexpr unsigned disableTiming = 2;  // CU_EVENT_DISABLE_TIMING

// What must be passed for a stream to be idle.
std::vector<Point> endsOf(const std::shared_ptr<Stream>& stream) {
  std::vector<Point> ends = stream->legacy ? lastPoints(true) : std::vector<Point>();
  ends.push_back(lastPoint(stream));
  return ends;
}

// In a capture an event is a place in the graph.
bool recordInCapture(Event& event, const Stream& stream) {
  std::lock_guard lock(captureMutex());
  if (stream.capture == nullptr) {
    return false;
  }
  event.capture = stream.capture;
  event.captured = true;
  event.frontier = stream.frontier;
  return true;
}

int record(Event& event, const std::shared_ptr<Stream>& stream) {
  if (recordInCapture(event, *stream)) {
    return success;
  }
  auto mark = std::make_shared<Mark>();
  Work work{.what = "an event", .run = [mark] { mark->time = std::chrono::steady_clock::now(); }};
  work.isMark = true;
  mark->point = submit(stream, std::move(work));
  event.captured = false;
  event.mark = mark;
  return success;
}

// A stream that waits for an event of a capture becomes part of it.
int joinCapture(const std::shared_ptr<Stream>& stream, const Event& event) {
  std::shared_ptr<Capture> capture = event.capture.lock();
  if (stream->capture == nullptr) {
    if (stream->legacy) {
      return captureImplicit;
    }
    stream->capture = capture;
    stream->frontier.clear();
    capture->members.push_back(stream);
  } else if (stream->capture != capture) {
    stream->capture->broken = capture->broken = true;
    return captureMerge;
  }
  if (capture->broken) {
    return captureInvalidated;
  }
  for (size_t node : event.frontier) {
    if (std::find(stream->frontier.begin(), stream->frontier.end(), node) ==
        stream->frontier.end()) {
      stream->frontier.push_back(node);
    }
  }
  return success;
}

int waitFor(const std::shared_ptr<Stream>& stream, const Event& event) {
  std::unique_lock lock(captureMutex());
  if (event.captured) {
    if (event.capture.expired()) {
      return capturedEvent;
    }
    return joinCapture(stream, event);
  }
  if (stream->capture != nullptr) {
    stream->capture->broken = true;
    return captureIsolation;
  }
  lock.unlock();
  if (event.mark != nullptr) {
    Work work{.what = "a wait for an event", .run = [] {}, .after = {event.mark->point}};
    work.isMark = true;
    submit(stream, std::move(work));
  }
  return success;
}

// Whether the host may ask about an event.
int checkEvent(const Event& event) {
  std::lock_guard lock(captureMutex());
  if (!event.captured) {
    return success;
  }
  if (std::shared_ptr<Capture> capture = event.capture.lock()) {
    capture->broken = true;
  }
  return capturedEvent;
}

int elapsed(const Event& start, const Event& end, float* milliseconds) {
  for (const Event* event : {&start, &end}) {
    if (int code = checkEvent(*event)) {
      return code;
    }
    if (!event->timed || event->mark == nullptr) {
      return invalidHandle;
    }
  }
  if (!passed(start.mark->point) || !passed(end.mark->point)) {
    return notReady;
  }
  std::chrono::duration<float, std::milli> time = end.mark->time - start.mark->time;
  *milliseconds = time.count();
  return success;
}

int launch(const std::shared_ptr<ExecutableGraph>& graph, const std::shared_ptr<Stream>& stream) {
  Work work{.what = "a graph of " + std::to_string(graph->order.size()) + " nodes",
            .run = [graph] { run(*graph); }};
  for (const Work& node : graph->order) {
    work.reads.insert(work.reads.end(), node.reads.begin(), node.reads.end());
    work.writes.insert(work.writes.end(), node.writes.begin(), node.writes.end());
  }
  std::lock_guard lock(captureMutex());
  if (graph->last.stream != nullptr && stream->capture == nullptr) {
    work.after.push_back(graph->last);
  }
  return enqueue(stream, std::move(work), &graph->last);
}

}  // namespace
}  // namespace softcuda

using namespace softcuda;

SOFTCUDA_API int cuStreamCreate(void** handle, unsigned flags) {
  return call("cuStreamCreate", Needs::context, [&]() -> int {
    if (handle == nullptr || flags > nonBlocking) {
      return invalidValue;
    }
    *handle = streams().add(makeStream(flags != nonBlocking));
    return success;
  }, out(handle), flags);
}

SOFTCUDA_API int cuStreamDestroy_v2(void* handle) {
  return call("cuStreamDestroy_v2", Needs::context, [&]() -> int {
    std::shared_ptr<Stream> stream = streams().remove(handle);
    if (stream == nullptr) {
      return invalidHandle;
    }
    leaveCapture(stream);
    close(stream);
    return success;
  }, handle);
}

SOFTCUDA_API int cuStreamSynchronize(void* handle) {
  return call("cuStreamSynchronize", Needs::context, [&]() -> int {
    std::shared_ptr<Stream> stream = streamOf(handle);
    if (stream == nullptr) {
      return invalidHandle;
    }
    if (int code = checkWait(stream.get())) {
      return code;
    }
    for (const Point& point : endsOf(stream)) {
      wait(point);
    }
    return stickyError();
  }, handle);
}

SOFTCUDA_API int cuStreamQuery(void* handle) {
  return call("cuStreamQuery", Needs::context, [&]() -> int {
    std::shared_ptr<Stream> stream = streamOf(handle);
    if (stream == nullptr) {
      return invalidHandle;
    }
    if (int code = checkWait(stream.get())) {
      return code;
    }
    for (const Point& point : endsOf(stream)) {
      if (!passed(point)) {
        return notReady;
      }
    }
    return stickyError();
  }, handle);
}

SOFTCUDA_API int cuStreamWaitEvent(void* handle, void* eventHandle, unsigned flags) {
  return call("cuStreamWaitEvent", Needs::context, [&]() -> int {
    std::shared_ptr<Stream> stream = streamOf(handle);
    std::shared_ptr<Event> event = events().find(eventHandle);
    if (stream == nullptr || event == nullptr) {
      return invalidHandle;
    }
    return flags > 1 ? int(invalidValue) : waitFor(stream, *event);
  }, handle, eventHandle, flags);
}

SOFTCUDA_API int cuStreamBeginCapture_v2(void* handle, int mode) {
  return call("cuStreamBeginCapture_v2", Needs::context, [&]() -> int {
    std::shared_ptr<Stream> stream = streamOf(handle);
    if (stream == nullptr) {
      return invalidHandle;
    }
    return mode < 0 || mode > 2 ? int(invalidValue)
                                : beginCapture(stream, static_cast<CaptureMode>(mode));
  }, handle, mode);
}

SOFTCUDA_API int cuStreamEndCapture(void* handle, void** graphHandle) {
  return call("cuStreamEndCapture", Needs::context, [&]() -> int {
    std::shared_ptr<Stream> stream = streamOf(handle);
    if (stream == nullptr) {
      return invalidHandle;
    }
    std::shared_ptr<Graph> graph;
    int code = endCapture(stream, graph);
    *graphHandle = code == success ? graphs().add(graph) : nullptr;
    return code;
  }, handle, out(graphHandle));
}

SOFTCUDA_API int cuEventCreate(void** handle, unsigned flags) {
  return call("cuEventCreate", Needs::context, [&]() -> int {
    if (handle == nullptr || flags > 3) {
      return invalidValue;
    }
    auto event = std::make_shared<Event>();
    event->timed = (flags & disableTiming) == 0;
    *handle = events().add(event);
    return success;
  }, out(handle), flags);
}

SOFTCUDA_API int cuEventDestroy_v2(void* handle) {
  return call("cuEventDestroy_v2", Needs::context, [&]() -> int {
    return events().remove(handle) != nullptr ? success : invalidHandle;
  }, handle);
}

SOFTCUDA_API int cuEventRecord(void* handle, void* streamHandle) {
  return call("cuEventRecord", Needs::context, [&]() -> int {
    std::shared_ptr<Event> event = events().find(handle);
    std::shared_ptr<Stream> stream = streamOf(streamHandle);
    return event == nullptr || stream == nullptr ? int(invalidHandle) : record(*event, stream);
  }, handle, streamHandle);
}

SOFTCUDA_API int cuEventSynchronize(void* handle) {
  return call("cuEventSynchronize", Needs::context, [&]() -> int {
    std::shared_ptr<Event> event = events().find(handle);
    if (event == nullptr) {
      return invalidHandle;
    }
    if (int code = checkEvent(*event)) {
      return code;
    }
    if (event->mark != nullptr) {
      wait(event->mark->point);
    }
    return stickyError();
  }, handle);
}

SOFTCUDA_API int cuEventQuery(void* handle) {
  return call("cuEventQuery", Needs::context, [&]() -> int {
    std::shared_ptr<Event> event = events().find(handle);
    if (event == nullptr) {
      return invalidHandle;
    }
    if (int code = checkEvent(*event)) {
      return code;
    }
    bool done = event->mark == nullptr || passed(event->mark->point);
    return done ? stickyError() : int(notReady);
  }, handle);
}

SOFTCUDA_API int cuEventElapsedTime_v2(float* milliseconds, void* startHandle, void* endHandle) {
  return call("cuEventElapsedTime_v2", Needs::context, [&]() -> int {
    std::shared_ptr<Event> start = events().find(startHandle);
    std::shared_ptr<Event> end = events().find(endHandle);
    return start == nullptr || end == nullptr ? int(invalidHandle)
                                              : elapsed(*start, *end, milliseconds);
  }, out(milliseconds), startHandle, endHandle);
}

SOFTCUDA_API int cuGraphGetNodes(void* handle, void** nodes, size_t* count) {
  return call("cuGraphGetNodes", Needs::context, [&]() -> int {
    std::shared_ptr<Graph> graph = graphs().find(handle);
    if (graph == nullptr || count == nullptr) {
      return graph == nullptr ? invalidHandle : invalidValue;
    }
    if (nodes != nullptr) {
      return notSupported;  // nodes have no handles here
    }
    *count = graph->nodes.size();
    return success;
  }, handle, out(count));
}

SOFTCUDA_API int cuGraphInstantiateWithFlags(void** executable, void* handle,
                                             unsigned long long flags) {
  return call("cuGraphInstantiateWithFlags", Needs::context, [&]() -> int {
    std::shared_ptr<Graph> graph = graphs().find(handle);
    if (graph == nullptr || flags != 0) {
      return graph == nullptr ? invalidHandle : notSupported;
    }
    *executable = executableGraphs().add(instantiate(*graph));
    return success;
  }, out(executable), handle, flags);
}

SOFTCUDA_API int cuGraphLaunch(void* handle, void* streamHandle) {
  return call("cuGraphLaunch", Needs::context, [&]() -> int {
    std::shared_ptr<ExecutableGraph> graph = executableGraphs().find(handle);
    std::shared_ptr<Stream> stream = streamOf(streamHandle);
    return graph == nullptr || stream == nullptr ? int(invalidHandle) : launch(graph, stream);
  }, handle, streamHandle);
}

SOFTCUDA_API int cuGraphExecDestroy(void* handle) {
  return call("cuGraphExecDestroy", Needs::context, [&]() -> int {
    return executableGraphs().remove(handle) != nullptr ? success : invalidHandle;
  }, handle);
}

SOFTCUDA_API int cuGraphDestroy(void* handle) {
  return call("cuGraphDestroy", Needs::context, [&]() -> int {
    return graphs().remove(handle) != nullptr ? success : invalidHandle;
  }, handle);
}
