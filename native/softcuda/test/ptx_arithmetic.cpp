// Each instruction that computes, against plain C++, over numbers of all kinds, for whole warps and
// for some lanes of them.
#include <bit>
#include <cfenv>
#include <cmath>
#include <limits>
#include <random>

#include "ptx_program.h"

namespace {

using Word = uint64_t;

// d = instruction(a, b, c); types of registers by name: b16, b32, b64 or pred.
struct Row {
  const char* instruction;
  const char* to;
  std::vector<const char*> from;
  std::function<Word(Word, Word, Word)> expected;
};

float f(Word bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits)); }
double d(Word bits) { return std::bit_cast<double>(bits); }
Word bits(double value) { return std::bit_cast<uint64_t>(value); }

// Hardware makes one NaN of f32 only.
Word bits(float value) { return value != value ? 0x7FFFFFFF : std::bit_cast<uint32_t>(value); }

uint32_t u(Word value) { return static_cast<uint32_t>(value); }
int32_t s(Word value) { return static_cast<int32_t>(value); }
int64_t l(Word value) { return static_cast<int64_t>(value); }
Word w(int32_t value) { return static_cast<uint32_t>(value); }

// Volatile, or the compiler would compute before the mode is set.
float fmaDown(float a, float b, float c) {
  std::fesetround(FE_DOWNWARD);
  volatile float x = a, y = b, z = c;
  volatile float result = std::fma(x, y, z);
  std::fesetround(FE_TONEAREST);
  return result;
}

int32_t toInt(double value) {
  return value != value           ? 0
         : value >= 2147483648.0  ? INT32_MAX
         : value <= -2147483648.0 ? INT32_MIN
                                  : static_cast<int32_t>(value);
}

Word least(float a, float b) {
  return a != a   ? bits(b)
         : b != b ? bits(a)
         : a == b ? (std::signbit(a) ? bits(a) : bits(b))
                  : bits(std::fmin(a, b));
}

Word greatest(float a, float b) {
  return a != a   ? bits(b)
         : b != b ? bits(a)
         : a == b ? (std::signbit(a) ? bits(b) : bits(a))
                  : bits(std::fmax(a, b));
}

uint32_t reversed(uint32_t value) {
  uint32_t result = 0;
  for (int i = 0; i < 32; i++) {
    result |= (value >> i & 1) << (31 - i);
  }
  return result;
}

Word highest(uint32_t value) {
  return value == 0 ? ~0u : 31 - static_cast<Word>(__builtin_clz(value));
}

float flush(float x) { return std::fpclassify(x) == FP_SUBNORMAL ? std::copysign(0.0f, x) : x; }

float exp2Flushed(float x) { return flush(static_cast<float>(std::exp2(double{flush(x)}))); }

