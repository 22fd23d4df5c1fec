#include "pinned.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include "codes.h"
#include "ptx.h"
#include "report.h"

namespace softcuda {
namespace {

constexpr size_t page = 4096;

struct Blocks {
  std::mutex mutex;
  std::map<const char*, std::shared_ptr<PinnedBlock>> live;
  uint64_t count = 0;
};

std::string named(const PinnedBlock& block) {
  return "pinned memory " + std::to_string(block.id) + " of " + std::to_string(block.bytes) +
         " bytes";
}

std::vector<std::string> leftovers(Blocks& blocks) {
  std::lock_guard lock(blocks.mutex);
  std::vector<std::string> left;
  for (const auto& [host, block] : blocks.live) {
    left.push_back(named(*block));
  }
  return left;
}

Blocks& blocks() {
  static Blocks& all = []() -> Blocks& {
    Blocks& made = *new Blocks;
    askAtExit([&made] { return leftovers(made); });
    return made;
  }();
  return all;
}

std::shared_ptr<PinnedBlock> holding(const char* host) {
  auto after = blocks().live.upper_bound(host);
  if (after == blocks().live.begin()) {
    return nullptr;
  }
  std::shared_ptr<PinnedBlock> block = std::prev(after)->second;
  return host < block->host + block->bytes ? block : nullptr;
}

}  // namespace

char* allocatePinned(size_t bytes) {
  void* host = nullptr;
  if (posix_memalign(&host, page, bytes) != 0) {
    throw Fault(outOfMemory, "the host has no memory left");
  }
  std::memset(host, 0xFF, bytes);
  auto block = std::make_shared<PinnedBlock>();
  std::lock_guard lock(blocks().mutex);
  *block = {static_cast<char*>(host), bytes, ++blocks().count};
  blocks().live[block->host] = block;
  return block->host;
}

bool releasePinned(const void* host) {
  std::lock_guard lock(blocks().mutex);
  auto found = blocks().live.find(static_cast<const char*>(host));
  if (found == blocks().live.end()) {
    return false;
  }
  std::free(found->second->host);
  blocks().live.erase(found);
  return true;
}

std::shared_ptr<PinnedBlock> findPinned(const void* host, size_t bytes) {
  std::lock_guard lock(blocks().mutex);
  const char* first = static_cast<const char*>(host);
  std::shared_ptr<PinnedBlock> block = holding(first);
  return block != nullptr && first + bytes <= block->host + block->bytes ? block : nullptr;
}

std::string describePinned(uint64_t address) {
  std::lock_guard lock(blocks().mutex);
  const char* host = reinterpret_cast<const char*>(address);
  std::shared_ptr<PinnedBlock> block = holding(host);
  return block == nullptr ? ""
                          : "byte " + std::to_string(host - block->host) + " of " + named(*block);
}

void releaseAllPinned(bool count) {
  std::lock_guard lock(blocks().mutex);
  for (const auto& [host, block] : blocks().live) {
    if (count) {
      leaked(named(*block));
    }
    std::free(block->host);
  }
  blocks().live.clear();
}

}  // namespace softcuda
