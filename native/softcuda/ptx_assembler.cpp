#include "ptx_assembler.h"

#include <algorithm>
#include <array>
#include <bit>

#include "codes.h"
#include "ptx_warp.h"

namespace softcuda {
namespace {

constexpr std::array<const char*, static_cast<size_t>(Special::count)> specialNames = {
    "%tid.x",       "%tid.y",       "%tid.z",       "%ntid.x",     "%ntid.y",
    "%ntid.z",      "%ctaid.x",     "%ctaid.y",     "%ctaid.z",    "%nctaid.x",
    "%nctaid.y",    "%nctaid.z",    "%laneid",      "%warpid",     "%lanemask_eq",
    "%lanemask_lt", "%lanemask_le", "%lanemask_gt", "%lanemask_ge"};

size_t alignedTo(size_t bytes, size_t align) { return (bytes + align - 1) / align * align; }

uint8_t widthOf(Type type) {
  unsigned bytes = bytesOf(type);
  return static_cast<uint8_t>(type == Type::pred ? 0 : bytes == 8 ? 8 : 4);
}

bool isOrdering(const std::string& opcode) {
  return opcode == "membar" || opcode == "fence" || opcode == "prefetch" || opcode == "prefetchu";
}

void trap(Warp& warp, const Instruction& instruction, uint32_t mask) {
  warp.fault(instruction, static_cast<unsigned>(std::countr_zero(mask)), launchFailed,
             "was reached: the kernel gives up");
}

}  // namespace

Assembler::Assembler(Kernel& kernel, const Names& names) : kernel(kernel), names(names) {
  for (const char* name : specialNames) {
    registers[name] = {addSlot(4), 4};
  }
  registers["%pt"] = {truePredicate, 0};
}

uint32_t Assembler::addSlot(uint8_t width) {
  uint32_t at = kernel.fileBytes;
  kernel.fileBytes += width * warpSize;
  return at;
}

void Assembler::addRegister(const std::string& name, Type type) {
  uint8_t width = widthOf(type);
  registers[name] = width == 0 ? Register{kernel.predicates++, 0} : Register{addSlot(width), width};
}

void Assembler::addParameter(const std::string& name, size_t align, size_t bytes) {
  size_t offset = alignedTo(kernel.parameterBytes, align);
  kernel.parameters.push_back({offset, bytes});
  kernel.parameterBytes = offset + bytes;
  symbols[name] = offset;
}

void Assembler::addShared(const std::string& name, size_t align, size_t bytes) {
  size_t offset = alignedTo(kernel.sharedBytes, align);
  kernel.sharedBytes = offset + bytes;
  symbols[name] = offset;
}

void Assembler::addLocal(const std::string& name, size_t align, size_t bytes) {
  size_t offset = alignedTo(kernel.localBytes, align);
  kernel.localBytes = alignedTo(offset + bytes, 16);
  symbols[name] = offset;
}

void Assembler::addLabel(const std::string& name, unsigned at) {
  if (!labels.emplace(name, kernel.code.size()).second) {
    badPtx(at, "there are two labels " + name);
  }
}

void Assembler::setSource(unsigned newFile, unsigned newLine) {
  file = newFile;
  sourceLine = newLine;
}

void Assembler::bad(const std::string& what) const { badPtx(line, what + " in " + opcode); }

void Assembler::unknown() const {
  badPtx(line, "softcuda does not know the instruction " + opcode);
}

void Assembler::statement(Text& text) {
  Instruction instruction;
  line = text.line();
  std::string guard;
  if (text.accept("@")) {
    instruction.unless = text.accept("!") ? allLanes : 0;
    guard = text.next();
  }
  opcode = text.next();
  if (!guard.empty()) {
    const Register* found = find(guard);
    if (found == nullptr || found->width != 0) {
      bad("the guard " + guard + " is no predicate");
    }
    instruction.guard = found->at;
  }
  Form form;
  if (!parseForm(opcode, form)) {
    unknown();
  }
  std::vector<Operand> operands;
  while (!text.accept(";")) {
    operands.push_back(parseOperand(text));
    if (text.accept("|")) {
      operands.push_back(parseOperand(text));
      operands.back().second = true;
    }
    if (text.peek() != ";") {
      text.expect(",");
    }
  }
  if (isOrdering(form.opcode)) {
    return;  // accesses take place in the order of the program
  }
  instruction.index = static_cast<uint32_t>(kernel.code.size());
  encode(form, operands, instruction);
  kernel.code.push_back(instruction);
  kernel.places.push_back({line, file, sourceLine, opcode});
}

Assembler::Operand Assembler::parseOperand(Text& text) {
  Operand operand;
  if (text.accept("[")) {
    return parseAddress(text);
  }
  if (text.accept("{")) {
    operand.kind = Operand::vector;
    do {
      operand.parts.push_back(parseOperand(text));
    } while (text.accept(","));
    text.expect("}");
    return operand;
  }
  if (text.peek() == "-" || parseLiteral(text.peek(), operand.bits)) {
    operand.kind = Operand::literal;
    operand.text = text.peek();
    operand.bits = text.number();
    return operand;
  }
  operand.text = text.next();
  if (operand.text == "!") {
    bad("a negated predicate is not known as an operand");
  }
  return operand;
}

Assembler::Operand Assembler::parseAddress(Text& text) {
  Operand operand;
  operand.kind = Operand::address;
  operand.parts.push_back(parseOperand(text));
  if (text.accept("+")) {
    operand.bits = text.number();
  } else if (text.peek() == "-") {
    operand.bits = text.number();
  }
  text.expect("]");
  return operand;
}

void Assembler::encode(const Form& form, std::vector<Operand>& operands, Instruction& instruction) {
  const std::string& op = form.opcode;
  bool barrier = (op == "bar" || op == "barrier") && !form.has("warp");
  if (op == "bra" || op == "ret" || op == "exit" || op == "trap" || barrier) {
    encodeFlow(form, operands, instruction);
  } else if (op == "ld" || op == "ldu" || op == "st") {
    encodeAccess(form, operands, instruction);
  } else if (op == "atom" || op == "red") {
    encodeAtomic(form, operands, instruction);
  } else if (op == "shfl" || op == "vote" || op == "match" || op == "bar" || op == "activemask") {
    encodeMeeting(form, operands, instruction);
  } else if (op == "mov" && operands.size() == 2 &&
             (operands[0].kind == Operand::vector || operands[1].kind == Operand::vector)) {
    encodeVectorMove(form, operands, instruction);
  } else {
    encodeAny(form, operands, instruction);
  }
}

void Assembler::encodeFlow(const Form& form, std::vector<Operand>& operands,
                           Instruction& instruction) {
  if (form.opcode == "bra") {
    if (operands.size() != 1) {
      bad("expected one label");
    }
    instruction.flow = Flow::branch;
    jumps.push_back({instruction.index, operands[0].text, line});
  } else if (form.opcode == "ret" || form.opcode == "exit") {
    instruction.flow = Flow::exit;
  } else if (form.opcode == "trap") {
    instruction.step = trap;
  } else {
    if (!form.has("sync") || operands.size() != 1 || operands[0].kind != Operand::literal ||
        form.type != Type::none) {
      bad("softcuda knows barriers of the whole block only");
    }
    instruction.flow = Flow::barrier;
  }
}

void Assembler::setAddress(const Operand& operand, Instruction& instruction) {
  if (operand.kind != Operand::address) {
    bad("expected an address");
  }
  const Operand& base = operand.parts[0];
  const Register* found = base.kind == Operand::name ? find(base.text) : nullptr;
  instruction.wideAddress = found == nullptr || found->width == 8;
  instruction.in[0] = source(base, instruction.wideAddress ? 8 : 4);
  instruction.offset = static_cast<int64_t>(operand.bits);
}

void Assembler::encodeAccess(const Form& form, std::vector<Operand>& operands,
                             Instruction& instruction) {
  if (operands.size() != 2) {
    bad("expected two operands");
  }
  bool loads = form.opcode != "st";
  instruction.space = form.has("global") || form.has("const")         ? Space::global
                      : form.has("shared") || form.has("shared::cta") ? Space::shared
                      : form.has("local")                             ? Space::local
                      : form.has("param")                             ? Space::param
                                                                      : Space::generic;
  setAddress(operands[loads ? 1 : 0], instruction);
  const Operand& values = operands[loads ? 0 : 1];
  std::vector<Operand> parts = values.kind == Operand::vector ? values.parts : std::vector{values};
  size_t expected = form.has("v2") ? 2 : form.has("v4") ? 4 : 1;
  if (parts.size() != expected || expected * bytesOf(form.type) > 16) {
    bad("expected " + std::to_string(expected) + " registers of at most 16 bytes");
  }
  const Register* first = find(parts[0].text);
  uint8_t width = first != nullptr ? first->width : widthOf(form.type);
  instruction.step = loads ? chooseLoad(form.type, width) : chooseStore(form.type, width);
  instruction.elements = static_cast<uint8_t>(expected);
  if (instruction.step == nullptr || width == 0) {
    unknown();
  }
  for (size_t i = 0; i < parts.size(); i++) {
    if (loads) {
      instruction.to[i] = destination(parts[i], width);
    } else {
      instruction.in[1 + i] = source(parts[i], width);
    }
  }
}

void Assembler::encodeAtomic(const Form& form, std::vector<Operand>& operands,
                             Instruction& instruction) {
  Choice choice = chooseAtomic(form);
  if (choice.step == nullptr) {
    unknown();
  }
  size_t results = choice.to.size();
  if (operands.size() != results + choice.in.size()) {
    bad("expected " + std::to_string(results + choice.in.size()) + " operands");
  }
  instruction.step = choice.step;
  instruction.space = form.has("global")                              ? Space::global
                      : form.has("shared") || form.has("shared::cta") ? Space::shared
                                                                      : Space::generic;
  if (results == 1) {
    instruction.to[0] = destination(operands[0], choice.to[0]);
  }
  setAddress(operands[results], instruction);
  for (size_t i = 1; i < choice.in.size(); i++) {
    instruction.in[i] = source(operands[results + i], choice.in[i]);
  }
}

void Assembler::encodeMeeting(const Form& form, std::vector<Operand>& operands,
                              Instruction& instruction) {
  Choice choice = chooseMeeting(form);
  if (choice.step == nullptr || (form.opcode == "shfl" && bytesOf(form.type) != 4)) {
    unknown();
  }
  if (choice.to.size() == 2 && (operands.size() < 2 || !operands[1].second)) {
    choice.to.pop_back();
    instruction.to[1] = unusedPredicate;
  }
  place(choice, operands, instruction);
  if (form.opcode != "activemask") {
    instruction.flow = Flow::meet;
    instruction.in[4] = instruction.in[choice.in.size() - 1];
  }
}

void Assembler::encodeVectorMove(const Form& form, std::vector<Operand>& operands,
                                 Instruction& instruction) {
  bool packs = operands[1].kind == Operand::vector;
  Form part = form;
  part.opcode = packs ? "pack" : "unpack";
  std::vector<Operand> flat = packs ? std::vector{operands[0]} : operands[0].parts;
  const std::vector<Operand> rest = packs ? operands[1].parts : std::vector{operands[1]};
  flat.insert(flat.end(), rest.begin(), rest.end());
  if (flat.size() != 3 || (form.type != Type::b64 && form.type != Type::b32)) {
    unknown();
  }
  place(chooseConversion(part), flat, instruction);
}

Form Assembler::withWidths(Form form, const std::vector<Operand>& operands) {
  auto widthOfRegister = [&](size_t i, Type type) {
    const Register* found = i < operands.size() ? find(operands[i].text) : nullptr;
    return found != nullptr && found->width != 0 ? found->width : widthOf(type);
  };
  form.toBytes = widthOfRegister(0, form.type);
  form.fromBytes = widthOfRegister(1, form.second);
  return form;
}

void Assembler::encodeAny(const Form& form, std::vector<Operand>& operands,
                          Instruction& instruction) {
  Choice choice;
  for (auto* choose : {chooseArithmetic, chooseBits, chooseConversion}) {
    choice = choice.step == nullptr ? choose(withWidths(form, operands)) : choice;
  }
  if (choice.step == nullptr) {
    unknown();
  }
  if (form.opcode == "setp") {
    constexpr uint8_t withAnd = 1, withOr = 2, withXor = 3;
    instruction.mode = form.has("and")   ? withAnd
                       : form.has("or")  ? withOr
                       : form.has("xor") ? withXor
                                         : 0;
    instruction.in[2] = unusedPredicate;
    if (instruction.mode == 0) {
      choice.in.pop_back();
    }
    if (operands.size() < 2 || !operands[1].second) {
      choice.to.pop_back();
      instruction.to[1] = unusedPredicate;
    }
  }
  place(choice, operands, instruction);
}

// Ties operands to what a step expects of them.
void Assembler::place(const Choice& choice, const std::vector<Operand>& operands,
                      Instruction& instruction) {
  size_t results = choice.to.size();
  if (operands.size() != results + choice.in.size()) {
    bad("expected " + std::to_string(results + choice.in.size()) + " operands, not " +
        std::to_string(operands.size()));
  }
  instruction.step = choice.step;
  for (size_t i = 0; i < results; i++) {
    instruction.to[i] = destination(operands[i], choice.to[i]);
  }
  for (size_t i = 0; i < choice.in.size(); i++) {
    instruction.in[i] = source(operands[results + i], choice.in[i]);
  }
}

const Assembler::Register* Assembler::find(const std::string& name) {
  auto found = registers.find(name);
  return found == registers.end() ? nullptr : &found->second;
}

uint32_t Assembler::destination(const Operand& operand, uint8_t width) {
  if (operand.kind == Operand::name && operand.text == "_") {
    return width == 0 ? unusedPredicate : addSlot(width);
  }
  const Register* found = operand.kind == Operand::name ? find(operand.text) : nullptr;
  if (found == nullptr) {
    bad("'" + operand.text + "' is no register to write to");
  }
  if (found->width != width) {
    bad("the register " + operand.text + " is not of the instruction's size");
  }
  return found->at;
}

uint32_t Assembler::source(const Operand& operand, uint8_t width) {
  if (operand.kind == Operand::literal) {
    return width == 0 ? (operand.bits != 0 ? truePredicate : falsePredicate)
                      : constant(operand.bits, width, false);
  }
  if (operand.kind != Operand::name) {
    bad("an address or a vector stands where none can be");
  }
  if (const Register* found = find(operand.text)) {
    if (found->width != width) {
      bad("the register " + operand.text + " is not of the instruction's size");
    }
    return found->at;
  }
  if (width == 0) {
    bad("'" + operand.text + "' is no predicate");
  }
  bool dynamicShared = false;
  uint64_t bits = symbol(operand.text, dynamicShared);
  return constant(bits, width, dynamicShared);
}

uint64_t Assembler::symbol(const std::string& name, bool& dynamicShared) {
  if (name == "WARP_SZ") {
    return warpSize;
  }
  auto found = symbols.find(name);
  if (found != symbols.end()) {
    return found->second;
  }
  auto global = names.addresses.find(name);
  if (global != names.addresses.end()) {
    return global->second;
  }
  auto shared = names.shared.find(name);
  if (shared == names.shared.end()) {
    bad("nothing is named '" + name + "'");
  }
  if (shared->second.dynamic) {
    dynamicShared = true;
    return 0;
  }
  addShared(name, shared->second.align, shared->second.bytes);
  return symbols[name];
}

uint32_t Assembler::constant(uint64_t bits, uint8_t width, bool dynamicShared) {
  std::string key = std::to_string(width) + (dynamicShared ? "d" : ":") + std::to_string(bits);
  auto [found, made] = constants.emplace(key, 0);
  if (made) {
    found->second = addSlot(width);
    kernel.constants.push_back({found->second, width, bits, dynamicShared});
  }
  return found->second;
}

void Assembler::finish(unsigned at) {
  // A kernel may end without a last ret.
  Instruction end;
  end.flow = Flow::exit;
  end.index = static_cast<uint32_t>(kernel.code.size());
  kernel.code.push_back(end);
  kernel.places.push_back({at, file, sourceLine, "}"});
  for (const Jump& jump : jumps) {
    auto found = labels.find(jump.label);
    if (found == labels.end()) {
      badPtx(jump.line, "there is no label " + jump.label);
    }
    kernel.code[jump.from].target = found->second;
  }
}

}  // namespace softcuda
