// Memory of the device, pinned memory of the host, and copies.
#include <cstring>

#include "driver.h"
#include "memory.h"
#include "pinned.h"

namespace softcuda {
namespace {

// None if the range is not pinned.
std::vector<PinnedRange> pinnedRanges(const void* host, size_t bytes) {
  std::shared_ptr<PinnedBlock> block = findPinned(host, bytes);
  return block == nullptr ? std::vector<PinnedRange>()
                          : std::vector{PinnedRange{block, static_cast<const char*>(host), bytes}};
}

std::string copyName(size_t bytes, const char* direction) {
  return "a copy of " + std::to_string(bytes) + " bytes " + direction;
}

bool isCaptured(const Stream& stream) {
  std::lock_guard lock(captureMutex());
  return stream.capture != nullptr;
}

// A pageable source is read during the call, a pinned one when the copy's turn comes.
Work toDevice(uint64_t to, const void* from, size_t bytes) {
  std::string what = copyName(bytes, "to the device");
  std::vector<PinnedRange> pinned = pinnedRanges(from, bytes);
  if (!pinned.empty()) {
    auto run = [=] { std::memcpy(memory().at(to, bytes, what), from, bytes); };
    return {.what = what, .run = run, .reads = pinned};
  }
  auto staged = std::make_shared<std::string>(static_cast<const char*>(from), bytes);
  auto run = [=] { std::memcpy(memory().at(to, bytes, what), staged->data(), bytes); };
  return {.what = what, .run = run};
}

Work toHost(void* to, uint64_t from, size_t bytes) {
  std::string what = copyName(bytes, "to the host");
  auto run = [=] { std::memcpy(to, memory().at(from, bytes, what), bytes); };
  return {.what = what, .run = run, .writes = pinnedRanges(to, bytes)};
}

Work withinDevice(uint64_t to, uint64_t from, size_t bytes) {
  std::string what = copyName(bytes, "within the device");
  auto run = [=] {
    if (to < from + bytes && from < to + bytes) {
      throw Fault(launchFailed, what + " has ranges that overlap: " +
                                    memory().describe(to, bytes) + ", and " +
                                    memory().describe(from, bytes));
    }
    std::memcpy(memory().at(to, bytes, what), memory().at(from, bytes, what), bytes);
  };
  return {.what = what, .run = run};
}

Work fill(uint64_t to, uint32_t word, size_t words) {
  std::string what = "a fill of " + std::to_string(words) + " words";
  auto run = [=] {
    char* host = memory().at(to, words * 4, what);
    for (size_t i = 0; i < words; i++) {
      std::memcpy(host + i * 4, &word, 4);
    }
  };
  return {.what = what, .run = run};
}

// Puts a copy on a stream; memory that is not pinned makes it wait, which a capture cannot hold.
int copy(void* handle, const void* host, size_t bytes, bool waits, const char* function,
         const std::function<Work()>& work) {
  std::shared_ptr<Stream> stream = streamOf(handle);
  if (stream == nullptr) {
    return invalidHandle;
  }
  if (bytes == 0) {
    return success;
  }
  bool pageable = host != nullptr && findPinned(host, bytes) == nullptr;
  if (pageable && isCaptured(*stream)) {
    report(std::string(function) + ": memory that is not pinned cannot be copied in a capture");
    return checkWait(stream.get());
  }
  int code = enqueue(stream, work());
  if (code == success && pageable && waits) {
    wait(lastPoint(stream));
    return stickyError();
  }
  return code;
}

// A copy that the host waits for runs on the legacy stream.
int copyAndWait(size_t bytes, Work work) {
  std::shared_ptr<Stream> legacy = legacyStream();
  if (bytes == 0) {
    return success;
  }
  if (int code = checkWait(legacy.get())) {
    return code;
  }
  wait(submit(legacy, std::move(work)));
  return stickyError();
}

}  // namespace
}  // namespace softcuda

