// The steps of loads, stores and atomic operations, and what is checked of each access.
#include <atomic>
#include <cstring>

#include "codes.h"
#include "memory.h"
#include "ptx_lanes.h"

namespace softcuda {
namespace {

std::string verb(bool write, unsigned bytes) {
  return std::string(write ? "writes " : "reads ") + std::to_string(bytes) + " bytes at ";
}

std::string hex(uint64_t address) {
  char text[20];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(address));
  return text;
}

bool isShared(const Block& block, const char* at) {
  return at >= block.shared.data() && at < block.shared.data() + block.shared.size();
}

bool isLocal(const Block& block, const char* at) {
  return at >= block.local.data() && at < block.local.data() + block.local.size();
}

[[noreturn]] void racing(const Warp& warp, const Instruction& instruction, unsigned lane,
                         bool write, size_t offset, int other) {
  // Of many readers one is known, which may be the writer itself.
  auto thread = static_cast<unsigned>(other);
  std::string who =
      thread == warp.firstThread + lane
          ? "other lanes use"
          : "thread " + threadName(warp.block->launch, thread) + (write ? " uses" : " writes");
  warp.fault(instruction, lane, launchFailed,
             verb(write, 4) + std::to_string(offset) + " of shared memory, which " + who +
                 " with no barrier between");
}

[[noreturn]] void racingBlocks(const Warp& warp, const Instruction& instruction, unsigned lane,
                               bool write, uint64_t address, int64_t other) {
  warp.fault(instruction, lane, launchFailed,
             verb(write, 4) + memory().describe(address, 4) + ", which block " +
                 std::to_string(other) + (write ? " uses" : " writes") + " in the same launch");
}

// The device address of a lane's access to global memory.
uint64_t addressOf(const Warp& warp, const Instruction& instruction, const char* at) {
  const Window& window = warp.block->windows[instruction.index];
  return window.address + static_cast<uint64_t>(at - window.host);
}

// Accesses of less than a word are not looked at: words are what is kept track of.
inline void checkSharedRead(Warp& warp, const Instruction& instruction, unsigned lane,
                            const char* at, unsigned bytes) {
  Block& block = *warp.block;
  size_t first = static_cast<size_t>(at - block.shared.data()) / 4;
  for (size_t word = first; word < first + bytes / 4; word++) {
    int other = block.races.read(word, warp.firstThread + lane, warp.meetings);
    if (other != SharedRaces::none) [[unlikely]] {
      racing(warp, instruction, lane, false, 4 * word, other);
    }
  }
}

void checkRead(Warp& warp, const Instruction& instruction, unsigned lane, const char* at,
               unsigned bytes) {
  const Block& block = *warp.block;
  if (isShared(block, at)) {
    checkSharedRead(warp, instruction, lane, at, bytes);
  } else if (block.launch.globalRaces != nullptr && !isLocal(block, at)) {
    uint64_t address = addressOf(warp, instruction, at);
    for (unsigned byte = 0; byte + 4 <= bytes; byte += 4) {
      int64_t other = block.launch.globalRaces->read(address + byte, block.number);
      if (other != GlobalRaces::none) {
        racingBlocks(warp, instruction, lane, false, address + byte, other);
      }
    }
  }
}

// Of lanes that all read the same, two tell all that there is to know.
void checkReads(Warp& warp, const Instruction& instruction, uint32_t mask, char* const* at,
                unsigned bytes, bool uniform) {
  bool shared = instruction.space == Space::shared;
  for (unsigned lane = 0; lane < warpSize; lane += uniform ? warpSize - 1 : 1) {
    if ((mask >> lane & 1) == 0) {
      continue;
    }
    if (shared) {
      checkSharedRead(warp, instruction, lane, at[lane], bytes);
    } else {
      checkRead(warp, instruction, lane, at[lane], bytes);
    }
  }
}

template <class M>
inline bool holds(const char* at, M value) {
  M held;
  std::memcpy(&held, at, sizeof held);
  return held == value;
}

// Of a whole word, or of two.
template <class M>
void checkWrite(Warp& warp, const Instruction& instruction, unsigned lane, const char* at,
                M value) {
  Block& block = *warp.block;
  bool same = holds(at, value);
  if (isShared(block, at)) {
    size_t offset = static_cast<size_t>(at - block.shared.data());
    for (unsigned byte = 0; byte + 4 <= sizeof(M); byte += 4) {
      int other =
          block.races.write((offset + byte) / 4, warp.firstThread + lane, warp.meetings, same);
      if (other != SharedRaces::none) [[unlikely]] {
        racing(warp, instruction, lane, true, offset + byte, other);
      }
    }
  } else if (block.launch.globalRaces != nullptr && !isLocal(block, at)) {
    uint64_t address = addressOf(warp, instruction, at);
    for (unsigned byte = 0; byte + 4 <= sizeof(M); byte += 4) {
      int64_t other = block.launch.globalRaces->write(address + byte, block.number, same);
      if (other != GlobalRaces::none) {
        racingBlocks(warp, instruction, lane, true, address + byte, other);
      }
    }
  }
}

bool tracked(const Warp& warp, const Instruction& instruction) {
  return instruction.space == Space::shared || instruction.space == Space::generic ||
         (warp.block->launch.globalRaces != nullptr && instruction.space == Space::global);
}

// A register gets a value of memory extended, by its sign if it has one.
template <class M, class R>
inline R extended(M value) {
  using Wide = std::conditional_t<std::is_signed_v<M>, std::make_signed_t<R>, R>;
  return static_cast<R>(static_cast<Wide>(value));
}

template <class M, class R>
void load(Warp& warp, const Instruction& instruction, uint32_t mask) {
  char* at[warpSize];
  unsigned bytes = instruction.elements * static_cast<unsigned>(sizeof(M));
  warp.resolve(instruction, mask, bytes, false, at);
  bool uniform = mask == allLanes;
  for (unsigned lane = 1; lane < warpSize && uniform; lane++) {
    uniform = at[lane] == at[0];
  }
  if (tracked(warp, instruction)) {
    checkReads(warp, instruction, mask, at, bytes, uniform);
  }
  for (unsigned element = 0; element < instruction.elements; element++) {
    R* to = warp.lanes<R>(instruction.to[element]);
    if (uniform) {
      M value;
      std::memcpy(&value, at[0] + element * sizeof(M), sizeof(M));
      for (unsigned lane = 0; lane < warpSize; lane++) {
        to[lane] = extended<M, R>(value);
      }
      continue;
    }
    for (unsigned lane = 0; lane < warpSize; lane++) {
      if ((mask >> lane & 1) != 0) {
        M value;
        std::memcpy(&value, at[lane] + element * sizeof(M), sizeof(M));
        to[lane] = extended<M, R>(value);
      }
    }
  }
}

template <class M, class R>
void store(Warp& warp, const Instruction& instruction, uint32_t mask) {
  char* at[warpSize];
  unsigned bytes = instruction.elements * static_cast<unsigned>(sizeof(M));
  warp.resolve(instruction, mask, bytes, true, at);
  bool check = tracked(warp, instruction);
  for (unsigned element = 0; element < instruction.elements; element++) {
    const R* in = warp.lanes<R>(instruction.in[1 + element]);
    for (unsigned lane = 0; lane < warpSize; lane++) {
      if ((mask >> lane & 1) != 0) {
        M value = static_cast<M>(in[lane]);
        char* where = at[lane] + element * sizeof(M);
        if (check) {
          checkWrite(warp, instruction, lane, where, value);
        }
        std::memcpy(where, &value, sizeof(M));
      }
    }
  }
}

struct AtomicAdd {
  template <class T>
  T operator()(T old, T a, T) const {
    if constexpr (std::is_floating_point_v<T>) {
      return canonical(old + a);
    } else {
      return static_cast<T>(Bits<T>(old) + Bits<T>(a));
    }
  }
};
struct AtomicMin {
  template <class T>
  T operator()(T old, T a, T) const {
    return a < old ? a : old;
  }
};
struct AtomicMax {
  template <class T>
  T operator()(T old, T a, T) const {
    return a > old ? a : old;
  }
};
struct AtomicAnd {
  template <class T>
  T operator()(T old, T a, T) const {
    return old & a;
  }
};
struct AtomicOr {
  template <class T>
  T operator()(T old, T a, T) const {
    return old | a;
  }
};
struct AtomicXor {
  template <class T>
  T operator()(T old, T a, T) const {
    return old ^ a;
  }
};
struct Exchange {
  template <class T>
  T operator()(T, T a, T) const {
    return a;
  }
};
struct CompareAndSwap {
  template <class T>
  T operator()(T old, T expected, T a) const {
    return old == expected ? a : old;
  }
};
struct Increment {
  template <class T>
  T operator()(T old, T most, T) const {
    return old >= most ? T(0) : T(old + 1);
  }
};
struct Decrement {
  template <class T>
  T operator()(T old, T most, T) const {
    return old == 0 || old > most ? most : T(old - 1);
  }
};

// The lanes in their order; other warps and blocks in between.
template <class F, class T, bool result>
void atomic(Warp& warp, const Instruction& instruction, uint32_t mask) {
  char* at[warpSize];
  warp.resolve(instruction, mask, sizeof(T), true, at);
  const Bits<T>* a = warp.lanes<Bits<T>>(instruction.in[1]);
  const Bits<T>* b = warp.lanes<Bits<T>>(instruction.in[2]);
  for (unsigned lane = 0; lane < warpSize; lane++) {
    if ((mask >> lane & 1) == 0) {
      continue;
    }
    std::atomic_ref<Bits<T>> word(*reinterpret_cast<Bits<T>*>(at[lane]));
    Bits<T> old = word.load();
    while (!word.compare_exchange_weak(
        old, bitsOf<T>(F()(valueOf<T>(old), valueOf<T>(a[lane]), valueOf<T>(b[lane]))))) {
    }
    if constexpr (result) {
      warp.lanes<Bits<T>>(instruction.to[0])[lane] = old;
    }
  }
}

template <class F, class T>
Choice atomicOf(const Form& form) {
  uint8_t width = sizeof(Bits<T>);
  std::vector<uint8_t> in = {8, width};
  if (std::is_same_v<F, CompareAndSwap>) {
    in.push_back(width);
  }
  return form.opcode == "red" ? Choice{atomic<F, T, false>, {}, in}
                              : Choice{atomic<F, T, true>, {width}, in};
}

template <class F>
Choice atomicInteger(const Form& form) {
  return bytesOf(form.type) < 4 ? Choice{}
                                : withInteger(
                                      form.type,
                                      [&]<class T>() -> Choice {
                                        if constexpr (sizeof(T) >= 4) {
                                          return atomicOf<F, T>(form);
                                        }
                                        return {};
                                      });
}

template <class M>
Step loadTo(unsigned registerBytes) {
  if constexpr (sizeof(M) == 8) {
    return registerBytes == 8 ? load<M, uint64_t> : nullptr;
  }
  return registerBytes == 8 ? load<M, uint64_t> : load<M, uint32_t>;
}

template <class M>
Step storeFrom(unsigned registerBytes) {
  if constexpr (sizeof(M) == 8) {
    return registerBytes == 8 ? store<M, uint64_t> : nullptr;
  }
  return registerBytes == 8 ? store<M, uint64_t> : store<M, uint32_t>;
}

}  // namespace