// What comes of a, b and c.
#define IS(...)                        \
  [](Word a, Word b, Word c) -> Word { \
    (void)a, (void)b, (void)c;         \
    return __VA_ARGS__;                \
  }

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"add.s32", "b32", {"b32", "b32"}, IS(u(a + b))},
      {"add.s64", "b64", {"b64", "b64"}, IS(a + b)},
      {"add.s16", "b16", {"b16", "b16"}, IS(uint16_t(a + b))},
      {"sub.s32", "b32", {"b32", "b32"}, IS(u(a - b))},
      {"sub.u64", "b64", {"b64", "b64"}, IS(a - b)},
      {"mul.lo.s32", "b32", {"b32", "b32"}, IS(u(a * b))},
      {"mul.lo.s64", "b64", {"b64", "b64"}, IS(a * b)},
      {"mul.hi.u32", "b32", {"b32", "b32"}, IS(Word(u(a)) * u(b) >> 32)},
      {"mul.hi.s32", "b32", {"b32", "b32"}, IS(u(int64_t(s(a)) * s(b) >> 32))},
      {"mul.hi.u64",
       "b64",
       {"b64", "b64"},
       IS(static_cast<Word>(static_cast<unsigned __int128>(a) * b >> 64))},
      {"mul.wide.s32", "b64", {"b32", "b32"}, IS(Word(int64_t(s(a)) * s(b)))},
      {"mul.wide.u32", "b64", {"b32", "b32"}, IS(Word(u(a)) * u(b))},
      {"mul.wide.u16", "b32", {"b16", "b16"}, IS(uint32_t(uint16_t(a)) * uint16_t(b))},
      {"mad.lo.s32", "b32", {"b32", "b32", "b32"}, IS(u(a * b + c))},
      {"mad.wide.u32", "b64", {"b32", "b32", "b64"}, IS(Word(u(a)) * u(b) + c)},
      {"mad.hi.u32", "b32", {"b32", "b32", "b32"}, IS(u((Word(u(a)) * u(b) >> 32) + c))},
      {"div.u32", "b32", {"b32", "b32"}, IS(u(b) == 0 ? ~0u : u(a) / u(b))},
      {"div.s32", "b32", {"b32", "b32"}, IS(s(b) == 0 ? ~0u : u(int64_t(s(a)) / s(b)))},
      {"div.s64",
       "b64",
       {"b64", "b64"},
       IS(b == 0       ? ~0ull
          : l(b) == -1 ? -a
                       : Word(l(a) / l(b)))},
      {"rem.u32", "b32", {"b32", "b32"}, IS(u(b) == 0 ? ~0u : u(a) % u(b))},
      {"rem.s32", "b32", {"b32", "b32"}, IS(s(b) == 0 ? ~0u : u(int64_t(s(a)) % s(b)))},
      {"min.s32", "b32", {"b32", "b32"}, IS(w(std::min(s(a), s(b))))},
      {"max.u32", "b32", {"b32", "b32"}, IS(std::max(u(a), u(b)))},
      {"min.s64", "b64", {"b64", "b64"}, IS(Word(std::min(l(a), l(b))))},
      {"neg.s32", "b32", {"b32"}, IS(u(0 - a))},
      {"abs.s32", "b32", {"b32"}, IS(s(a) < 0 ? u(0 - a) : u(a))},
      {"and.b32", "b32", {"b32", "b32"}, IS(u(a & b))},
      {"or.b64", "b64", {"b64", "b64"}, IS(a | b)},
      {"xor.b32", "b32", {"b32", "b32"}, IS(u(a ^ b))},
      {"not.b64", "b64", {"b64"}, IS(~a)},
      {"shl.b32", "b32", {"b32", "b32"}, IS(u(b) > 31 ? 0 : u(a << u(b)))},
      {"shl.b64", "b64", {"b64", "b32"}, IS(u(b) > 63 ? 0 : a << u(b))},
      {"shr.u32", "b32", {"b32", "b32"}, IS(u(b) > 31 ? 0 : u(a) >> u(b))},
      {"shr.s32", "b32", {"b32", "b32"}, IS(w(s(a) >> std::min(u(b), 31u)))},
      {"shr.u64", "b64", {"b64", "b32"}, IS(u(b) > 63 ? 0 : a >> u(b))},
      {"shf.l.wrap.b32", "b32", {"b32", "b32", "b32"}, IS(((b << 32 | u(a)) << (c & 31)) >> 32)},
      {"shf.r.clamp.b32",
       "b32",
       {"b32", "b32", "b32"},
       IS(u((b << 32 | u(a)) >> std::min(u(c), 32u)))},
      {"popc.b32", "b32", {"b32"}, IS(Word(__builtin_popcount(u(a))))},
      {"popc.b64", "b32", {"b64"}, IS(Word(__builtin_popcountll(a)))},
      {"clz.b32", "b32", {"b32"}, IS(u(a) == 0 ? 32 : Word(__builtin_clz(u(a))))},
      {"bfind.u32", "b32", {"b32"}, IS(highest(u(a)))},
      {"bfind.s32", "b32", {"b32"}, IS(highest(s(a) < 0 ? ~u(a) : u(a)))},
      {"bfind.shiftamt.u64", "b32", {"b64"}, IS(a == 0 ? ~0u : Word(__builtin_clzll(a)))},
      {"brev.b32", "b32", {"b32"}, IS(reversed(u(a)))},
      {"bfe.u32 %d, %a, 5, 9", "b32", {"b32"}, IS(u(a) >> 5 & 511)},
      {"bfe.s32 %d, %a, 5, 9", "b32", {"b32"}, IS(w(s(u(a) << 18) >> 23))},
      {"bfi.b32 %d, %a, %b, 8, 4",
       "b32",
       {"b32", "b32"},
       IS((u(b) & ~0xF00u) | (u(a) << 8 & 0xF00))},
      {"prmt.b32 %d, %a, %b, 0x7610",
       "b32",
       {"b32", "b32"},
       IS((u(a) & 0xFFFF) | (u(b) & 0xFFFF0000))},
      {"prmt.b32 %d, %a, 0, 0x8123",
       "b32",
       {"b32"},
       IS((u(a) >> 24 & 255) | (u(a) >> 8 & 0xFF00) | (u(a) << 8 & 0xFF0000) |
          (u(a) & 0x80 ? 0xFF000000 : 0))},
      {"lop3.b32 %d, %a, %b, %c, 0x96", "b32", {"b32", "b32", "b32"}, IS(u(a ^ b ^ c))},
      {"selp.b32", "b32", {"b32", "b32", "pred"}, IS(u(c & 1 ? a : b))},
      {"selp.f64", "b64", {"b64", "b64", "pred"}, IS(c & 1 ? a : b)},
      {"and.pred", "pred", {"pred", "pred"}, IS(a & b & 1)},
      {"xor.pred", "pred", {"pred", "pred"}, IS((a ^ b) & 1)},
      {"not.pred", "pred", {"pred"}, IS(~a & 1)},
      {"setp.lt.s32", "pred", {"b32", "b32"}, IS(s(a) < s(b))},
      {"setp.hs.u32", "pred", {"b32", "b32"}, IS(u(a) >= u(b))},
      {"setp.ne.b64", "pred", {"b64", "b64"}, IS(a != b)},
      {"setp.gt.s16", "pred", {"b16", "b16"}, IS(int16_t(a) > int16_t(b))},
      {"setp.lt.and.s32", "pred", {"b32", "b32", "pred"}, IS(s(a) < s(b) && (c & 1))},
      {"setp.eq.or.u32", "pred", {"b32", "b32", "pred"}, IS(u(a) == u(b) || (c & 1))},
      {"setp.lt.xor.u32", "pred", {"b32", "b32", "pred"}, IS((u(a) < u(b)) != (c & 1))},
      {"setp.lt.f32", "pred", {"b32", "b32"}, IS(f(a) < f(b))},
      {"setp.ne.f32", "pred", {"b32", "b32"}, IS(f(a) < f(b) || f(a) > f(b))},
      {"setp.neu.f32", "pred", {"b32", "b32"}, IS(f(a) != f(b))},
      {"setp.leu.f32", "pred", {"b32", "b32"}, IS(!(f(a) > f(b)))},
      {"setp.nan.f32", "pred", {"b32", "b32"}, IS(f(a) != f(a) || f(b) != f(b))},
      {"setp.gt.f64", "pred", {"b64", "b64"}, IS(d(a) > d(b))},
      {"add.rn.f32", "b32", {"b32", "b32"}, IS(bits(f(a) + f(b)))},
      {"add.ftz.f32", "b32", {"b32", "b32"}, IS(bits(flush(flush(f(a)) + flush(f(b)))))},
      {"sub.rn.f32", "b32", {"b32", "b32"}, IS(bits(f(a) - f(b)))},
      {"mul.rn.f32", "b32", {"b32", "b32"}, IS(bits(f(a) * f(b)))},
      {"fma.rn.f32", "b32", {"b32", "b32", "b32"}, IS(bits(std::fma(f(a), f(b), f(c))))},
      {"fma.rm.f32", "b32", {"b32", "b32", "b32"}, IS(bits(fmaDown(f(a), f(b), f(c))))},
      {"div.rn.f32", "b32", {"b32", "b32"}, IS(bits(f(a) / f(b)))},
      {"sqrt.rn.f32", "b32", {"b32"}, IS(bits(std::sqrt(f(a))))},
      {"rcp.rn.f32", "b32", {"b32"}, IS(bits(1 / f(a)))},
      {"min.f32", "b32", {"b32", "b32"}, IS(least(f(a), f(b)))},
      {"max.f32", "b32", {"b32", "b32"}, IS(greatest(f(a), f(b)))},
      {"neg.f32", "b32", {"b32"}, IS(u(a) ^ 0x80000000)},
      {"abs.f32", "b32", {"b32"}, IS(u(a) & 0x7FFFFFFF)},
      {"copysign.f32", "b32", {"b32", "b32"}, IS((u(b) & 0x7FFFFFFF) | (u(a) & 0x80000000))},
      {"ex2.approx.ftz.f32", "b32", {"b32"}, IS(bits(exp2Flushed(f(a))))},
      {"add.rn.f64", "b64", {"f64", "f64"}, IS(bits(d(a) + d(b)))},
      {"fma.rn.f64", "b64", {"f64", "f64", "f64"}, IS(bits(std::fma(d(a), d(b), d(c))))},
      {"div.rn.f64", "b64", {"f64", "f64"}, IS(bits(d(a) / d(b)))},
      {"cvt.s64.s32", "b64", {"b32"}, IS(Word(int64_t(s(a))))},
      {"cvt.s64.s32", "b64", {"b64"}, IS(Word(int64_t(s(a))))},
      {"cvt.u32.u64", "b32", {"b64"}, IS(u(a))},
      {"cvt.s32.s8", "b32", {"b32"}, IS(w(int8_t(a)))},
      {"cvt.u16.u32", "b16", {"b32"}, IS(uint16_t(a))},
      {"cvt.rn.f32.s32", "b32", {"b32"}, IS(bits(float(s(a))))},
      {"cvt.rn.f32.u64", "b32", {"b64"}, IS(bits(float(a)))},
      {"cvt.rn.f64.s32", "b64", {"b32"}, IS(bits(double(s(a))))},
      {"cvt.rn.f32.f64", "b32", {"b64"}, IS(bits(float(d(a))))},
      {"cvt.f64.f32", "b64", {"f32"}, IS(bits(double(f(a))))},
      {"cvt.rzi.s32.f32", "b32", {"b32"}, IS(w(toInt(std::trunc(f(a)))))},
      {"cvt.rmi.s32.f32", "b32", {"b32"}, IS(w(toInt(std::floor(f(a)))))},
      {"cvt.rni.f32.f32", "b32", {"b32"}, IS(bits(std::nearbyint(f(a))))},
      {"cvt.rpi.f32.f32", "b32", {"b32"}, IS(bits(std::ceil(f(a))))},
      {"cvt.sat.f32.f32", "b32", {"b32"}, IS(bits(f(a) > 0 ? std::min(f(a), 1.0f) : 0.0f))},
      {"mov.b64 %d, {%a, %b}", "b64", {"b32", "b32"}, IS(b << 32 | u(a))},
      {"mov.b64 {%d, _}, %a", "b32", {"b64"}, IS(u(a))},
      {"mov.b32 {_, %d}, %a", "b16", {"b32"}, IS(u(a) >> 16)},
      {"mov.f32 %d, 0f3F800000", "b32", {}, IS(0x3F800000)},
  };
  return all;
}

