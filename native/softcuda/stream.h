// Queues of work, each with a thread of its own: what the host calls returns before it is done.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "pinned.h"

namespace softcuda {

class Stream;
struct Capture;

// The work of a stream up to its n-th piece.
struct Point {
  std::shared_ptr<Stream> stream;
  uint64_t ticket = 0;
};

// A range of pinned memory that a piece of work reads or writes.
struct PinnedRange {
  std::shared_ptr<PinnedBlock> block;
  const char* host = nullptr;
  size_t bytes = 0;
  uint64_t hash = 0;  // of its bytes, when the work was queued
};

struct Work {
  std::string what;
  std::function<void()> run;
  std::vector<Point> after = {};
  std::vector<PinnedRange> reads = {};  // left as they are until the work has run
  std::vector<PinnedRange> writes = {};
  bool isMark = false;  // no work at all: never delayed, and done even after a fault
};

class Stream : public std::enable_shared_from_this<Stream> {
 public:
  Stream(uint64_t number, bool blocking, bool legacy);

  const uint64_t number;
  const bool blocking;  // takes turns with the legacy stream
  const bool legacy;

  // What is being captured of it; guarded by captureMutex().
  std::shared_ptr<Capture> capture;
  std::vector<size_t> frontier;  // the nodes that its next one comes after

 private:
  friend Point submit(const std::shared_ptr<Stream>&, Work);
  friend void release(const Point&);
  friend void wait(const Point&);
  friend bool passed(const Point&);
  friend void close(const std::shared_ptr<Stream>&);
  friend Point lastPoint(const std::shared_ptr<Stream>&);
  friend std::vector<Point> lastPoints(bool);

  void serve();
  void execute(Work& work);

  std::deque<Work> queue;
  uint64_t submitted = 0;
  uint64_t completed = 0;
  uint64_t released = 0;  // how far a lazy stream may go
  bool served = false;
  bool closed = false;
};

// A new stream, and the stream that a null handle means.
std::shared_ptr<Stream> makeStream(bool blocking);
std::shared_ptr<Stream> legacyStream();

// Queues work behind what must be done before; the legacy stream and blocking ones take turns.
Point submit(const std::shared_ptr<Stream>& stream, Work work);

// The host waits, or asks; either lets lazy streams begin.
void wait(const Point& point);
void waitForAll();
bool passed(const Point& point);

// The end of a queue; of all queues; or of those of blocking streams.
Point lastPoint(const std::shared_ptr<Stream>& stream);
std::vector<Point> lastPoints(bool blockingOnly);

// Its thread ends when the queue is empty.
void close(const std::shared_ptr<Stream>& stream);

// Runs something while no work of any stream does.
void whileIdle(const std::function<void()>& action);

// Marks that the device met a fault: what is queued is dropped, and calls fail from then on.
void fail(int code, const std::string& text);
int stickyError();
void forgetError();

}  // namespace softcuda