using namespace softcuda;

SOFTCUDA_API int cuMemGetInfo_v2(size_t* free, size_t* total) {
  return call("cuMemGetInfo_v2", Needs::context, [&] {
    *total = memory().total();
    *free = *total - std::min(*total, memory().used());
    return success;
  }, out(free), out(total));
}

SOFTCUDA_API int cuMemAlloc_v2(uint64_t* address, size_t bytes) {
  return call("cuMemAlloc_v2", Needs::uncaptured, [&]() -> int {
    if (address == nullptr || bytes == 0) {
      return invalidValue;
    }
    *address = memory().allocate(bytes, "cuMemAlloc");
    return success;
  }, out(address), bytes);
}

SOFTCUDA_API int cuMemFree_v2(uint64_t address) {
  return call("cuMemFree_v2", Needs::uncaptured, [&]() -> int {
    if (address == 0) {
      return success;
    }
    waitForAll();
    bool released = false;
    whileIdle([&] { released = memory().release(address); });
    if (!released) {
      throw Fault(invalidValue, "it is not the start of a live allocation: " +
                                    memory().describe(address, 1));
    }
    return stickyError();
  }, address);
}

SOFTCUDA_API int cuMemHostAlloc(void** host, size_t bytes, unsigned flags) {
  return call("cuMemHostAlloc", Needs::uncaptured, [&]() -> int {
    if (host == nullptr || bytes == 0 || flags > 7) {
      return invalidValue;
    }
    *host = allocatePinned(bytes);
    return success;
  }, out(host), bytes, flags);
}

SOFTCUDA_API int cuMemFreeHost(void* host) {
  return call("cuMemFreeHost", Needs::uncaptured, [&]() -> int {
    waitForAll();
    bool released = false;
    whileIdle([&] { released = releasePinned(host); });
    return released ? stickyError() : int(invalidValue);
  }, host);
}

SOFTCUDA_API int cuMemcpyHtoD_v2(uint64_t to, const void* from, size_t bytes) {
  return call("cuMemcpyHtoD_v2", Needs::uncaptured, [&] {
    return copyAndWait(bytes, toDevice(to, from, bytes));
  }, to, from, bytes);
}

SOFTCUDA_API int cuMemcpyDtoH_v2(void* to, uint64_t from, size_t bytes) {
  return call("cuMemcpyDtoH_v2", Needs::uncaptured, [&] {
    return copyAndWait(bytes, toHost(to, from, bytes));
  }, to, from, bytes);
}

SOFTCUDA_API int cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t bytes, void* stream) {
  return call("cuMemcpyHtoDAsync_v2", Needs::context, [&] {
    return copy(stream, from, bytes, false, "cuMemcpyHtoDAsync",
                [&] { return toDevice(to, from, bytes); });
  }, to, from, bytes, stream);
}

SOFTCUDA_API int cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t bytes, void* stream) {
  return call("cuMemcpyDtoHAsync_v2", Needs::context, [&] {
    return copy(stream, to, bytes, true, "cuMemcpyDtoHAsync",
                [&] { return toHost(to, from, bytes); });
  }, to, from, bytes, stream);
}

SOFTCUDA_API int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void* stream) {
  return call("cuMemcpyDtoDAsync_v2", Needs::context, [&] {
    return copy(stream, nullptr, bytes, false, "cuMemcpyDtoDAsync",
                [&] { return withinDevice(to, from, bytes); });
  }, to, from, bytes, stream);
}

SOFTCUDA_API int cuMemsetD32Async(uint64_t to, unsigned word, size_t words, void* stream) {
  return call("cuMemsetD32Async", Needs::context, [&]() -> int {
    if (to % 4 != 0) {
      return invalidValue;
    }
    return copy(stream, nullptr, words * 4, false, "cuMemsetD32Async",
                [&] { return fill(to, word, words); });
  }, to, word, words, stream);
}