// In memory all are words of 8 bytes: a, b, c and what the destination holds before.
std::string textOf(const Row& row, const std::string& name) {
  auto registerOf = [](const std::string& type) {
    return type[0] == 'f' ? "b" + type.substr(1) : type;
  };
  std::string text = ".visible .entry " + name + R"((.param .u64 in, .param .u64 out)
{
  .reg .pred %some;
  .reg .b32 %i, %odd, %t;
  .reg .b64 %in, %out, %w;
  .reg .)" + registerOf(row.to) +
                     " %d;\n";
  const char* names[] = {"%a", "%b", "%c"};
  std::string loads, operands = "%d";
  for (size_t k = 0; k < row.from.size(); k++) {
    std::string type = registerOf(row.from[k]);
    text += "  .reg ." + type + " " + names[k] + ";\n";
    std::string at = "[%in+" + std::to_string(8 * k) + "];\n";
    loads += type == "pred" ? "  ld.global.u32 %t, " + at + "  and.b32 %t, %t, 1;\n  setp.ne.u32 " +
                                  names[k] + ", %t, 0;\n"
                            : "  ld.global.u" + type.substr(1) + " " + names[k] + ", " + at;
    operands += std::string(", ") + names[k];
  }
  std::string instruction = row.instruction;
  bool whole = instruction.find(' ') != std::string::npos;
  instruction += whole ? ";\n" : " " + operands + ";\n";
  bool predicate = std::string(row.to) == "pred";
  std::string type = std::string("u") + (predicate ? "" : registerOf(row.to).substr(1));
  text += R"(  ld.param.u64 %in, [in];
  ld.param.u64 %out, [out];
  mov.u32 %i, %tid.x;
  mad.wide.u32 %in, %i, 32, %in;
  mad.wide.u32 %out, %i, 8, %out;
  and.b32 %odd, %i, 65;
  setp.ne.u32 %some, %odd, 65;
)" + loads;
  // What is not computed keeps 0x2A, or false.
  text += predicate ? "  setp.ne.u32 %d, %i, %i;\n" : "  mov." + type + " %d, 42;\n";
  text += "  @%some " + instruction;
  text += predicate       ? "  selp.u64 %w, 1, 0, %d;\n"
          : type == "u64" ? "  mov.u64 %w, %d;\n"
                          : "  cvt.u64." + type + " %w, %d;\n";
  return text + "  st.global.u64 [%out], %w;\n  ret;\n}\n";
}

