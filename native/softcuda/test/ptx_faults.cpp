// Kernels that are wrong, each in one way, and what is said of them.
#include "ptx_program.h"

namespace {

// Arrays of 64 and 63 words; the kernel's body; the status and what is said.
struct Planted {
  Planted(const char* name, std::string body, int status, std::vector<std::string> says,
          unsigned threads = 64, unsigned blocks = 1, Case::Environment environment = {})
      : one(
            name, std::move(environment),
            [=, body = std::move(body)](Checks& checks) {
              Context context(checks);
              Program program(context, kernelOf(body) + "\t.file\t7 \"some/wrong.cu\"\n");
              uint64_t in = context.array(counting(64)), out = context.array(counting(63));
              checks.equal("status", program.run("k", blocks, threads, {in, out}), status);
              if (status != 0) {
                context.abandon();
              }
            },
            std::move(says)) {}

  Case one;
};

// A PTX that does not load, and what is said.
struct Refused {
  Refused(const char* name, std::string ptx, int status, std::vector<std::string> says)
      : one(
            name, {},
            [=, ptx = std::move(ptx)](Checks& checks) {
              Context context(checks);
              void* module = nullptr;
              int got = cuModuleLoadDataEx(&module, ptx.c_str(), 0, nullptr, nullptr);
              checks.equal("status", got, status);
            },
            std::move(says)) {}

  Case one;
};

const std::string shared =
    "  .shared .align 4 .b8 tile[256];\n  mov.u32 %r9, tile;\n"
    "  mad.lo.u32 %r8, %r0, 4, %r9;\n";

const Planted pastTheEnd("PTX fault: a read past the end", R"(
  .loc 7 42 5
  ld.global.f32 %f1, [%rd2+4];
  st.global.f32 [%rd3], %f1;)",
                         700,
                         {"kernel k, block (0,0,0), thread (63,0,0): ld.global.f32 at PTX line 18 "
                          "(wrong.cu:42) reads 4 bytes "
                          "at 0x",
                          "0 bytes past the end of allocation 1 of 256 bytes"});

const Planted straddling("PTX fault: a vector that is only partly inside", R"(
  st.global.v2.f32 [%rd1+248], {%f1, %f2};)",
                         700,
                         {"writes 8 bytes",
                          "of which only 4 of 8 bytes are inside of allocation 2 of 252 bytes"});

const Planted straddlingLater("PTX fault: so is one that the same instruction reads later", R"(
  shr.u32 %r1, %r0, 5;
  mad.wide.u32 %rd4, %r1, 248, %rd1;
  ld.global.v2.f32 {%f1, %f2}, [%rd4];)",
                              700,
                              {"thread (32,0,0)",
                               "of which only 4 of 8 bytes are inside of allocation 2 of 252"});

const Planted null("PTX fault: null", "ld.u32 %r1, [%rd5+8];\n", 700,
                   {"ld.u32", "reads 4 bytes at 0x"});

const Planted misaligned("PTX fault: a misaligned vector", R"(
  ld.global.v4.f32 {%f1, %f2, %f3, %f4}, [%rd0+8];)",
                         716, {"ld.global.v4.f32", "reads 16 bytes at 0x", "not a multiple of 16"});

const Planted outsideShared("PTX fault: past the end of shared memory", shared + R"(
  st.shared.u32 [%r8+4], %r0;)",
                            700,
                            {"thread (63,0,0): st.shared.u32",
                             "writes 4 bytes at 0x100 of shared memory, of which there are 256"});

const Planted outsideLocal("PTX fault: past the end of local memory", R"(
  .local .align 4 .b8 depot[16];
  mov.u64 %rd4, depot;
  st.local.u32 [%rd4+16], %r0;)",
                           700, {"local memory, of which there are 16 bytes"});

// Whichever warp comes first, the other is found out.
const Planted noBarrier("PTX fault: a read of what another warp writes", shared + R"(
  st.shared.u32 [%r8], %r0;
  xor.b32 %r1, %r0, 32;
  mad.lo.u32 %r2, %r1, 4, %r9;
  ld.shared.u32 %r3, [%r2];)",
                        719, {"of shared memory, which thread (", "with no barrier between"});

const Planted noSyncwarp("PTX fault: a read of what another lane writes", shared + R"(
  st.shared.u32 [%r8], %r0;
  xor.b32 %r1, %r0, 1;
  mad.lo.u32 %r2, %r1, 4, %r9;
  ld.shared.u32 %r3, [%r2];)",
                         719, {"which thread (1,0,0) writes with no barrier between"}, 32);

const Planted syncwarp("PTX: __syncwarp orders the lanes of a warp", shared + R"(
  st.shared.u32 [%r8], %r0;
  bar.warp.sync -1;
  xor.b32 %r1, %r0, 1;
  mad.lo.u32 %r2, %r1, 4, %r9;
  ld.shared.u32 %r3, [%r2];)",
                       0, {}, 32);

