// Modules: the declarations of PTX text, and their kernels by name.
#include <cstring>

#include "codes.h"
#include "memory.h"
#include "ptx_assembler.h"

namespace softcuda {
namespace {

constexpr unsigned newestVersion = 9;  // of PTX, that a driver of CUDA 13 takes

class TextModule : public Module {
 public:
  ~TextModule() override {
    for (uint64_t address : variables) {
      memory().release(address);
    }
  }

  const Kernel* find(const std::string& name) const override {
    auto found = kernels.find(name);
    return found == kernels.end() ? nullptr : &found->second;
  }

  std::unordered_map<std::string, Kernel> kernels;
  std::vector<uint64_t> variables;
  std::shared_ptr<FileNames> files = std::make_shared<FileNames>();
};

// A variable as it is declared: .align 4 .b8 name[12] = {1, 2, ...}.
struct Variable {
  std::string name;
  size_t align = 1;
  size_t elements = 1;
  Type type = Type::none;
  bool open = false;  // name[]
  std::string initial;

  size_t bytes() const { return elements * bytesOf(type); }
};

class Parser {
 public:
  Parser(const std::string& ptx, TextModule& module) : text(ptx), module(module) {}

  void parse();

 private:
  void directive(const std::string& word);
  void version();
  void file();
  void kernel();
  void kernelParameters(Assembler& assembler);
  void kernelLimits(Kernel& kernel);
  void body(Assembler& assembler);
  void bodyDirective(Assembler& assembler);
  void registers(Assembler& assembler);
  Variable variable();
  std::string initializer(Type type);
  void sharedVariable();
  void deviceVariable();