// Numbers of all kinds, as the bits of 32 or 64; reals have no NaN whose bits would be kept.
std::vector<Word> numbers(bool reals) {
  std::vector<Word> all = {0,
                           1,
                           2,
                           5,
                           31,
                           32,
                           33,
                           63,
                           64,
                           65,
                           0x7F,
                           0x80,
                           0xFFFF,
                           0x8000,
                           0x7FFFFFFF,
                           0x80000000,
                           0xFFFFFFFF,
                           0x7FFFFFFFFFFFFFFF,
                           0x8000000000000000,
                           ~0ull};
  if (reals) {
    all.clear();
  }
  for (float x : {0.0f, -0.0f, 1.0f, -1.5f, 2.5f, 3.5f, 0.3f, -0.7f, 1e-40f, -1e-45f, 3e38f, -3e38f,
                  2147483648.0f, -2147483648.0f, 1e10f, INFINITY, -INFINITY, 16777217.0f}) {
    all.push_back(bits(x));
    all.push_back(bits(static_cast<double>(x)));
  }
  std::mt19937_64 generator(1);
  std::normal_distribution<double> law;
  while (all.size() < 128) {
    double x = law(generator);
    all.push_back(all.size() % 3 == 0   ? generator()
                  : all.size() % 3 == 1 ? bits(static_cast<float>(x)) | uint64_t(bits(0.5f)) << 32
                                        : bits(x));
  }
  if (reals) {
    for (Word& x : all) {
      bool nan = d(x) != d(x) || f(x) != f(x);
      x = nan ? bits(1.25) : x;
    }
  } else {
    all[40] = 0x7FC00001;
    all[41] = 0x7FF8000000000001;
  }
  return all;
}

