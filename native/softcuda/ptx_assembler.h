// Makes instructions of statements of PTX, one kernel at a time.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ptx_code.h"
#include "ptx_text.h"

namespace softcuda {

// A variable of shared memory that lies outside of kernels: each that uses it has its own.
struct SharedVariable {
  size_t align, bytes;
  bool dynamic;
};

// What a module's kernels can name.
struct Names {
  std::unordered_map<std::string, uint64_t> addresses;  // of .global and .const variables
  std::unordered_map<std::string, SharedVariable> shared;
};

class Assembler {
 public:
  Assembler(Kernel& kernel, const Names& names);

  // Declarations of the kernel.
  void addRegister(const std::string& name, Type type);
  void addParameter(const std::string& name, size_t align, size_t bytes);
  void addShared(const std::string& name, size_t align, size_t bytes);
  void addLocal(const std::string& name, size_t align, size_t bytes);
  void addLabel(const std::string& name, unsigned line);
  void setSource(unsigned file, unsigned line);

  // One statement up to its semicolon.
  void statement(Text& text);

  // Ties branches to labels.
  void finish(unsigned line);

 private:
  struct Register {
    uint32_t at;
    uint8_t width;  // 0 of a predicate
  };

  struct Operand {
    enum Kind { name, literal, address, vector } kind = name;
    std::string text;
    uint64_t bits = 0;           // of a literal; the offset of an address
    std::vector<Operand> parts;  // of a vector; the base of an address
    bool second = false;         // it follows a |
  };

  struct Jump {
    uint32_t from;
    std::string label;
    unsigned line;
  };

  Operand parseOperand(Text& text);
  Operand parseAddress(Text& text);
  void encode(const Form& form, std::vector<Operand>& operands, Instruction& instruction);
  void encodeFlow(const Form& form, std::vector<Operand>& operands, Instruction& instruction);
  void encodeAccess(const Form& form, std::vector<Operand>& operands, Instruction& instruction);
  void encodeAtomic(const Form& form, std::vector<Operand>& operands, Instruction& instruction);
  void encodeMeeting(const Form& form, std::vector<Operand>& operands, Instruction& instruction);
  void encodeVectorMove(const Form& form, std::vector<Operand>& operands, Instruction& instruction);
  void encodeAny(const Form& form, std::vector<Operand>& operands, Instruction& instruction);
  Form withWidths(Form form, const std::vector<Operand>& operands);
  void setAddress(const Operand& operand, Instruction& instruction);
  void place(const Choice& choice, const std::vector<Operand>& operands, Instruction& instruction);

  const Register* find(const std::string& name);
  uint32_t destination(const Operand& operand, uint8_t width);
  uint32_t source(const Operand& operand, uint8_t width);
  uint32_t constant(uint64_t bits, uint8_t width, bool dynamicShared);
  uint64_t symbol(const std::string& name, bool& dynamicShared);
  uint32_t addSlot(uint8_t width);
  [[noreturn]] void bad(const std::string& what) const;
  [[noreturn]] void unknown() const;

  Kernel& kernel;
  const Names& names;
  std::unordered_map<std::string, Register> registers;
  std::unordered_map<std::string, uint64_t> symbols;  // parameters, shared and local variables
  std::unordered_map<std::string, uint32_t> labels;
  std::unordered_map<std::string, uint32_t> constants;
  std::vector<Jump> jumps;
  unsigned line = 0;   // of the statement
  std::string opcode;  // of the statement
  unsigned file = 0, sourceLine = 0;
};

}  // namespace softcuda
