#include "memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>

#include "codes.h"
#include "pinned.h"
#include "ptx.h"
#include "report.h"
#include "settings.h"

namespace softcuda {
namespace {

constexpr uint64_t firstAddress = 0x0D00'0000'0000'0000;
constexpr uint64_t alignment = 512;
constexpr uint64_t gap = 1 << 20;  // between allocations: a near miss hits nothing

std::string hex(uint64_t address) {
  char text[20];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(address));
  return text;
}

std::string named(const Allocation& allocation) {
  return "allocation " + std::to_string(allocation.id) + " of " +
         std::to_string(allocation.bytes) + " bytes (" + allocation.what + ")";
}

}  // namespace

uint64_t Memory::allocate(size_t bytes, std::string what) {
  std::unique_lock lock(mutex);
  if (bytes > settings().memory - std::min(held, settings().memory)) {
    throw Fault(outOfMemory, "of " + std::to_string(settings().memory) + " bytes " +
                                 std::to_string(held) + " are held");
  }
  void* host = mmap(nullptr, std::max<size_t>(bytes, 1), PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (host == MAP_FAILED) {
    throw Fault(outOfMemory, "the host has no memory left");
  }
  std::memset(host, 0xFF, bytes);
  uint64_t address = next;
  next += (bytes + gap + alignment - 1) / alignment * alignment;
  held += bytes;
  allocations[address] = std::make_unique<Allocation>(Allocation{
      address, bytes, static_cast<char*>(host), ++count, true, std::move(what)});
  return address;
}

bool Memory::release(uint64_t address) {
  std::unique_lock lock(mutex);
  auto found = allocations.find(address);
  if (found == allocations.end() || !found->second->live) {
    return false;
  }
  Allocation& allocation = *found->second;
  allocation.live = false;
  munmap(allocation.host, std::max<size_t>(allocation.bytes, 1));
  held -= allocation.bytes;
  return true;
}

// The allocation that begins last at or below an address.
const Allocation* Memory::below(uint64_t address) const {
  auto after = allocations.upper_bound(address);
  return after == allocations.begin() ? nullptr : std::prev(after)->second.get();
}

const Allocation* Memory::find(uint64_t address) const {
  std::shared_lock lock(mutex);
  const Allocation* found = below(address);
  return found != nullptr && address - found->address < found->bytes ? found : nullptr;
}

std::string Memory::describe(uint64_t address, size_t bytes) const {
  std::shared_lock lock(mutex);
  const Allocation* near = below(address);
  if (near == nullptr || address >= next) {
    if (address < 4096) {
      return hex(address) + ", which is null and a bit";
    }
    std::string pinned = describePinned(address);
    if (!pinned.empty()) {
      return hex(address) + ", which is " + pinned + " and not of the device";
    }
    return hex(address) + (address < firstAddress ? ", an address of the host and not of the device"
                                                  : ", which was never allocated");
  }
  uint64_t offset = address - near->address;
  if (!near->live && offset < near->bytes) {
    return hex(address) + ", byte " + std::to_string(offset) + " of " + named(*near) +
           ", which was freed";
  }
  if (offset + bytes <= near->bytes) {
    return hex(address) + ", byte " + std::to_string(offset) + " of " + named(*near);
  }
  if (offset < near->bytes) {
    return hex(address) + ", of which only " + std::to_string(near->bytes - offset) + " of " +
           std::to_string(bytes) + " bytes are inside of " + named(*near);
  }
  auto after = allocations.upper_bound(address);
  if (after != allocations.end() && after->first - address < offset - near->bytes) {
    return hex(address) + ", " + std::to_string(after->first - address) + " bytes before " +
           named(*after->second);
  }
  return hex(address) + ", " + std::to_string(offset - near->bytes) + " bytes past the end of " +
         named(*near) + (near->live ? "" : ", which was freed");
}

char* Memory::at(uint64_t address, size_t bytes, const std::string& who) const {
  const Allocation* found = find(address);
  if (found == nullptr || !found->live || address - found->address + bytes > found->bytes) {
    throw Fault(illegalAddress, who + " goes over " + std::to_string(bytes) + " bytes at " +
                                    describe(address, bytes));
  }
  return found->host + (address - found->address);
}

size_t Memory::used() const {
  std::shared_lock lock(mutex);
  return held;
}

size_t Memory::total() const { return settings().memory; }

std::vector<std::string> Memory::leftovers() const {
  std::shared_lock lock(mutex);
  std::vector<std::string> left;
  for (const auto& [address, allocation] : allocations) {
    if (allocation->live) {
      left.push_back(named(*allocation));
    }
  }
  return left;
}

std::vector<std::string> Memory::releaseAll() {
  std::vector<std::string> left = leftovers();
  std::vector<uint64_t> live;
  {
    std::shared_lock lock(mutex);
    for (const auto& [address, allocation] : allocations) {
      if (allocation->live) {
        live.push_back(address);
      }
    }
  }
  for (uint64_t address : live) {
    release(address);
  }
  return left;
}

Memory& memory() {
  static Memory& all = [&]() -> Memory& {
    Memory& made = *new Memory;  // outlives the threads of streams
    askAtExit([&made] { return made.leftovers(); });
    return made;
  }();
  return all;
}

}  // namespace softcuda