void check(Context& context, Program& program, const Row& row, const std::string& name) {
  constexpr unsigned threads = 128;
  bool reals = !row.from.empty() && row.from[0][0] == 'f';
  std::vector<Word> all = numbers(reals);
  std::mt19937 generator(2);
  for (int turn = 0; turn < 8; turn++) {
    std::vector<uint32_t> in;
    std::vector<Word> expected;
    for (unsigned i = 0; i < threads; i++) {
      // First what lies near, such as 0 and -0, and what is equal; then any two.
      size_t first = (i + 16 * turn) % all.size();
      size_t near = turn == 0 ? first + 2 : turn == 1 ? first + all.size() - 2 : first;
      size_t second = turn < 3 ? near % all.size() : generator() % all.size();
      Word operands[4] = {all[first], all[second], all[generator() % all.size()], 0};
      for (Word operand : operands) {
        in.push_back(u(operand));
        in.push_back(u(operand >> 32));
      }
      bool predicate = std::string(row.to) == "pred";
      bool computed = (i & 65) != 65;
      expected.push_back(computed    ? row.expected(operands[0], operands[1], operands[2])
                         : predicate ? 0
                                     : 42);
    }
    uint64_t from = words(context, in), to = words(context, std::vector<uint32_t>(2 * threads));
    context.checks.equal(row.instruction, program.run(name.c_str(), 1, threads, {from, to}), 0);
    std::vector<uint32_t> got = wordsAt(context, to, 2 * threads);
    for (unsigned i = 0; i < threads; i++) {
      Word result = Word(got[2 * i + 1]) << 32 | got[2 * i];
      context.checks.that(std::string(row.instruction) + " of case " + std::to_string(i) + ": " +
                              std::to_string(result) + ", and not " + std::to_string(expected[i]),
                          result == expected[i]);
    }
  }
}

const Case instructions("PTX: every instruction that computes is that of plain C++", {},
                        [](Checks& checks) {
                          Context context(checks);
                          std::string text;
                          for (size_t i = 0; i < rows().size(); i++) {
                            text += textOf(rows()[i], "k" + std::to_string(i));
                          }
                          Program program(context, text);
                          checks.that("there are instructions", rows().size() > 90);
                          for (size_t i = 0; i < rows().size(); i++) {
                            check(context, program, rows()[i], "k" + std::to_string(i));
                          }
                        });

}  // namespace
