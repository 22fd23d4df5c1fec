#include "graph.h"

#include <algorithm>
#include <queue>

#include "codes.h"
#include "ptx.h"
#include "report.h"

namespace softcuda {
namespace {

struct Captures {
  std::recursive_mutex mutex;
  std::vector<std::shared_ptr<Capture>> active;
};

Captures& captures() {
  static Captures& all = *new Captures;  // outlives the threads of streams
  return all;
}

int breakCapture(Capture& capture, int code) {
  capture.broken = true;
  return code;
}

void leaveAll(Capture& capture) {
  for (const std::weak_ptr<Stream>& one : capture.members) {
    if (std::shared_ptr<Stream> member = one.lock()) {
      member->capture = nullptr;
      member->frontier.clear();
    }
  }
  std::erase_if(captures().active, [&](const auto& one) { return one.get() == &capture; });
}

// Whether every node leads to those at the end of the origin.
bool isJoined(const Graph& graph, const std::vector<size_t>& frontier) {
  std::vector<bool> reached(graph.nodes.size(), false);
  for (size_t node : frontier) {
    reached[node] = true;
  }
  for (size_t node = graph.nodes.size(); node-- > 0;) {
    if (!reached[node]) {
      return false;
    }
    for (size_t before : graph.nodes[node].after) {
      reached[before] = true;
    }
  }
  return true;
}

int capture(Stream& stream, Work work) {
  Capture& capture = *stream.capture;
  if (capture.broken) {
    return captureInvalidated;
  }
  capture.graph.nodes.push_back({std::move(work), stream.frontier});
  stream.frontier = {capture.graph.nodes.size() - 1};
  return success;
}

// The legacy stream would wait for blocking streams, and they cannot be waited for.
int checkLegacy(const Stream& stream) {
  if (!stream.legacy) {
    return success;
  }
  int code = success;
  for (const auto& one : captures().active) {
    for (const std::weak_ptr<Stream>& weak : one->members) {
      std::shared_ptr<Stream> member = weak.lock();
      if (member != nullptr && member->blocking) {
        code = breakCapture(*one, captureImplicit);
      }
    }
  }
  return code;
}

}  // namespace

std::recursive_mutex& captureMutex() { return captures().mutex; }

int beginCapture(const std::shared_ptr<Stream>& stream, CaptureMode mode) {
  std::lock_guard lock(captureMutex());
  if (stream->legacy) {
    return captureUnsupported;
  }
  if (stream->capture != nullptr) {
    return illegalState;
  }
  auto capture = std::make_shared<Capture>();
  capture->origin = stream;
  capture->members = {stream};
  capture->mode = mode;
  capture->thread = std::this_thread::get_id();
  stream->capture = capture;
  stream->frontier.clear();
  captures().active.push_back(capture);
  return success;
}

int endCapture(const std::shared_ptr<Stream>& stream, std::shared_ptr<Graph>& graph) {
  std::lock_guard lock(captureMutex());
  std::shared_ptr<Capture> capture = stream->capture;
  if (capture == nullptr) {
    return illegalState;
  }
  if (capture->origin.lock() != stream) {
    return breakCapture(*capture, captureUnmatched);
  }
  if (capture->mode != CaptureMode::relaxed && capture->thread != std::this_thread::get_id()) {
    return captureWrongThread;
  }
  bool joined = isJoined(capture->graph, stream->frontier);
  leaveAll(*capture);
  if (capture->broken) {
    return captureInvalidated;
  }
  if (!joined) {
    return captureUnjoined;
  }
  graph = std::make_shared<Graph>(std::move(capture->graph));
  return success;
}

int checkUncaptured() {
  std::lock_guard lock(captureMutex());
  std::thread::id self = std::this_thread::get_id();
  int code = success;
  for (const auto& one : captures().active) {
    bool forbids = one->mode == CaptureMode::global ||
                   (one->mode == CaptureMode::threadLocal && one->thread == self);
    if (forbids) {
      code = breakCapture(*one, captureUnsupported);
    }
  }
  return code;
}

int checkWait(const Stream* stream) {
  std::lock_guard lock(captureMutex());
  if (stream == nullptr) {
    int code = success;
    for (const auto& one : captures().active) {
      code = breakCapture(*one, captureUnsupported);
    }
    return code;
  }
  if (stream->capture != nullptr) {
    return breakCapture(*stream->capture, captureUnsupported);
  }
  return checkLegacy(*stream);
}

void leaveCapture(const std::shared_ptr<Stream>& stream) {
  std::lock_guard lock(captureMutex());
  std::shared_ptr<Capture> capture = stream->capture;
  if (capture == nullptr) {
    return;
  }
  capture->broken = true;
  if (capture->origin.lock() == stream) {
    leaveAll(*capture);
  }
}

int enqueue(const std::shared_ptr<Stream>& stream, Work work, Point* queued) {
  std::lock_guard lock(captureMutex());
  if (stream->capture != nullptr) {
    return capture(*stream, std::move(work));
  }
  if (int code = checkLegacy(*stream)) {
    return code;
  }
  Point point = submit(stream, std::move(work));
  if (queued != nullptr) {
    *queued = point;
  }
  return success;
}

std::shared_ptr<ExecutableGraph> instantiate(const Graph& graph) {
  auto ready = std::make_shared<ExecutableGraph>();
  std::vector<size_t> missing(graph.nodes.size());
  std::vector<std::vector<size_t>> next(graph.nodes.size());
  std::priority_queue<size_t> free;
  for (size_t node = 0; node < graph.nodes.size(); node++) {
    missing[node] = graph.nodes[node].after.size();
    for (size_t before : graph.nodes[node].after) {
      next[before].push_back(node);
    }
    if (missing[node] == 0) {
      free.push(node);
    }
  }
  while (!free.empty()) {
    size_t node = free.top();
    free.pop();
    ready->order.push_back(graph.nodes[node].work);
    for (size_t following : next[node]) {
      if (--missing[following] == 0) {
        free.push(following);
      }
    }
  }
  return ready;
}

void run(const ExecutableGraph& graph) {
  for (size_t i = 0; i < graph.order.size(); i++) {
    try {
      graph.order[i].run();
    } catch (const Fault& fault) {
      throw Fault(fault.code, std::string(fault.what()) + ", in node " + std::to_string(i + 1) +
                                  " of " + std::to_string(graph.order.size()) + " of a graph");
    }
  }
}

}  // namespace softcuda
