// What programs hold of the driver's objects: numbers that are never given twice, so that a handle
// of something destroyed, or of something else, is always found out.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "report.h"

namespace softcuda {

inline std::atomic<uint64_t> handlesMade = 0;

template <class T>
class Handles {
 public:
  // What leaks of this kind are called; nothing if it cannot leak by itself.
  explicit Handles(std::string kind) : kind(std::move(kind)) {
    askAtExit([this] { return leftovers(); });
  }

  void* add(std::shared_ptr<T> object) {
    std::lock_guard lock(mutex);
    uint64_t number = ++handlesMade;
    void* handle = reinterpret_cast<void*>(first + number * 16);
    live[handle] = std::move(object);
    return handle;
  }

  // nullptr if it is no live handle of this kind.
  std::shared_ptr<T> find(void* handle) const {
    std::lock_guard lock(mutex);
    auto found = live.find(handle);
    return found == live.end() ? nullptr : found->second;
  }

  std::shared_ptr<T> remove(void* handle) {
    std::lock_guard lock(mutex);
    auto found = live.find(handle);
    if (found == live.end()) {
      return nullptr;
    }
    std::shared_ptr<T> object = std::move(found->second);
    live.erase(found);
    return object;
  }

  std::vector<std::string> leftovers() const {
    std::lock_guard lock(mutex);
    std::vector<std::string> left;
    if (kind.empty()) {
      return left;
    }
    for (const auto& [handle, object] : live) {
      left.push_back(kind + " " +
                     std::to_string((reinterpret_cast<uint64_t>(handle) - first) / 16));
    }
    return left;
  }

  template <class Test>
  void removeIf(Test test) {
    std::lock_guard lock(mutex);
    std::erase_if(live, [&](const auto& entry) { return test(*entry.second); });
  }

  std::vector<std::shared_ptr<T>> removeAll() {
    std::lock_guard lock(mutex);
    std::vector<std::shared_ptr<T>> all;
    for (auto& [handle, object] : live) {
      all.push_back(std::move(object));
    }
    live.clear();
    return all;
  }

 private:
  static constexpr uint64_t first = 0x5C00'0000'0000'0000;  // no address that a host has

  const std::string kind;
  mutable std::mutex mutex;
  std::map<void*, std::shared_ptr<T>> live;
};

}  // namespace softcuda