  Text text;
  TextModule& module;
  Names names;
};

void Parser::parse() {
  if (text.peek() != ".version") {
    badPtx(text.line(), "this is no PTX, which begins with .version");
  }
  while (!text.atEnd()) {
    directive(text.next());
  }
}

void Parser::directive(const std::string& word) {
  if (word == ".version") {
    version();
  } else if (word == ".target") {
    text.skipLine();
  } else if (word == ".address_size") {
    if (text.number() != 64) {
      badPtx(text.line(), "addresses must have 64 bits");
    }
  } else if (word == ".file") {
    file();
  } else if (word == ".entry") {
    kernel();
  } else if (word == ".shared") {
    sharedVariable();
  } else if (word == ".global" || word == ".const") {
    deviceVariable();
  } else if (word == ".section") {
    text.skipTo("}");
  } else if (word == ".func") {
    badPtx(text.line(), "softcuda does not know .func: have the compiler inline functions");
  } else if (word != ".visible" && word != ".extern" && word != ".weak" && word != ";") {
    badPtx(text.line(), "softcuda does not know " + word);
  }
}

void Parser::version() {
  std::string number = text.next();
  if (std::strtoul(number.c_str(), nullptr, 10) > newestVersion) {
    throw Fault(unsupportedPtxVersion, "PTX line " + std::to_string(text.line()) + ": version " +
                                           number + " is newer than 9, the newest of CUDA 13");
  }
}

void Parser::file() {
  auto number = static_cast<unsigned>(text.number());
  std::string name = text.next();
  std::string path = name.substr(1, name.size() - 2);
  (*module.files)[number] = path.substr(path.rfind('/') + 1);
  if (text.accept(",")) {
    text.skipLine();
  }
}

void Parser::kernel() {
  Kernel kernel;
  kernel.name = text.next();
  kernel.files = module.files;
  Assembler assembler(kernel, names);
  kernelParameters(assembler);
  kernelLimits(kernel);
  text.expect("{");
  body(assembler);
  assembler.finish(text.line());
  std::string name = kernel.name;
  module.kernels.emplace(name, std::move(kernel));
}

void Parser::kernelParameters(Assembler& assembler) {
  if (!text.accept("(") || text.accept(")")) {
    return;
  }
  do {
    text.expect(".param");
    Variable parameter = variable();
    assembler.addParameter(parameter.name, parameter.align, parameter.bytes());
  } while (text.accept(","));
  text.expect(")");
}

void Parser::kernelLimits(Kernel& kernel) {
  while (text.peek() != "{") {
    std::string word = text.next();
    bool threads = word == ".maxntid" || word == ".reqntid";
    if (!threads && word != ".minnctapersm" && word != ".maxnreg") {
      badPtx(text.line(), "softcuda does not know " + word);
    }
    uint64_t product = 1;
    do {
      product *= text.number();
    } while (text.accept(","));
    kernel.maxThreads = threads ? static_cast<unsigned>(product) : kernel.maxThreads;
  }
}

void Parser::body(Assembler& assembler) {
  for (int depth = 1; depth > 0;) {
    const std::string& word = text.peek();
    if (text.accept("{")) {
      depth++;
    } else if (text.accept("}")) {
      depth--;
    } else if (word[0] == '.') {
      bodyDirective(assembler);
    } else if (!text.accept(";")) {
      std::string label = word;
      unsigned line = text.line();
      if (text.acceptLabel()) {
        assembler.addLabel(label, line);
      } else {
        assembler.statement(text);
      }
    }
  }
}

void Parser::bodyDirective(Assembler& assembler) {
  unsigned line = text.line();
  std::string word = text.next();
  if (word == ".loc") {
    auto file = static_cast<unsigned>(text.number());
    assembler.setSource(file, static_cast<unsigned>(text.number()));
    if (text.line() == line) {
      text.skipLine();
    }
  } else if (word == ".reg") {
    registers(assembler);
  } else if (word == ".shared") {
    Variable shared = variable();
    assembler.addShared(shared.name, shared.align, shared.bytes());
  } else if (word == ".local") {
    Variable local = variable();
    assembler.addLocal(local.name, local.align, local.bytes());
  } else if (word == ".pragma") {
    text.skipTo(";");
  } else {
    badPtx(line, "softcuda does not know " + word + " in a kernel");
  }
}

// .reg .f32 %f<7>; or .reg .b64 %SP, %SPL;
void Parser::registers(Assembler& assembler) {
  std::string type = text.next();
  Type kind = typeOf(type.substr(1));
  if (kind == Type::none) {
    badPtx(text.line(), "softcuda does not know registers of type " + type);
  }
  do {
    std::string name = text.next();
    if (text.accept("<")) {
      uint64_t count = text.number();
      text.expect(">");
      for (uint64_t i = 0; i < count; i++) {
        assembler.addRegister(name + std::to_string(i), kind);
      }
    } else {
      assembler.addRegister(name, kind);
    }
  } while (text.accept(","));
  text.expect(";");
}

Variable Parser::variable() {
  Variable made;
  for (std::string word = text.next();; word = text.next()) {
    if (word == ".align") {
      made.align = text.number();
    } else if (typeOf(word.substr(1)) != Type::none && word[0] == '.') {
      made.type = typeOf(word.substr(1));
    } else if (word[0] != '.') {
      made.name = word;
      break;
    } else if (word != ".ptr" && word != ".global" && word != ".const" && word != ".shared") {
      badPtx(text.line(), "softcuda does not know " + word + " of a variable");
    }
  }
  if (made.type == Type::none) {
    badPtx(text.line(), "the variable " + made.name + " has no type");
  }
  while (text.accept("[")) {
    made.open = text.peek() == "]";
    made.elements *= made.open ? 0 : text.number();
    text.expect("]");
  }
  made.align = std::max<size_t>(made.align, bytesOf(made.type));
  if (text.accept("=")) {
    made.initial = initializer(made.type);
  }
  return made;
}

std::string Parser::initializer(Type type) {
  std::string bytes;
  auto add = [&] {
    uint64_t value = text.number();
    bytes.append(reinterpret_cast<const char*>(&value), bytesOf(type));
  };
  if (!text.accept("{")) {
    add();
    return bytes;
  }
  do {
    add();
  } while (text.accept(","));
  text.expect("}");
  return bytes;
}

void Parser::sharedVariable() {
  Variable made = variable();
  names.shared[made.name] = {made.align, made.bytes(), made.open};
}

void Parser::deviceVariable() {
  Variable made = variable();
  uint64_t address = memory().allocate(made.bytes(), "variable " + made.name);
  module.variables.push_back(address);
  names.addresses[made.name] = address;
  char* to = memory().at(address, made.bytes(), "a module");
  std::memset(to, 0, made.bytes());
  std::memcpy(to, made.initial.data(), std::min(made.initial.size(), made.bytes()));
}

}  // namespace

std::shared_ptr<Module> Module::parse(const std::string& ptx) {
  auto module = std::make_shared<TextModule>();
  Parser(ptx, *module).parse();
  return module;
}

const std::string& name(const Kernel& kernel) { return kernel.name; }
const std::vector<Parameter>& parameters(const Kernel& kernel) { return kernel.parameters; }
size_t sharedBytes(const Kernel& kernel) { return kernel.sharedBytes; }
size_t localBytes(const Kernel& kernel) { return kernel.localBytes; }
unsigned maxThreads(const Kernel& kernel) { return kernel.maxThreads; }

}  // namespace softcuda
