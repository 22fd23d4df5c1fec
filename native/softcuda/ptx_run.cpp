// Runs launches: lanes of warps, warps of blocks, blocks on threads of the host.
#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>

#include "codes.h"
#include "ptx_helpers.h"
#include "ptx_warp.h"

namespace softcuda {

namespace {

std::string position(Dim at) {
  char text[40];
  std::snprintf(text, sizeof text, "(%u,%u,%u)", at.x, at.y, at.z);
  return text;
}

}  // namespace

std::string threadName(const Launch& launch, unsigned thread) {
  unsigned x = launch.block.x, y = launch.block.y;
  return position({thread % x, thread / x % y, thread / x / y});
}

void Warp::fault(const Instruction& instruction, unsigned lane, int code,
                 const std::string& what) const {
  const Launch& launch = block->launch;
  throw Fault(code, "kernel " + launch.kernel.name + ", block " + position(block->at) +
                        ", thread " + threadName(launch, firstThread + lane) + ": " +
                        launch.kernel.describe(instruction) + " " + what);
}

// Which lanes run is decided by the lowest program counter: compilers lay code out so that where
// branches join comes after them, and lanes that wait there for the lowest are joined by it. Any
// order would be right; this one keeps lanes together.
void Warp::run() {
  while (pickLowest()) {
    runGroup();
  }
}

// Brings lanes together that are at the same instruction, and puts the lowest group that can run in
// front. False if there is none.
bool Warp::pickLowest() {
  merge();
  size_t lowest = groups.size();
  bool waits = false;
  for (size_t i = 0; i < groups.size(); i++) {
    waits = waits || groups[i].state == Group::meeting;
    if (groups[i].state == Group::ready &&
        (lowest == groups.size() || groups[i].pc < groups[lowest].pc)) {
      lowest = i;
    }
  }
  if (lowest == groups.size()) {
    if (waits) {
      neverMet();
    }
    return false;
  }
  std::swap(groups[0], groups[lowest]);
  return true;
}

void Warp::merge() {
  for (size_t i = 0; i < groups.size(); i++) {
    for (size_t j = i + 1; j < groups.size();) {
      if (groups[i].pc == groups[j].pc) {
        // Who arrives where others wait to meet lets them look again; barriers are left by all at
        // once.
        if (groups[i].state != groups[j].state) {
          groups[i].state = Group::ready;
        }
        groups[i].mask |= groups[j].mask;
        groups[j] = groups.back();
        groups.pop_back();
      } else {
        j++;
      }
    }
  }
}

void Warp::split(uint32_t pc, uint32_t mask) { groups.push_back({pc, mask, Group::ready}); }

// Runs the group in front until another group may be the lowest, or it waits or ends.
void Warp::runGroup() {
  const Instruction* code = block->launch.kernel.code.data();
  uint32_t pc = groups[0].pc, mask = groups[0].mask;
  uint32_t limit = ~0u;
  for (size_t i = 1; i < groups.size(); i++) {
    limit = groups[i].state != Group::atBarrier && groups[i].pc > pc ? std::min(limit, groups[i].pc)
                                                                     : limit;
  }
  while (pc < limit) {
    const Instruction& instruction = code[pc];
    uint32_t active = mask & (predicates[instruction.guard] ^ instruction.unless);
    if (instruction.flow == Flow::next) {
      if (active != 0) {
        instruction.step(*this, instruction, active);
      }
      pc++;
      continue;
    }
    if (active == 0) {
      pc++;
      continue;
    }
    if (active != mask) {
      groups[0].mask = mask & ~active;
      groups[0].pc = pc + 1;
      split(instruction.flow == Flow::branch ? instruction.target : pc, active);
      if (instruction.flow == Flow::branch) {
        return;
      }
      std::swap(groups[0], groups.back());
      mask = active;
      limit = std::min(limit, pc + 1);
    }
    switch (instruction.flow) {
      case Flow::branch:
        pc = instruction.target;
        break;
      case Flow::exit:
        live &= ~mask;
        groups[0] = groups.back();
        groups.pop_back();
        for (Group& group : groups) {  // who waits for these lanes need not any more
          group.state = group.state == Group::meeting ? Group::ready : group.state;
        }
        return;
      case Flow::barrier:
        groups[0].pc = pc;
        groups[0].state = Group::atBarrier;
        return;
      case Flow::meet:
        if (!meet(instruction, mask)) {
          groups[0].pc = pc;
          groups[0].state = Group::meeting;
          return;
        }
        pc++;
        break;
      case Flow::next:
        break;
    }
  }
  groups[0].pc = pc;
}

// Does a step for lanes that meet, or returns false if some that a mask names are still to come.
// Masks may differ between lanes that do not meet one another.
bool Warp::meet(const Instruction& instruction, uint32_t active) {
  const uint32_t* named = lanes<uint32_t>(instruction.in[4]);
  uint32_t left = active;
  for (; left != 0;) {
    unsigned lane = static_cast<unsigned>(std::countr_zero(left));
    uint32_t members = named[lane];
    if ((members >> lane & 1) == 0) {
      fault(instruction, lane, launchFailed,
            "has a mask of lanes that does not name its own lane " + std::to_string(lane));
    }
    if ((members & live & ~active) != 0) {
      return false;
    }
    uint32_t together = members & active;
    for (unsigned other = 0; other < warpSize; other++) {
      if ((together >> other & 1) != 0 && named[other] != members) {
        fault(instruction, other, launchFailed,
              "meets lane " + std::to_string(lane) + ", which has another mask");
      }
    }
    left &= ~together;
  }
  for (left = active; left != 0;) {
    uint32_t together = named[std::countr_zero(left)] & active;
    instruction.step(*this, instruction, together);
    left &= ~together;
    if (together == live) {
      meetings++;
    }
  }
  return true;
}

void Warp::neverMet() const {
  const Kernel& kernel = block->launch.kernel;
  for (const Group& group : groups) {
    if (group.state != Group::meeting) {
      continue;
    }
    const Instruction& instruction = kernel.code[group.pc];
    unsigned lane = static_cast<unsigned>(std::countr_zero(group.mask));
    uint32_t named = reinterpret_cast<const uint32_t*>(file + instruction.in[4])[lane];
    unsigned missing = static_cast<unsigned>(std::countr_zero(named & live & ~group.mask));
    std::string where;
    for (const Group& other : groups) {
      if ((other.mask >> missing & 1) != 0) {
        where = ", which waits at " + kernel.describe(kernel.code[other.pc]);
      }
    }
    fault(instruction, lane, launchFailed, "names lane " + std::to_string(missing) + where);
  }
  std::abort();
}

namespace {

template <class F>
void setSpecial(Warp& warp, Special which, F value) {
  uint32_t* to = warp.lanes<uint32_t>(static_cast<uint32_t>(which) * warpSize * 4);
  for (unsigned lane = 0; lane < warpSize; lane++) {
    to[lane] = static_cast<uint32_t>(value(lane));
  }
}

void setUniform(Warp& warp, Special which, unsigned value) {
  setSpecial(warp, which, [=](unsigned) { return value; });
}

// The special registers that are the same for all blocks.
void setThreads(Warp& warp, const Launch& launch) {
  const Dim& size = launch.block;
  auto thread = [&](unsigned lane) { return warp.firstThread + lane; };
  setSpecial(warp, Special::tidX, [&](unsigned lane) { return thread(lane) % size.x; });
  setSpecial(warp, Special::tidY, [&](unsigned lane) { return thread(lane) / size.x % size.y; });
  setSpecial(warp, Special::tidZ, [&](unsigned lane) { return thread(lane) / size.x / size.y; });
  setUniform(warp, Special::ntidX, size.x);
  setUniform(warp, Special::ntidY, size.y);
  setUniform(warp, Special::ntidZ, size.z);
  setUniform(warp, Special::nctaidX, launch.grid.x);
  setUniform(warp, Special::nctaidY, launch.grid.y);
  setUniform(warp, Special::nctaidZ, launch.grid.z);
  setUniform(warp, Special::warpid, warp.firstThread / warpSize);
  setSpecial(warp, Special::laneid, [](unsigned lane) { return lane; });
  setSpecial(warp, Special::lanemaskEq, [](unsigned lane) { return 1u << lane; });
  setSpecial(warp, Special::lanemaskLt, [](unsigned lane) { return (1u << lane) - 1; });
  setSpecial(warp, Special::lanemaskLe, [](unsigned lane) { return (2u << lane) - 1; });
  setSpecial(warp, Special::lanemaskGt, [](unsigned lane) { return ~((2u << lane) - 1); });
  setSpecial(warp, Special::lanemaskGe, [](unsigned lane) { return ~((1u << lane) - 1); });
}

void setConstants(Warp& warp, const Kernel& kernel, size_t dynamicAt) {
  for (const Constant& constant : kernel.constants) {
    uint64_t bits = constant.bits + (constant.dynamicShared ? dynamicAt : 0);
    if (constant.width == 8) {
      std::fill_n(warp.lanes<uint64_t>(constant.at), warpSize, bits);
    } else {
      std::fill_n(warp.lanes<uint32_t>(constant.at), warpSize, static_cast<uint32_t>(bits));
    }
  }
}

}  // namespace

Block::Block(const Launch& launch) : launch(launch) {
  const Kernel& kernel = launch.kernel;
  unsigned count = (launch.threads() + warpSize - 1) / warpSize;
  size_t dynamicAt = (kernel.sharedBytes + 15) / 16 * 16;
  shared.resize(launch.dynamicShared == 0 ? kernel.sharedBytes : dynamicAt + launch.dynamicShared);
  local.resize(kernel.localBytes * launch.threads());
  windows.resize(kernel.code.size());
  warps.resize(count);
  constexpr size_t line = 64;
  size_t bytes = (kernel.fileBytes + 4 * kernel.predicates + line - 1) / line * line;
  // Kept from launch to launch: fresh memory would cost more than a small kernel does.
  static thread_local std::vector<char> files;
  if (files.size() < count * bytes + line) {
    files.resize(count * bytes + line);
  }
  char* first = files.data() + (line - reinterpret_cast<uintptr_t>(files.data()) % line);
  for (unsigned w = 0; w < count; w++) {
    Warp& warp = warps[w];
    warp.block = this;
    warp.file = first + w * bytes;
    warp.predicates = reinterpret_cast<uint32_t*>(warp.file + kernel.fileBytes);
    warp.predicates[falsePredicate] = 0;
    warp.predicates[truePredicate] = allLanes;
    warp.firstThread = w * warpSize;
    unsigned left = launch.threads() - warp.firstThread;
    warp.existing = left >= warpSize ? allLanes : (1u << left) - 1;
    setConstants(warp, kernel, dynamicAt);
    setThreads(warp, launch);
  }
}

// What a block finds in shared and local memory is NaN, as all fresh memory.
void Block::begin(uint64_t index) {
  number = index;
  at = {static_cast<unsigned>(index % launch.grid.x),
        static_cast<unsigned>(index / launch.grid.x % launch.grid.y),
        static_cast<unsigned>(index / launch.grid.x / launch.grid.y)};
  std::memset(shared.data(), 0xFF, shared.size());
  std::memset(local.data(), 0xFF, local.size());
  races.begin(shared.size());
  for (Warp& warp : warps) {
    setUniform(warp, Special::ctaidX, at.x);
    setUniform(warp, Special::ctaidY, at.y);
    setUniform(warp, Special::ctaidZ, at.z);
    warp.live = warp.existing;
    warp.groups = {{0, warp.existing, Group::ready}};
  }
}

void Block::run(uint64_t index) {
  begin(index);
  do {
    for (Warp& warp : warps) {
      warp.run();
    }
  } while (passBarrier());
}

// Lets all threads leave the barrier that they wait at; false if all have ended. Faults if they are
// not all at the same.
bool Block::passBarrier() {
  const Kernel& kernel = launch.kernel;
  const Warp* first = nullptr;
  const Warp* ended = nullptr;
  uint32_t ends = 0;
  for (const Warp& warp : warps) {
    if (warp.live != warp.existing && ended == nullptr) {
      ended = &warp;
      ends = warp.existing & ~warp.live;
    }
    for (const Group& group : warp.groups) {
      first = first == nullptr ? &warp : first;
      if (group.pc != first->groups[0].pc) {
        warp.fault(kernel.code[group.pc], static_cast<unsigned>(std::countr_zero(group.mask)),
                   launchFailed,
                   "waits for all threads, of which some wait at " +
                       kernel.describe(kernel.code[first->groups[0].pc]));
      }
    }
  }
  if (first == nullptr) {
    return false;
  }
  if (ended != nullptr) {
    const Group& group = first->groups[0];
    unsigned thread = ended->firstThread + static_cast<unsigned>(std::countr_zero(ends));
    first->fault(
        kernel.code[group.pc], static_cast<unsigned>(std::countr_zero(group.mask)), launchFailed,
        "waits for all threads, of which thread " + threadName(launch, thread) + " has ended");
  }
  for (Warp& warp : warps) {
    for (Group& group : warp.groups) {
      group.pc++;
      group.state = Group::ready;
    }
  }
  races.barrier();
  return true;
}

namespace {

bool looksForGlobalRaces() {
  static const char* value = std::getenv("SOFTCUDA_RACES");
  return value != nullptr && std::strcmp(value, "global") == 0;
}

// What the threads of the host share that run a launch.
struct Work {
  const Launch& launch;
  uint64_t blocks;
  std::atomic<uint64_t> next{0};
  std::mutex mutex{};
  std::exception_ptr failure{};

  void run() {
    try {
      Block block(launch);
      for (uint64_t index; (index = next++) < blocks;) {
        block.run(index);
      }
    } catch (...) {
      std::lock_guard lock(mutex);
      failure = failure == nullptr ? std::current_exception() : failure;
      next = blocks;
    }
  }
};

}  // namespace

void run(const Kernel& kernel, Dim grid, Dim block, size_t dynamicShared,
         const void* parameterBytes, int threads) {
  GlobalRaces races;
  Launch launch{kernel,
                grid,
                block,
                dynamicShared,
                static_cast<const char*>(parameterBytes),
                looksForGlobalRaces() ? &races : nullptr};
  Work work{launch, uint64_t(grid.x) * grid.y * grid.z};
  // To call a helper costs as much as to run some warps.
  constexpr uint64_t worthHelper = 2048;
  uint64_t useful = std::min(work.blocks, work.blocks * launch.threads() / worthHelper);
  uint64_t runners = std::clamp<uint64_t>(useful, 1, static_cast<uint64_t>(std::max(threads, 1)));
  shareWork([&] { work.run(); }, static_cast<unsigned>(runners - 1));
  if (work.failure != nullptr) {
    std::rethrow_exception(work.failure);
  }
}

}  // namespace softcuda
