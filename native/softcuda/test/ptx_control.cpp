// Branches, memory and threads that work together: PTX against plain loops.
#include <bit>

#include "ptx_program.h"

namespace {

std::vector<uint32_t> indices(size_t count) {
  std::vector<uint32_t> values(count);
  for (size_t i = 0; i < count; i++) {
    values[i] = static_cast<uint32_t>(i);
  }
  return values;
}

void compare(Checks& checks, const char* what, const std::vector<uint32_t>& got,
             const std::function<uint32_t(uint32_t)>& expected) {
  for (size_t i = 0; i < got.size(); i++) {
    checks.equal(what + (" " + std::to_string(i)), got[i], expected(static_cast<uint32_t>(i)));
  }
}

// Runs k(in, out) with one block, of which each thread reads and writes a word.
std::vector<uint32_t> runOnce(Checks& checks, const std::string& ptx, unsigned threads,
                              unsigned dynamicShared = 0) {
  Context context(checks);
  Program program(context, ptx);
  uint64_t in = words(context, indices(threads)), out = words(context, indices(threads));
  checks.equal("run", program.run("k", 1, threads, {in, out}, dynamicShared), 0);
  return wordsAt(context, out, threads);
}

uint32_t collatz(uint32_t n) {
  uint32_t steps = 0;
  for (; n > 1; steps++) {
    n = n % 2 == 0 ? n / 2 : 3 * n + 1;
  }
  return steps;
}

const Case divergence("PTX: threads of a warp go ways of their own", {}, [](Checks& checks) {
  std::vector<uint32_t> got = runOnce(checks, kernelOf(R"(
  ld.global.u32 %r1, [%rd2];
  mov.u32 %r2, 0;
LOOP:
  setp.le.u32 %p1, %r1, 1;
  @%p1 bra DONE;
  and.b32 %r3, %r1, 1;
  setp.eq.u32 %p2, %r3, 0;
  @!%p2 bra ODD;
  shr.u32 %r1, %r1, 1;
  bra.uni NEXT;
ODD:
  mad.lo.u32 %r1, %r1, 3, 1;
NEXT:
  add.u32 %r2, %r2, 1;
  bra LOOP;
DONE:
  setp.eq.u32 %p3, %r0, 7;
  @%p3 ret;
  st.global.u32 [%rd3], %r2;
)"),
                                      100);
  compare(checks, "steps", got, [](uint32_t i) { return i == 7 ? 7 : collatz(i); });
});

// The lane that lane `i` of a full warp reads in segments of 8, or itself.
struct Shuffle {
  const char* instruction;
  std::function<uint32_t(uint32_t)> source;
};

const Case shuffles("PTX: shuffles read the lanes that they should", {}, [](Checks& checks) {
  const Shuffle all[] = {
      {"shfl.sync.down.b32 %r2|%p1, %r1, 3, 0x181F, -1",
       [](uint32_t i) { return i % 8 + 3 < 8 ? i + 3 : i; }},
      {"shfl.sync.up.b32 %r2|%p1, %r1, 3, 0x1800, -1",
       [](uint32_t i) { return i % 8 >= 3 ? i - 3 : i; }},
      {"shfl.sync.bfly.b32 %r2|%p1, %r1, 5, 0x1F, -1", [](uint32_t i) { return i ^ 5; }},
      {"shfl.sync.idx.b32 %r2|%p1, %r1, 6, 0x181F, -1", [](uint32_t i) { return i / 8 * 8 + 6; }},
  };
  for (const Shuffle& one : all) {
    std::vector<uint32_t> got =
        runOnce(checks,
                kernelOf(std::string("mul.lo.u32 %r1, %r0, 10;\n") + one.instruction +
                         ";\n selp.u32 %r3, 0, 1000, %p1;\n add.u32 %r2, %r2, %r3;\n"
                         "st.global.u32 [%rd3], %r2;"),
                64);
    compare(checks, one.instruction, got, [&](uint32_t i) {
      bool down = std::string(one.instruction).find("down") != std::string::npos;
      bool up = std::string(one.instruction).find("up") != std::string::npos;
      uint32_t source = i / 32 * 32 + one.source(i % 32);
      return 10 * source + ((down || up) && source == i ? 1000 : 0);
    });
  }
});

const Case votes("PTX: votes count the lanes of their mask", {}, [](Checks& checks) {
  std::vector<uint32_t> got = runOnce(checks, kernelOf(R"(
  and.b32 %r1, %r0, 16;
  setp.ne.u32 %p1, %r1, 0;
  rem.u32 %r2, %r0, 3;
  setp.eq.u32 %p2, %r2, 0;
  @%p1 bra HIGH;
  vote.sync.ballot.b32 %r3, %p2, 0xFFFF;
  bra END;
HIGH:
  vote.sync.ballot.b32 %r3, %p2, 0xFFFF0000;
END:
  vote.sync.any.pred %p3, %p2, -1;
  vote.sync.all.pred %p4, %p2, -1;
  bar.warp.sync -1;
  selp.u32 %r4, 1, 0, %p3;
  selp.u32 %r5, 5, 2, %p4;
  add.u32 %r3, %r3, %r4;
  add.u32 %r3, %r3, %r5;
  st.global.u32 [%rd3], %r3;
)"),
                                      32);
  compare(checks, "votes", got, [](uint32_t i) {
    uint32_t bits = 0;
    for (uint32_t lane = i / 16 * 16; lane < i / 16 * 16 + 16; lane++) {
      bits |= uint32_t(lane % 3 == 0) << lane;
    }
    return bits + 3;
  });
});

const Case matches("PTX: lanes find those of the same value", {}, [](Checks& checks) {
  std::vector<uint32_t> got = runOnce(checks, kernelOf(R"(
  rem.u32 %r1, %r0, 3;
  match.any.sync.b32 %r2, %r1, -1;
  match.all.sync.b32 %r3|%p1, %r1, -1;
  @%p1 mov.u32 %r2, 0;
  match.all.sync.b64 %r4|%p2, %rd1, -1;
  @!%p2 mov.u32 %r2, 0;
  add.u32 %r2, %r2, %r3;
  xor.b32 %r2, %r2, %r4;
  st.global.u32 [%rd3], %r2;
)"),
                                      32);
  compare(checks, "lanes", got, [](uint32_t i) {
    uint32_t bits = 0;
    for (uint32_t lane = i % 3; lane < 32; lane += 3) {
      bits |= 1u << lane;
    }
    return ~bits;
  });
});

// Sums of a block by halves, in static and in dynamic shared memory.
std::string sumOf(const std::string& variable, bool inside) {
  return (inside ? "" : variable) + kernelOf((inside ? variable : std::string()) + R"(
  ld.global.u32 %r1, [%rd2];
  mov.u32 %r9, numbers;
  mad.lo.u32 %r2, %r0, 4, %r9;
  st.shared.u32 [%r2], %r1;
  mov.u32 %r3, %ntid.x;
HALF:
  shr.u32 %r3, %r3, 1;
  bar.sync 0;
  setp.eq.u32 %p1, %r3, 0;
  @%p1 bra DONE;
  setp.ge.u32 %p2, %r0, %r3;
  @%p2 bra HALF;
  mad.lo.u32 %r4, %r3, 4, %r2;
  ld.shared.u32 %r5, [%r4];
  ld.shared.u32 %r6, [%r2];
  add.u32 %r6, %r6, %r5;
  st.shared.u32 [%r2], %r6;
  bra HALF;
DONE:
  ld.shared.u32 %r7, [numbers];
  st.global.u32 [%rd3], %r7;
)");
}

const Case barriers("PTX: barriers order shared memory", {}, [](Checks& checks) {
  compare(checks, "static",
          runOnce(checks, sumOf(".shared .align 4 .b8 numbers[1024];\n", true), 256),
          [](uint32_t) { return 255 * 256 / 2; });
  compare(checks, "of the module",
          runOnce(checks, sumOf(".shared .align 4 .b8 numbers[1024];\n", false), 256),
          [](uint32_t) { return 255 * 256 / 2; });
  compare(checks, "dynamic",
          runOnce(checks, sumOf(".extern .shared .align 16 .b8 numbers[];\n", false), 128, 512),
          [](uint32_t) { return 127 * 128 / 2; });
});

const Case spaces("PTX: generic addresses reach local, shared and global memory", {},
                  [](Checks& checks) {
                    std::vector<uint32_t> got = runOnce(checks, R"(
.const .align 4 .u32 table[4] = {10, 20, 30, 40};
.global .align 1 .b8 letters[4] = {1, 2, 250, 4};
)" + kernelOf(R"(
  .local .align 8 .b8 depot[16];
  .shared .align 4 .b8 tile[256];
  .reg .b64 %SP, %SPL;
  mov.u64 %SPL, depot;
  cvta.local.u64 %SP, %SPL;
  and.b32 %r1, %r0, 3;
  mad.wide.u32 %rd4, %r1, 4, %SPL;
  mul.lo.u32 %r2, %r0, 100;
  st.local.u32 [%rd4], %r2;
  mad.wide.u32 %rd5, %r1, 4, %SP;
  ld.u32 %r3, [%rd5];
  mov.u64 %rd6, tile;
  cvta.shared.u64 %rd7, %rd6;
  mad.wide.u32 %rd8, %r0, 4, %rd7;
  st.u32 [%rd8], %r3;
  cvta.to.shared.u64 %rd9, %rd8;
  ld.shared.u32 %r4, [%rd9];
  mov.u64 %rd10, table;
  mad.wide.u32 %rd11, %r1, 4, %rd10;
  ld.const.u32 %r5, [%rd11];
  ld.global.s8 %r6, [letters+2];
  add.s32 %r4, %r4, %r5;
  add.s32 %r4, %r4, %r6;
  st.u32 [%rd3], %r4;
)"),
                                                        64);
                    compare(checks, "sum", got,
                            [](uint32_t i) { return 100 * i + 10 * (i % 4 + 1) - 6; });
                  });

