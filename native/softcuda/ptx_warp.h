// The state of threads that run: warps, and the block that they make.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ptx_code.h"
#include "ptx_races.h"

namespace softcuda {

// Lanes of a warp that are at the same instruction.
struct Group {
  enum State : uint8_t { ready, meeting, atBarrier };
  uint32_t pc;
  uint32_t mask;
  State state;
};

class Block;

class Warp {
 public:
  template <class T>
  T* lanes(uint32_t at) {
    return reinterpret_cast<T*>(file + at);
  }

  // Ends the launch; what says what the thread of that lane does wrong.
  [[noreturn]] void fault(const Instruction& instruction, unsigned lane, int code,
                          const std::string& what) const;

  // Where the bytes of an access lie for each lane of a mask, in `at`. Faults unless all are
  // aligned and in live memory.
  void resolve(const Instruction& instruction, uint32_t mask, unsigned bytes, bool write,
               char** at);

  // Runs until all lanes have ended or wait at a barrier.
  void run();

  char* file = nullptr;
  uint32_t* predicates = nullptr;
  Block* block = nullptr;
  unsigned firstThread = 0;
  uint32_t live = 0;      // lanes that have not ended
  uint32_t existing = 0;  // lanes that there are
  uint32_t meetings = 0;  // how often all live lanes have met
  std::vector<Group> groups;

 private:
  bool pickLowest();
  void merge();
  void runGroup();
  bool meet(const Instruction& instruction, uint32_t active);
  void split(uint32_t pc, uint32_t mask);
  [[noreturn]] void neverMet() const;
  void resolveSpace(const Instruction& instruction, uint32_t mask, unsigned bytes, bool write,
                    const uint64_t* addresses, Space space, char** at);
  void resolveGlobal(const Instruction& instruction, uint32_t mask, unsigned bytes, bool write,
                     const uint64_t* addresses, char** at);
};

// What a launch is, for all of its blocks.
struct Launch {
  const Kernel& kernel;
  Dim grid, block;
  size_t dynamicShared;
  const char* parameters;
  GlobalRaces* globalRaces;  // nullptr unless they are looked for

  unsigned threads() const { return block.x * block.y * block.z; }
};

// The part of the last allocation that an instruction went to.
struct Window {
  uint64_t address = 0;
  uint64_t bytes = 0;
  char* host = nullptr;
};

// Runs blocks of a launch one after another, on one thread of the host.
class Block {
 public:
  explicit Block(const Launch& launch);
  void run(uint64_t index);

  const Launch& launch;
  Dim at{};  // in the grid
  uint64_t number = 0;
  std::vector<char> shared;
  std::vector<char> local;
  SharedRaces races;
  std::vector<Window> windows;  // by instruction
  std::vector<Warp> warps;

 private:
  void begin(uint64_t index);
  bool passBarrier();
};

std::string threadName(const Launch& launch, unsigned thread);

}  // namespace softcuda
