// Which device addresses are live. Addresses are never handed out twice, and lie apart by guard
// gaps, so that a stale or wild pointer is always found out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

namespace softcuda {

struct Allocation {
  uint64_t address;  // as kernels see it; no address of the host
  size_t bytes;
  char* host;  // where its bytes lie
  uint64_t id;
  bool live;
  std::string what;
};

class Memory {
 public:
  // 512-byte aligned, and filled with 0xFF: a NaN as a float, and no index of anything as an int.
  // Throws a Fault of CUDA_ERROR_OUT_OF_MEMORY if the device has not so much left.
  uint64_t allocate(size_t bytes, std::string what);

  // False if it is not the start of a live allocation.
  bool release(uint64_t address);

  // The live or freed allocation that holds an address, or nullptr; safe beside allocate.
  const Allocation* find(uint64_t address) const;

  // What lies at a range, such as "4 bytes past the end of allocation 7 of 128 bytes".
  std::string describe(uint64_t address, size_t bytes) const;

  // Where the bytes of a range lie. Throws a Fault of CUDA_ERROR_ILLEGAL_ADDRESS, whose text begins
  // with who asks, unless all of it is in one live allocation.
  char* at(uint64_t address, size_t bytes, const std::string& who) const;

  size_t used() const;
  size_t total() const;

  // Releases all that is live, and describes it.
  std::vector<std::string> releaseAll();

  // The live allocations, one entry each.
  std::vector<std::string> leftovers() const;

 private:
  const Allocation* below(uint64_t address) const;

  mutable std::shared_mutex mutex;
  std::map<uint64_t, std::unique_ptr<Allocation>> allocations;  // freed ones too
  uint64_t next = 0x0D00'0000'0000'0000;  // no address that a host has
  uint64_t count = 0;
  size_t held = 0;
};

Memory& memory();

}  // namespace softcuda
