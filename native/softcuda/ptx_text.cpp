#include "ptx_text.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>

#include "codes.h"

namespace softcuda {
namespace {

bool inWord(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || (c != 0 && std::strchr("_.$%", c));
}

// Skips spaces and comments from a place in text; counts lines.
size_t skipSpace(const std::string& text, size_t i, unsigned& line) {
  while (i < text.size()) {
    if (std::isspace(static_cast<unsigned char>(text[i]))) {
      line += text[i++] == '\n';
    } else if (text.compare(i, 2, "//") == 0) {
      i = std::min(text.find('\n', i), text.size());
    } else if (text.compare(i, 2, "/*") == 0) {
      size_t end = std::min(text.find("*/", i + 2), text.size());
      for (; i < end; i++) {
        line += text[i] == '\n';
      }
      i = std::min(end + 2, text.size());
    } else {
      break;
    }
  }
  return i;
}

size_t endOfWord(const std::string& text, size_t i) {
  size_t end = i;
  if (text[i] == '"') {
    return std::min(text.find('"', i + 1), text.size() - 1) + 1;
  }
  while (end < text.size() && (inWord(text[end]) || text.compare(end, 2, "::") == 0)) {
    end += text[end] == ':' ? 2 : 1;
  }
  return end > i ? end : i + 1;
}

}  // namespace

void badPtx(unsigned line, const std::string& what) {
  throw Fault(invalidPtx, "PTX line " + std::to_string(line) + ": " + what);
}

Text::Text(const std::string& ptx) {
  unsigned line = 1;
  for (size_t i = 0; (i = skipSpace(ptx, i, line)) < ptx.size();) {
    size_t end = endOfWord(ptx, i);
    words.push_back({ptx.substr(i, end - i), line});
    i = end;
  }
  words.push_back({"", line});
}

std::string Text::next() {
  if (atEnd()) {
    badPtx(line(), "the text ends where more must come");
  }
  return words[at++].text;
}

bool Text::accept(const char* word) {
  if (peek() != word) {
    return false;
  }
  at++;
  return true;
}

bool Text::acceptLabel() {
  if (atEnd() || words[at + 1].text != ":") {
    return false;
  }
  at += 2;
  return true;
}

void Text::expect(const char* word) {
  if (!accept(word)) {
    badPtx(line(), "expected '" + std::string(word) + "', not '" + peek() + "'");
  }
}

uint64_t Text::number() {
  bool negative = accept("-");
  uint64_t bits = 0;
  if (!parseLiteral(peek(), bits)) {
    badPtx(line(), "expected a number, not '" + peek() + "'");
  }
  at++;
  return negative ? -bits : bits;
}

void Text::skipLine() {
  unsigned start = line();
  while (!atEnd() && line() == start) {
    at++;
  }
}

void Text::skipTo(const char* word) {
  while (next() != word) {
  }
}

bool parseLiteral(const std::string& word, uint64_t& bits) {
  if (word.empty() || !std::isdigit(static_cast<unsigned char>(word[0]))) {
    return false;
  }
  bool real = word.size() > 2 && word[0] == '0' && std::strchr("fFdD", word[1]) != nullptr;
  char* end = nullptr;
  bits = real ? std::strtoull(word.c_str() + 2, &end, 16) : std::strtoull(word.c_str(), &end, 0);
  return *end == 0 || (std::strcmp(end, "U") == 0);
}

}  // namespace softcuda
