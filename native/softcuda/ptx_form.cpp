// The names of instructions and types.
#include <algorithm>
#include <set>
#include <unordered_map>

#include "ptx_code.h"

namespace softcuda {
namespace {

// Modifiers that mean nothing more here than what is done anyway: caching, ordering, scopes, that a
// branch is uniform; and those that a step is chosen by. Others are unknown.
const std::set<std::string> knownModifiers = {
    "to", "nc", "volatile", "weak", "relaxed", "acquire", "release", "acq_rel", "cta",
    "cluster", "gpu", "sys", "ca", "cg", "cs", "lu", "cv", "wb", "wt", "uni", "sync", "aligned",
    "lo", "hi", "wide", "rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi", "ftz", "sat",
    "approx", "full", "NaN", "global", "shared", "shared::cta", "local", "param", "const", "v2",
    "v4", "eq", "ne", "lt", "le", "gt", "ge", "ls", "hs", "equ", "neu", "ltu", "leu", "gtu",
    "geu", "num", "nan", "and", "or", "xor", "add", "min", "max", "inc", "dec", "exch", "cas",
    "up", "down", "bfly", "idx", "ballot", "any", "all", "l", "r", "clamp", "shiftamt", "wrap",
    "warp", "L1::no_allocate", "L1::evict_last", "L1::evict_first", "L1", "L2", "L2::128B",
    "L2::64B", "L2::256B", "sc", "gl", "level"};

}  // namespace

bool Form::has(const char* modifier) const {
  return std::find(modifiers.begin(), modifiers.end(), modifier) != modifiers.end();
}

unsigned bytesOf(Type type) {
  switch (type) {
    case Type::u8:
    case Type::s8:
    case Type::b8:
      return 1;
    case Type::u16:
    case Type::s16:
    case Type::b16:
      return 2;
    case Type::u32:
    case Type::s32:
    case Type::b32:
    case Type::f32:
      return 4;
    case Type::u64:
    case Type::s64:
    case Type::b64:
    case Type::f64:
      return 8;
    default:
      return 0;
  }
}

Type typeOf(const std::string& name) {
  static const std::unordered_map<std::string, Type> types = {
      {"pred", Type::pred}, {"u8", Type::u8},   {"u16", Type::u16}, {"u32", Type::u32},
      {"u64", Type::u64},   {"s8", Type::s8},   {"s16", Type::s16}, {"s32", Type::s32},
      {"s64", Type::s64},   {"b8", Type::b8},   {"b16", Type::b16}, {"b32", Type::b32},
      {"b64", Type::b64},   {"f32", Type::f32}, {"f64", Type::f64}};
  auto found = types.find(name);
  return found == types.end() ? Type::none : found->second;
}

std::string Kernel::describe(const Instruction& instruction) const {
  const Place& place = places[instruction.index];
  std::string text = place.opcode + " at PTX line " + std::to_string(place.line);
  auto found = files->find(place.file);
  return found == files->end() || place.sourceLine == 0
             ? text
             : text + " (" + found->second + ":" + std::to_string(place.sourceLine) + ")";
}

bool parseForm(const std::string& name, Form& form) {
  size_t end = name.find('.');
  form.opcode = name.substr(0, end);
  while (end != std::string::npos) {
    size_t start = end + 1;
    end = name.find('.', start);
    std::string part = name.substr(start, end == std::string::npos ? end : end - start);
    Type type = typeOf(part);
    if (type == Type::none) {
      if (knownModifiers.count(part) == 0) {
        return false;
      }
      form.modifiers.push_back(part);
    } else {
      (form.type == Type::none ? form.type : form.second) = type;
    }
  }
  return true;
}

}  // namespace softcuda