const Case vectors("PTX: vectors and structs as parameters", {}, [](Checks& checks) {
  Context context(checks);
  Program program(context, kernelOf(R"(
  mad.wide.u32 %rd4, %r0, 16, %rd0;
  mad.wide.u32 %rd5, %r0, 16, %rd1;
  ld.global.v4.f32 {%f0, %f1, %f2, %f3}, [%rd4];
  ld.param.v2.u32 {%r1, %r2}, [k_param_0];
  mov.b64 %rd6, {%r1, %r2};
  sub.s64 %rd7, %rd6, %rd0;
  cvt.u32.u64 %r3, %rd7;
  cvt.rn.f32.u32 %f4, %r3;
  add.f32 %f0, %f0, %f4;
  st.global.v2.f32 [%rd5], {%f3, %f2};
  st.global.v2.f32 [%rd5+8], {%f1, %f0};
)"));
  uint64_t in = context.array(counting(256)), out = context.array(counting(256));
  checks.equal("run", program.run("k", 1, 64, {in, out}), 0);
  std::vector<float> got = context.values(out, 256);
  for (int i = 0; i < 256; i++) {
    checks.equal("reversed", got[i], i / 4 * 4 + 3 - i % 4);
  }
});

const Case atomics("PTX: atomic operations of all blocks", {}, [](Checks& checks) {
  Context context(checks);
  Program program(context, kernelOf(R"(
  atom.global.add.u32 %r1, [%rd1], 1;
  red.global.add.u32 [%rd1+4], %r0;
  atom.global.max.s32 %r2, [%rd1+8], %r0;
  red.global.or.b32 [%rd1+12], %r0;
  mov.u32 %r3, 0;
RETRY:
  add.u32 %r4, %r3, 3;
  atom.global.cas.b32 %r5, [%rd1+16], %r3, %r4;
  setp.ne.u32 %p1, %r5, %r3;
  mov.u32 %r3, %r5;
  @%p1 bra RETRY;
  mad.wide.u32 %rd4, %r1, 4, %rd0;
  st.global.u32 [%rd4], 1;
)"));
  uint64_t seen = words(context, std::vector<uint32_t>(512)), out = words(context, {0, 0, 0, 0, 0});
  checks.equal("run", program.run("k", 8, 64, {seen, out}), 0);
  std::vector<uint32_t> got = wordsAt(context, out, 5);
  checks.equal("add", got[0], 512);
  checks.equal("sum", got[1], 8 * 63 * 64 / 2);
  checks.equal("max", got[2], 63);
  checks.equal("or", got[3], 63);
  checks.equal("cas", got[4], 3 * 512);
  compare(checks, "each number once", wordsAt(context, seen, 512), [](uint32_t) { return 1; });
});

}  // namespace