Step chooseLoad(Type type, unsigned registerBytes) {
  switch (type) {
    case Type::s8:
      return loadTo<int8_t>(registerBytes);
    case Type::s16:
      return loadTo<int16_t>(registerBytes);
    case Type::s32:
      return loadTo<int32_t>(registerBytes);
    default:
      switch (bytesOf(type)) {
        case 1:
          return loadTo<uint8_t>(registerBytes);
        case 2:
          return loadTo<uint16_t>(registerBytes);
        case 4:
          return loadTo<uint32_t>(registerBytes);
        case 8:
          return loadTo<uint64_t>(registerBytes);
        default:
          return nullptr;
      }
  }
}

Step chooseStore(Type type, unsigned registerBytes) {
  switch (bytesOf(type)) {
    case 1:
      return storeFrom<uint8_t>(registerBytes);
    case 2:
      return storeFrom<uint16_t>(registerBytes);
    case 4:
      return storeFrom<uint32_t>(registerBytes);
    case 8:
      return storeFrom<uint64_t>(registerBytes);
    default:
      return nullptr;
  }
}

Choice chooseAtomic(const Form& form) {
  if (form.has("add") && form.type == Type::f32) return atomicOf<AtomicAdd, float>(form);
  if (form.has("add") && form.type == Type::f64) return atomicOf<AtomicAdd, double>(form);
  if (form.has("add")) return atomicInteger<AtomicAdd>(form);
  if (form.has("min")) return atomicInteger<AtomicMin>(form);
  if (form.has("max")) return atomicInteger<AtomicMax>(form);
  if (form.has("and")) return atomicInteger<AtomicAnd>(form);
  if (form.has("or")) return atomicInteger<AtomicOr>(form);
  if (form.has("xor")) return atomicInteger<AtomicXor>(form);
  if (form.has("exch")) return atomicInteger<Exchange>(form);
  if (form.has("cas")) return atomicInteger<CompareAndSwap>(form);
  if (form.has("inc") && form.type == Type::u32) return atomicOf<Increment, uint32_t>(form);
  if (form.has("dec") && form.type == Type::u32) return atomicOf<Decrement, uint32_t>(form);
  return {};
}