const Planted writeAfterRead("PTX fault: a write of what others read", shared + R"(
  st.shared.u32 [%r8], %r0;
  bar.sync 0;
  ld.shared.u32 %r3, [%r9];
  setp.eq.u32 %p1, %r0, 40;
  @%p1 st.shared.u32 [%r9], %r0;)",
                             719,
                             {"thread (40,0,0): st.shared.u32",
                              "writes 4 bytes at 0 of shared memory, which thread (0,0,0) uses"});

const Planted writeAfterAllRead("PTX fault: a write of what all lanes read", shared + R"(
  st.shared.u32 [%r8], 5;
  bar.sync 0;
  ld.shared.u32 %r3, [%r9];
  setp.eq.u32 %p1, %r0, 0;
  @%p1 st.shared.u32 [%r9], 7;)",
                               719,
                               {"thread (0,0,0): st.shared.u32",
                                "writes 4 bytes at 0 of shared memory, which other lanes use with"},
                               32);

const Planted writeWrite("PTX fault: lanes that write differently to a word", shared + R"(
  st.shared.u32 [%r9], %r0;)",
                         719, {"thread (1,0,0): st.shared.u32", "which thread (0,0,0) uses"});

const Planted sameValue("PTX: threads may write the same value", shared + R"(
  st.shared.u32 [%r9], 5;)",
                        0, {});

const Planted partOfBlock("PTX fault: a barrier that some do not reach", R"(
  setp.lt.u32 %p1, %r0, 40;
  @%p1 bra WAIT;
  ret;
WAIT:
  bar.sync 0;)",
                          719,
                          {"bar.sync",
                           "waits for all threads, of which thread (40,0,0) has ended"});

const Planted otherBarrier("PTX fault: threads at different barriers", R"(
  setp.lt.u32 %p1, %r0, 40;
  @%p1 bra WAIT;
  bar.sync 0;
  ret;
WAIT:
  bar.sync 0;)",
                           719,
                           {"waits for all threads, of which some wait at bar.sync at PTX line 2"});

const Planted absentLane("PTX fault: a shuffle that a lane never comes to", R"(
  setp.lt.u32 %p1, %r0, 16;
  @%p1 bra PART;
  bar.warp.sync 0xFFFFFFFF;
  bra END;
PART:
  shfl.sync.down.b32 %r1|%p2, %r0, 1, 31, 0xFFFFFFFF;
END:)",
                         719, {"names lane", "which waits at"});

const Planted endedLane("PTX fault: a shuffle from a lane that has ended", R"(
  setp.ge.u32 %p1, %r0, 16;
  @%p1 ret;
  shfl.sync.down.b32 %r1|%p2, %r0, 1, 31, 0xFFFFFFFF;)",
                        719,
                        {"thread (15,0,0): shfl.sync.down.b32",
                         "reads the value of lane 16, which has ended"});

const Planted outsideMask("PTX fault: a lane that its mask does not name", R"(
  shfl.sync.down.b32 %r1|%p2, %r0, 1, 31, 0xFFFF;)",
                          719, {"does not name its own lane 16"});

const Planted trapped("PTX fault: trap", "  trap;", 719, {"trap at PTX line", "was reached"});

const std::string sumOfNeighbour = R"(
  mov.u32 %r1, %ctaid.x;
  mul.wide.u32 %rd4, %r1, 4;
  add.s64 %rd5, %rd0, %rd4;
  ld.global.f32 %f1, [%rd5+4];
  st.global.f32 [%rd5], %f1;)";

const Planted blocks("PTX fault: SOFTCUDA_RACES=global finds blocks that race", sumOfNeighbour, 719,
                     {"in the same launch", "allocation 1"}, 1, 8, {{"SOFTCUDA_RACES", "global"}});

const Planted blocksUnchecked("PTX: without it blocks are not looked at", sumOfNeighbour, 0, {}, 1,
                              8);

const std::string header = ".version 7.0\n.target sm_75\n.address_size 64\n";

const Refused unknown("PTX fault: an unknown instruction",
                      header +
                          kernelOf("  tex.2d.v4.f32.f32 {%f1, %f2, %f3, %f4}, [x, {%f1, %f2}];"),
                      218, {"PTX line 16", "tex.2d.v4.f32.f32"});
const Refused unknownForm("PTX fault: an unknown form of an instruction",
                          header + kernelOf("  add.rz.f64 %rd4, %rd5, %rd6;"), 218,
                          {"PTX line 16: softcuda does not know the instruction add.rz.f64"});
const Refused unnamed("PTX fault: a name of nothing", header + kernelOf("  mov.u32 %r1, %nothing;"),
                      218, {"PTX line 16: nothing is named '%nothing' in mov.u32"});
const Refused size("PTX fault: a register of another size",
                   header + kernelOf("  add.s32 %r1, %rd1, 5;"), 218,
                   {"the register %rd1 is not of the instruction's size in add.s32"});
const Refused label("PTX fault: a branch to nowhere", header + kernelOf("  bra NOWHERE;"), 218,
                    {"PTX line 16: there is no label NOWHERE"});
const Refused cut("PTX fault: a text that ends early", header + ".visible .entry k() {\n  ret;\n",
                  218, {"PTX line"});
const Refused version("PTX fault: a version of the future", ".version 99.0\n", 222,
                      {"99.0 is newer"});

}  // namespace
