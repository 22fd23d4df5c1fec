#include "ptx_races.h"

namespace softcuda {

int64_t GlobalRaces::read(uint64_t address, uint64_t block) {
  std::lock_guard lock(mutex);
  Word& word = words[address / 4];
  int64_t self = static_cast<int64_t>(block);
  if (word.writer != none && word.writer != self) {
    return word.writer;
  }
  if (word.reader == none) {
    word.reader = self;
  } else if (word.reader != self) {
    word.otherReader = self;
  }
  return none;
}

int64_t GlobalRaces::write(uint64_t address, uint64_t block, bool same) {
  std::lock_guard lock(mutex);
  Word& word = words[address / 4];
  int64_t self = static_cast<int64_t>(block);
  if (!same) {
    for (int64_t other : {word.writer, word.reader, word.otherReader}) {
      if (other != none && other != self) {
        return other;
      }
    }
  }
  word.writer = self;
  return none;
}

}  // namespace softcuda