void Warp::resolve(const Instruction& instruction, uint32_t mask, unsigned bytes, bool write,
                   char** at) {
  uint64_t addresses[warpSize];
  uint64_t misaligned = 0;
  uint64_t offset = static_cast<uint64_t>(instruction.offset);
  if (instruction.wideAddress) {
    const uint64_t* in = lanes<uint64_t>(instruction.in[0]);
    for (unsigned lane = 0; lane < warpSize; lane++) {
      addresses[lane] = in[lane] + offset;
    }
  } else {
    const uint32_t* in = lanes<uint32_t>(instruction.in[0]);
    for (unsigned lane = 0; lane < warpSize; lane++) {
      addresses[lane] = in[lane] + offset;
    }
  }
  for (unsigned lane = 0; lane < warpSize; lane++) {
    misaligned |= (mask >> lane & 1) != 0 ? addresses[lane] & (bytes - 1) : 0;
  }
  if (misaligned != 0) {
    unsigned lane = 0;
    while ((mask >> lane & 1) == 0 || (addresses[lane] & (bytes - 1)) == 0) {
      lane++;
    }
    fault(instruction, lane, misalignedAddress,
          verb(write, bytes) + hex(addresses[lane]) + ", which is not a multiple of " +
              std::to_string(bytes));
  }
  if (instruction.space != Space::generic) {
    resolveSpace(instruction, mask, bytes, write, addresses, instruction.space, at);
    return;
  }
  uint32_t shared = 0, local = 0;
  for (unsigned lane = 0; lane < warpSize; lane++) {
    shared |= uint32_t((addresses[lane] & windowMask) == sharedWindow) << lane & mask;
    local |= uint32_t((addresses[lane] & windowMask) == localWindow) << lane & mask;
  }
  if (shared != 0) {
    resolveSpace(instruction, shared, bytes, write, addresses, Space::shared, at);
  }
  if (local != 0) {
    resolveSpace(instruction, local, bytes, write, addresses, Space::local, at);
  }
  if ((mask & ~shared & ~local) != 0) {
    resolveGlobal(instruction, mask & ~shared & ~local, bytes, write, addresses, at);
  }
}

