// Captured work, and the rules of capturing it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "handles.h"
#include "stream.h"

namespace softcuda {

struct Node {
  Work work;
  std::vector<size_t> after;  // nodes before it in the graph
};

struct Graph {
  std::vector<Node> nodes;
};

// A graph made ready to run: its nodes in the order that they are run in.
struct ExecutableGraph {
  std::vector<Work> order;
  Point last;  // the launch before, as launches of one graph take turns
};

enum class CaptureMode { global = 0, threadLocal = 1, relaxed = 2 };

// One capture under way. All of it is guarded by captureMutex().
struct Capture {
  std::weak_ptr<Stream> origin;
  std::vector<std::weak_ptr<Stream>> members;  // streams that are captured, its origin first
  CaptureMode mode;
  std::thread::id thread;
  bool broken = false;
  Graph graph;
};

std::recursive_mutex& captureMutex();

// Begins or ends a capture; both give a status.
int beginCapture(const std::shared_ptr<Stream>& stream, CaptureMode mode);
int endCapture(const std::shared_ptr<Stream>& stream, std::shared_ptr<Graph>& graph);

// Whether a call that cannot be captured and may touch other streams is allowed on this thread. If
// it is not, the captures that forbid it are broken.
int checkUncaptured();

// Whether waiting for a stream, or for all of them when it is null, is allowed.
int checkWait(const Stream* stream);

// Drops what is captured of a stream that goes.
void leaveCapture(const std::shared_ptr<Stream>& stream);

// Puts work on a stream: into its capture if it has one, into its queue otherwise, and
// then says where.
int enqueue(const std::shared_ptr<Stream>& stream, Work work, Point* queued = nullptr);

// The order of execution: among nodes that may run next, the one that was captured last comes
// first. So a dependency that was forgotten shows as a wrong result, not only as a risk of one.
std::shared_ptr<ExecutableGraph> instantiate(const Graph& graph);

// Runs every node; on the thread of a stream.
void run(const ExecutableGraph& graph);

}  // namespace softcuda
