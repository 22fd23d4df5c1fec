// Host memory that copies read and write while the host goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace softcuda {

struct PinnedBlock {
  char* host;
  size_t bytes;
  uint64_t id;
};

// A Fault of CUDA_ERROR_OUT_OF_MEMORY if the host has not so much.
char* allocatePinned(size_t bytes);

// False if it is not the start of such memory.
bool releasePinned(const void* host);

// The block that holds a whole range, or nullptr.
std::shared_ptr<PinnedBlock> findPinned(const void* host, size_t bytes);

// Such as "byte 8 of pinned memory 3 of 64 bytes"; empty if the address is in none.
std::string describePinned(uint64_t address);

// Forgets all that is live, and counts it as leaked where `count` says so.
void releaseAllPinned(bool count);

}  // namespace softcuda
