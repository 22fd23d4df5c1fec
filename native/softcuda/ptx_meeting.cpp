// The steps of instructions for which lanes of a warp come together: shuffles, votes, matches and
// __syncwarp.
#include "codes.h"
#include "ptx_lanes.h"

namespace softcuda {
namespace {

enum Shuffle : uint8_t { up, down, butterfly, indexed };

// The lane that a lane reads, by the PTX manual's pseudocode; in range if it is in its segment.
template <Shuffle kind>
unsigned sourceOf(unsigned lane, uint32_t b, uint32_t c, bool& inRange) {
  unsigned segment = c >> 8 & 31, clamp = c & 31;
  unsigned last = (lane & segment) | (clamp & ~segment);
  unsigned first = lane & segment;
  b &= 31;
  int source;
  if constexpr (kind == up) {
    source = static_cast<int>(lane) - static_cast<int>(b);
    inRange = source >= static_cast<int>(last);
  } else {
    source = static_cast<int>(kind == down        ? lane + b
                              : kind == butterfly ? lane ^ b
                                                  : first | (b & ~segment & 31));
    inRange = source <= static_cast<int>(last);
  }
  return inRange ? static_cast<unsigned>(source) : lane;
}

template <Shuffle kind>
void shuffle(Warp& warp, const Instruction& instruction, uint32_t mask) {
  uint32_t values[warpSize];
  const uint32_t* a = warp.lanes<uint32_t>(instruction.in[0]);
  std::copy(a, a + warpSize, values);
  const uint32_t* b = warp.lanes<uint32_t>(instruction.in[1]);
  const uint32_t* c = warp.lanes<uint32_t>(instruction.in[2]);
  uint32_t* to = warp.lanes<uint32_t>(instruction.to[0]);
  uint32_t& predicate = warp.predicates[instruction.to[1]];
  for (unsigned lane = 0; lane < warpSize; lane++) {
    if ((mask >> lane & 1) == 0) {
      continue;
    }
    bool inRange = false;
    unsigned source = sourceOf<kind>(lane, b[lane], c[lane], inRange);
    if ((mask >> source & 1) == 0) {
      warp.fault(instruction, lane, launchFailed,
                 "reads the value of lane " + std::to_string(source) +
                     ((warp.live >> source & 1) == 0 ? ", which has ended or does not exist"
                                                     : ", which its mask does not name"));
    }
    to[lane] = values[source];
    predicate = (predicate & ~(1u << lane)) | uint32_t(inRange) << lane;
  }
}

enum Vote : uint8_t { ballot, any, all, uniform };

template <Vote kind>
void vote(Warp& warp, const Instruction& instruction, uint32_t mask) {
  uint32_t holds = warp.predicates[instruction.in[0]] & mask;
  if constexpr (kind == ballot) {
    uint32_t* to = warp.lanes<uint32_t>(instruction.to[0]);
    for (unsigned lane = 0; lane < warpSize; lane++) {
      to[lane] = (mask >> lane & 1) != 0 ? holds : to[lane];
    }
  } else {
    bool result = kind == any   ? holds != 0
                  : kind == all ? holds == mask
                                : holds == 0 || holds == mask;
    uint32_t& to = warp.predicates[instruction.to[0]];
    to = result ? to | mask : to & ~mask;
  }
}

// The lanes that have the same value as each, or all lanes if they have one.
template <class T, bool all>
void match(Warp& warp, const Instruction& instruction, uint32_t mask) {
  const T* a = warp.lanes<T>(instruction.in[0]);
  uint32_t* to = warp.lanes<uint32_t>(instruction.to[0]);
  for (unsigned lane = 0; lane < warpSize; lane++) {
    if ((mask >> lane & 1) == 0) {
      continue;
    }
    uint32_t same = 0;
    for (unsigned other = 0; other < warpSize; other++) {
      same |= uint32_t(a[other] == a[lane]) << other & mask;
    }
    to[lane] = all && same != mask ? 0 : same;
    if constexpr (all) {
      uint32_t& predicate = warp.predicates[instruction.to[1]];
      predicate = (predicate & ~(1u << lane)) | uint32_t(same == mask) << lane;
    }
  }
}

void nothing(Warp&, const Instruction&, uint32_t) {}

void activeLanes(Warp& warp, const Instruction& instruction, uint32_t mask) {
  uint32_t* to = warp.lanes<uint32_t>(instruction.to[0]);
  for (unsigned lane = 0; lane < warpSize; lane++) {
    to[lane] = (mask >> lane & 1) != 0 ? mask : to[lane];
  }
}

}  // namespace

// The mask is the last operand of each.
Choice chooseMeeting(const Form& form) {
  if (form.opcode == "activemask") {
    return {activeLanes, {4}, {}};
  }
  if (form.opcode == "bar" && form.has("warp")) {
    return {nothing, {}, {4}};
  }
  if (form.opcode == "shfl") {
    Step step = form.has("up")     ? shuffle<up>
                : form.has("down") ? shuffle<down>
                : form.has("bfly") ? shuffle<butterfly>
                : form.has("idx")  ? shuffle<indexed>
                                   : nullptr;
    return {step, {4, 0}, {4, 4, 4, 4}};
  }
  if (form.opcode == "match") {
    bool wide = bytesOf(form.type) == 8;
    uint8_t width = wide ? 8 : 4;
    return form.has("any")
               ? Choice{wide ? match<uint64_t, false> : match<uint32_t, false>, {4}, {width, 4}}
               : Choice{wide ? match<uint64_t, true> : match<uint32_t, true>, {4, 0}, {width, 4}};
  }
  if (form.opcode == "vote") {
    if (form.has("ballot")) {
      return {vote<ballot>, {4}, {0, 4}};
    }
    Step step = form.has("any")   ? vote<any>
                : form.has("all") ? vote<all>
                : form.has("uni") ? vote<uniform>
                                  : nullptr;
    return {step, {0}, {0, 4}};
  }
  return {};
}

}  // namespace softcuda
