// What PTX text becomes: instructions that each do their work for the 32 lanes of a warp at once.
//
// A register is an array with one element a lane, of 4 or 8 bytes each; 8- and 16-bit registers
// take 4, zero-extended. A constant, and a special register, is a register that nothing writes. A
// predicate is one bit a lane. So a step is a plain loop over lanes, which the compiler makes
// vector code of, and what it costs to get to a step is paid once for 32 threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ptx.h"

namespace softcuda {

constexpr unsigned warpSize = 32;
constexpr uint32_t allLanes = ~0u;

// Where generic addresses of shared and of local memory begin. No allocation lies there.
constexpr uint64_t sharedWindow = 0x0A00'0000'0000'0000;
constexpr uint64_t localWindow = 0x0B00'0000'0000'0000;
constexpr uint64_t windowMask = 0xFF00'0000'0000'0000;

enum class Type : uint8_t {
  none, pred, u8, u16, u32, u64, s8, s16, s32, s64, b8, b16, b32, b64, f32, f64
};

enum class Space : uint8_t { generic, global, shared, local, param };

enum class Flow : uint8_t {
  next,     // does its step
  branch,   // goes to its target
  exit,     // ends threads
  barrier,  // waits for all threads of the block
  meet      // does its step when all lanes that its mask names are there
};

class Warp;
struct Instruction;

// Does an instruction for the lanes of a mask, which is not empty.
using Step = void (*)(Warp&, const Instruction&, uint32_t mask);

// Predicates that every kernel has.
constexpr uint32_t falsePredicate = 0;
constexpr uint32_t truePredicate = 1;
constexpr uint32_t unusedPredicate = 2;  // where results go that nobody reads

struct Instruction {
  Step step = nullptr;
  Flow flow = Flow::next;
  Space space = Space::generic;
  uint8_t elements = 1;          // of a vector access
  uint8_t mode = 0;              // what a step makes of it
  bool wideAddress = true;       // the address register has 8 bytes
  uint32_t guard = truePredicate;
  uint32_t unless = 0;           // all ones if the guard is negated
  uint32_t to[4] = {};           // registers by their place in a warp's file; predicates by number
  uint32_t in[5] = {};
  int64_t offset = 0;            // of an address
  uint32_t target = 0;
  uint32_t index = 0;            // in its kernel
};

// Where an instruction stands, and what it is called, for messages.
struct Place {
  unsigned line;        // of the PTX text
  unsigned file;        // its source by .loc; 0 if none
  unsigned sourceLine;
  std::string opcode;
};

struct Constant {
  uint32_t at;
  uint8_t width;  // 4 or 8
  uint64_t bits;
  bool dynamicShared = false;  // an offset from the start of dynamic shared memory
};

// The special registers, in the order of their places in a warp's file.
enum class Special : uint8_t {
  tidX, tidY, tidZ, ntidX, ntidY, ntidZ, ctaidX, ctaidY, ctaidZ, nctaidX, nctaidY, nctaidZ,
  laneid, warpid, lanemaskEq, lanemaskLt, lanemaskLe, lanemaskGt, lanemaskGe, count
};

using FileNames = std::map<unsigned, std::string>;

class Kernel {
 public:
  std::string name;
  std::vector<Parameter> parameters;
  size_t parameterBytes = 0;
  size_t sharedBytes = 0;  // static
  size_t localBytes = 0;
  unsigned maxThreads = 1024;
  std::vector<Instruction> code;
  std::vector<Place> places;
  std::vector<Constant> constants;
  uint32_t fileBytes = 0;   // of a warp's registers
  uint32_t predicates = 3;
  std::shared_ptr<const FileNames> files;

  // Such as "ld.global.f32 at PTX line 812 (euler.cu:57)".
  std::string describe(const Instruction& instruction) const;
};

// An instruction's name: add.rn.f32 has the opcode add, the modifier rn and the type f32;
// cvt.f64.f32 has a second type.
struct Form {
  std::string opcode;
  std::vector<std::string> modifiers;
  Type type = Type::none;
  Type second = Type::none;
  uint8_t toBytes = 4, fromBytes = 4;  // of the registers of a cvt, an element

  bool has(const char* modifier) const;
};

// False if it has a modifier that softcuda does not know.
bool parseForm(const std::string& name, Form& form);

// A step, and the bytes an element of each operand that it works on: 4 or 8, or 0 for a predicate.
// None for an instruction that softcuda does not know.
struct Choice {
  Step step = nullptr;
  std::vector<uint8_t> to;
  std::vector<uint8_t> in;
};

Choice chooseArithmetic(const Form& form);
Choice chooseBits(const Form& form);
Choice chooseConversion(const Form& form);
Choice chooseMeeting(const Form& form);

// Of a load to, or a store from, registers of that many bytes.
Step chooseLoad(Type type, unsigned registerBytes);
Step chooseStore(Type type, unsigned registerBytes);
Choice chooseAtomic(const Form& form);

unsigned bytesOf(Type type);
Type typeOf(const std::string& name);

}  // namespace softcuda
