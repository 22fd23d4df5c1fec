#include "ptx_helpers.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace softcuda {
namespace {

struct Job {
  const std::function<void()>& work;
  unsigned wanted;
  unsigned running = 0;
};

class Helpers {
 public:
  void share(const std::function<void()>& work, unsigned helpers) {
    Job job{work, helpers};
    {
      std::lock_guard lock(mutex);
      for (; started < helpers; started++) {
        std::thread([this] { help(); }).detach();
      }
      jobs.push_back(&job);
    }
    offered.notify_all();
    work();
    std::unique_lock lock(mutex);
    jobs.erase(std::remove(jobs.begin(), jobs.end(), &job), jobs.end());
    ended.wait(lock, [&] { return job.running == 0; });
  }

 private:
  [[noreturn]] void help() {
    for (std::unique_lock lock(mutex);;) {
      offered.wait(lock, [&] { return !jobs.empty(); });
      Job& job = *jobs.front();
      job.running++;
      if (--job.wanted == 0) {
        jobs.pop_front();
      }
      lock.unlock();
      job.work();
      lock.lock();
      job.running--;
      ended.notify_all();
    }
  }

  std::mutex mutex;
  std::condition_variable offered, ended;
  std::deque<Job*> jobs;
  unsigned started = 0;
};

}  // namespace

void shareWork(const std::function<void()>& work, unsigned helpers) {
  if (helpers == 0) {
    work();
    return;
  }
  static Helpers& all = *new Helpers;  // outlives the threads of streams
  all.share(work, helpers);
}

}  // namespace softcuda
