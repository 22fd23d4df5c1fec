#include "stream.h"

#include <atomic>
#include <cstring>
#include <map>
#include <shared_mutex>
#include <thread>

#include "codes.h"
#include "ptx.h"
#include "report.h"
#include "settings.h"

namespace softcuda {
namespace {

struct Queues {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::weak_ptr<Stream>> streams;
  uint64_t made = 0;
  std::shared_ptr<Stream> legacy;
  std::map<uint64_t, int> writers;  // work under way that writes a block of pinned memory
  std::shared_mutex running;        // shared by work that runs, whole for what needs none to run
  std::atomic<int> error = success;
};

Queues& queues() {
  static Queues& all = *new Queues;  // outlives the threads of streams
  return all;
}

std::shared_ptr<Stream> enlist(std::shared_ptr<Stream> stream) {
  std::erase_if(queues().streams, [](const auto& one) { return one.expired(); });
  queues().streams.push_back(stream);
  return stream;
}

// FNV-1a over words of 8 bytes, and over the rest byte by byte.
uint64_t hashOf(const PinnedRange& range) {
  constexpr uint64_t prime = 0x100000001B3;
  uint64_t hash = 0xCBF29CE484222325;
  size_t i = 0;
  for (; i + 8 <= range.bytes; i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, range.host + i, 8);
    hash = (hash ^ word) * prime;
  }
  for (; i < range.bytes; i++) {
    hash = (hash ^ static_cast<unsigned char>(range.host[i])) * prime;
  }
  return hash;
}

void checkUnchanged(const Work& work) {
  for (const PinnedRange& range : work.reads) {
    if (hashOf(range) != range.hash) {
      throw Fault(launchFailed, work.what + " reads " +
                                    describePinned(reinterpret_cast<uint64_t>(range.host)) +
                                    ", which the host has changed since it asked for that");
    }
  }
}

double delayOf(uint64_t stream) {
  const std::vector<double>& delays = settings().delays;
  return delays.empty() ? 0 : delays[stream % delays.size()];
}

}  // namespace

Stream::Stream(uint64_t number, bool blocking, bool legacy)
    : number(number), blocking(blocking), legacy(legacy) {}

std::shared_ptr<Stream> makeStream(bool blocking) {
  std::lock_guard lock(queues().mutex);
  return enlist(std::make_shared<Stream>(++queues().made, blocking, false));
}

std::shared_ptr<Stream> legacyStream() {
  std::lock_guard lock(queues().mutex);
  if (queues().legacy == nullptr) {
    queues().legacy = enlist(std::make_shared<Stream>(0, false, true));
  }
  return queues().legacy;
}

Point submit(const std::shared_ptr<Stream>& stream, Work work) {
  std::vector<Point> blocking;
  if (stream->legacy) {
    blocking = lastPoints(true);
  } else if (stream->blocking) {
    blocking.push_back(lastPoint(legacyStream()));
  }
  std::lock_guard lock(queues().mutex);
  work.after.insert(work.after.end(), blocking.begin(), blocking.end());
  for (const PinnedRange& range : work.writes) {
    queues().writers[range.block->id]++;
  }
  // What a copy that is under way makes of a range cannot be known yet.
  std::erase_if(work.reads,
                [](const auto& range) { return queues().writers[range.block->id] > 0; });
  for (PinnedRange& range : work.reads) {
    range.hash = hashOf(range);
  }
  stream->queue.push_back(std::move(work));
  stream->submitted++;
  if (!stream->served) {
    stream->served = true;
    std::thread([stream] { stream->serve(); }).detach();
  }
  queues().changed.notify_all();
  return {stream, stream->submitted};
}

void release(const Point& point);

void Stream::serve() {
  std::unique_lock lock(queues().mutex);
  while (true) {
    queues().changed.wait(lock, [&] { return !queue.empty() || closed; });
    if (queue.empty()) {
      return;
    }
    Work work = std::move(queue.front());
    queue.pop_front();
    uint64_t ticket = completed + 1;
    queues().changed.wait(lock, [&] { return ticket <= released || delayOf(number) != lazy; });
    for (const Point& point : work.after) {
      release(point);
      queues().changed.wait(lock, [&] { return point.stream->completed >= point.ticket; });
    }
    lock.unlock();
    execute(work);
    std::vector<PinnedRange> written = std::move(work.writes);
    work = {};  // what it holds goes before it counts as done
    lock.lock();
    for (const PinnedRange& range : written) {
      queues().writers[range.block->id]--;
    }
    completed++;
    queues().changed.notify_all();
  }
}

void Stream::execute(Work& work) {
  if (!work.isMark) {
    if (double delay = delayOf(number); delay > 0 && delay != lazy) {
      std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(delay));
    }
    if (stickyError() != success) {
      return;
    }
  }
  std::shared_lock running(queues().running);
  try {
    checkUnchanged(work);
    work.run();
  } catch (const Fault& fault) {
    fail(fault.code, fault.what());
  } catch (const std::exception& problem) {
    fail(unknownError, work.what + ": " + problem.what());
  }
}

Point lastPoint(const std::shared_ptr<Stream>& stream) {
  std::lock_guard lock(queues().mutex);
  return {stream, stream->submitted};
}

std::vector<Point> lastPoints(bool blockingOnly) {
  std::lock_guard lock(queues().mutex);
  std::vector<Point> points;
  for (const std::weak_ptr<Stream>& one : queues().streams) {
    std::shared_ptr<Stream> stream = one.lock();
    if (stream != nullptr && (stream->blocking || !blockingOnly)) {
      points.push_back({stream, stream->submitted});
    }
  }
  return points;
}

// Lets a lazy stream go up to a point; under the lock of the queues.
void release(const Point& point) {
  if (point.stream->released < point.ticket) {
    point.stream->released = point.ticket;
    queues().changed.notify_all();
  }
}

void wait(const Point& point) {
  std::unique_lock lock(queues().mutex);
  release(point);
  queues().changed.wait(lock, [&] { return point.stream->completed >= point.ticket; });
}

void waitForAll() {
  for (const Point& point : lastPoints(false)) {
    wait(point);
  }
}

bool passed(const Point& point) {
  std::lock_guard lock(queues().mutex);
  release(point);
  return point.stream->completed >= point.ticket;
}

void close(const std::shared_ptr<Stream>& stream) {
  std::lock_guard lock(queues().mutex);
  stream->closed = true;
  queues().changed.notify_all();
}

void whileIdle(const std::function<void()>& action) {
  std::unique_lock running(queues().running);
  action();
}

void fail(int code, const std::string& text) {
  int none = success;
  bool first = queues().error.compare_exchange_strong(none, code);
  report(described(code) + ": " + text + (first ? "" : " (after an earlier fault)"));
}

int stickyError() { return queues().error; }

void forgetError() { queues().error = success; }

}  // namespace softcuda