void Warp::resolveSpace(const Instruction& instruction, uint32_t mask, unsigned bytes, bool write,
                        const uint64_t* addresses, Space space, char** at) {
  if (space == Space::global) {
    resolveGlobal(instruction, mask, bytes, write, addresses, at);
    return;
  }
  size_t size = space == Space::shared  ? block->shared.size()
                : space == Space::local ? block->launch.kernel.localBytes
                                        : block->launch.kernel.parameterBytes;
  for (unsigned lane = 0; lane < warpSize; lane++) {
    if ((mask >> lane & 1) == 0) {
      continue;
    }
    // An address in a window keeps its low bytes only.
    uint64_t offset = addresses[lane] & ~windowMask;
    if (addresses[lane] >> 56 > 0x0B || offset + bytes > size) {
      const char* name = space == Space::shared  ? "shared memory"
                         : space == Space::local ? "local memory"
                                                 : "parameters";
      fault(instruction, lane, illegalAddress,
            verb(write, bytes) + hex(addresses[lane]) + " of " + name + ", of which there are " +
                std::to_string(size) + " bytes");
    }
    at[lane] = space == Space::shared  ? block->shared.data() + offset
               : space == Space::local ? block->local.data() + (firstThread + lane) * size + offset
                                       : const_cast<char*>(block->launch.parameters) + offset;
  }
}

void Warp::resolveGlobal(const Instruction& instruction, uint32_t mask, unsigned bytes, bool write,
                         const uint64_t* addresses, char** at) {
  Window& window = block->windows[instruction.index];
  uint64_t end = window.bytes >= bytes ? window.bytes - bytes + 1 : 0;
  uint64_t outside = 0;
  for (unsigned lane = 0; lane < warpSize; lane++) {
    uint64_t offset = addresses[lane] - window.address;
    outside |= (mask >> lane & 1) != 0 && offset >= end ? 1 : 0;
    at[lane] = window.host + offset;
  }
  if (outside == 0) {
    return;
  }
  for (unsigned lane = 0; lane < warpSize; lane++) {
    if ((mask >> lane & 1) == 0) {
      continue;
    }
    const Allocation* found = memory().find(addresses[lane]);
    uint64_t offset = found != nullptr ? addresses[lane] - found->address : 0;
    if (found == nullptr || !found->live || offset + bytes > found->bytes) {
      fault(instruction, lane, illegalAddress,
            verb(write, bytes) + memory().describe(addresses[lane], bytes));
    }
    at[lane] = found->host + offset;
    window = {found->address, found->bytes, found->host};
  }
}

}  // namespace softcuda
