// Who used which word of memory last, to find threads that race.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace softcuda {

// Words of a block's shared memory. Two accesses by different threads, one of them a write, race
// unless a barrier lies between them, or, in one warp, a meeting of all its lanes. Threads may
// write the same value to the same word.
class SharedRaces {
 public:
  static constexpr int none = -1;

  void begin(size_t bytes) {
    words.resize((bytes + 3) / 4);
    barrier();
  }

  // All that was done until now is ordered before all that is done from now on.
  void barrier() { epoch++; }

  // A thread reads a word after so many meetings of its warp. The thread that it races with, or
  // none.
  int read(size_t index, unsigned thread, uint32_t meetings) {
    Word& word = words[index];
    if (word.epoch != epoch) {
      word = {epoch, 0, meetings, noThread, static_cast<uint16_t>(thread)};
      return none;
    }
    bool mine = word.writer == noThread || word.writer == thread;
    if (mine && word.reader == thread && word.readMeetings == meetings) {
      return none;
    }
    if (!mine && unordered(word.writer, word.writeMeetings, thread, meetings)) {
      return word.writer;
    }
    noteReader(word, thread, meetings);
    return none;
  }

  // A thread writes a word; same if it holds that value already.
  int write(size_t index, unsigned thread, uint32_t meetings, bool same) {
    Word& word = words[index];
    if (word.epoch != epoch) {
      word = {epoch, meetings, 0, static_cast<uint16_t>(thread), noThread};
      return none;
    }
    if (!same && word.writer != noThread &&
        unordered(word.writer, word.writeMeetings, thread, meetings)) {
      return word.writer;
    }
    if (!same && word.reader != noThread) {
      unsigned reader = word.reader & threadMask;
      bool others = (word.reader & manyLanes) != 0 && word.readMeetings == meetings;
      if ((word.reader & manyWarps) != 0 || others ||
          unordered(reader, word.readMeetings, thread, meetings)) {
        return static_cast<int>(reader);
      }
    }
    word.writer = static_cast<uint16_t>(thread);
    word.writeMeetings = meetings;
    return none;
  }

 private:
  // A block has at most 1024 threads.
  static constexpr uint16_t threadMask = 0x03FF, noThread = 0x0400;
  static constexpr uint16_t manyLanes = 0x8000;  // of the reader's warp read it since they met last
  static constexpr uint16_t manyWarps = 0x4000;  // read it

  struct Word {
    uint32_t epoch = 0;
    uint32_t writeMeetings = 0, readMeetings = 0;
    uint16_t writer = noThread, reader = noThread;
  };

  static bool unordered(unsigned other, uint32_t then, unsigned thread, uint32_t now) {
    return other != thread && (other / 32 != thread / 32 || then == now);
  }

  static void noteReader(Word& word, unsigned thread, uint32_t meetings) {
    unsigned reader = word.reader & threadMask;
    if (word.reader == noThread) {
      word.reader = static_cast<uint16_t>(thread);
      word.readMeetings = meetings;
    } else if (reader / 32 != thread / 32) {
      word.reader |= manyWarps;
    } else if (word.readMeetings != meetings) {
      word.reader = static_cast<uint16_t>(thread | (word.reader & manyWarps));
      word.readMeetings = meetings;
    } else if (reader != thread) {
      word.reader |= manyLanes;
    }
  }

  uint32_t epoch = 0;
  std::vector<Word> words;
};

// Words of global memory, for all blocks of a launch: blocks run in any order, so one must not
// write what another reads or writes, but the same value. Atomic accesses are ordered.
class GlobalRaces {
 public:
  static constexpr int64_t none = -1;

  // The block that this one races with, or none.
  int64_t read(uint64_t address, uint64_t block);
  int64_t write(uint64_t address, uint64_t block, bool same);

 private:
  struct Word {
    int64_t writer = none;
    int64_t reader = none;
    int64_t otherReader = none;
  };

  std::mutex mutex;
  std::unordered_map<uint64_t, Word> words;
};

}  // namespace softcuda
