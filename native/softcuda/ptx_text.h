// PTX text as words with their lines.
#pragma once

#include <string>
#include <vector>

#include "ptx.h"

namespace softcuda {

struct Word {
  std::string text;
  unsigned line;
};

[[noreturn]] void badPtx(unsigned line, const std::string& what);

// Words are names, numbers and directives with all that is in them (add.rn.f32, %r1, 0f3F800000),
// quoted strings, and single other characters. Comments are left out. Ends with an empty word.
class Text {
 public:
  explicit Text(const std::string& ptx);

  const std::string& peek() const { return words[at].text; }
  unsigned line() const { return words[at].line; }
  bool atEnd() const { return words[at].text.empty(); }
  std::string next();
  bool accept(const char* word);
  bool acceptLabel();  // a name and a colon
  void expect(const char* word);
  uint64_t number();  // perhaps negative, in two's complement
  void skipLine();    // the words left on this line
  void skipTo(const char* word);

 private:
  std::vector<Word> words;
  size_t at = 0;
};

// The bits of a literal: 12, 0x1F, 12U, 0f3F800000, 0d3FF0000000000000.
bool parseLiteral(const std::string& word, uint64_t& bits);

}  // namespace softcuda
