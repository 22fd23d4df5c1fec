#include "report.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <sstream>

#include "settings.h"

namespace softcuda {
namespace {

struct State {
  std::mutex mutex;
  std::FILE* file = nullptr;
  std::map<std::string, std::map<long, int>> failures;  // by function and number of the call
  std::map<std::string, long> calls;
  std::atomic<bool> counting = false;
  std::string counted;
  std::vector<Leftovers> askedAtExit;
  std::vector<std::string> leaks;
};

[[noreturn]] void refuse(const std::string& what) {
  std::fprintf(stderr, "softcuda: %s\n", what.c_str());
  std::_Exit(2);
}

void readFailures(State& state, const std::string& all) {
  std::istringstream entries(all);
  for (std::string entry; std::getline(entries, entry, ',');) {
    char name[100];
    long call = 0;
    int code = 0;
    int end = 0;
    int read = std::sscanf(entry.c_str(), "%99[A-Za-z0-9_]:%ld:%d%n", name, &call, &code, &end);
    if (read != 3 || entry[static_cast<size_t>(end)] != 0 || call < 1 || code < 1) {
      refuse("SOFTCUDA_FAIL has '" + entry +
             "' and must have function:n:code, such as cuMemAlloc_v2:3:2.");
    }
    state.failures[name][call] = code;
  }
}

State& open() {
  State& state = *new State;  // outlives the threads of streams
  const std::string& log = settings().log;
  if (!log.empty()) {
    state.file = std::fopen(log.c_str(), "a");
    if (state.file == nullptr) {
      refuse("the file '" + log + "' of SOFTCUDA_LOG cannot be written.");
    }
  }
  readFailures(state, settings().failures);
  state.counting = !state.failures.empty();
  return state;
}

State& state() {
  static State& all = open();
  return all;
}

std::vector<std::string> notGivenBack() {
  std::vector<std::string> left = state().leaks;
  for (const Leftovers& ask : state().askedAtExit) {
    std::vector<std::string> more = ask();
    left.insert(left.end(), more.begin(), more.end());
  }
  return left;
}

void reportLeaks() {
  if (!settings().leaks) {
    return;
  }
  std::vector<std::string> left = notGivenBack();
  for (const std::string& what : left) {
    report("leak: " + what);
  }
  report(left.empty() ? "no leaks" : std::to_string(left.size()) + " leaks");
}

__attribute__((destructor)) void atExit() { reportLeaks(); }

}  // namespace

void report(const std::string& text) {
  std::fprintf(stderr, "softcuda: %s\n", text.c_str());
  log("# " + text);
}

bool logging() { return state().file != nullptr; }

void log(const std::string& line) {
  if (!logging()) {
    return;
  }
  std::lock_guard lock(state().mutex);
  std::fprintf(state().file, "%s\n", line.c_str());
  std::fflush(state().file);
}

int injected(const char* function) {
  if (!state().counting) {
    return 0;
  }
  std::lock_guard lock(state().mutex);
  long call = ++state().calls[function];
  auto found = state().failures.find(function);
  if (found == state().failures.end()) {
    return 0;
  }
  auto code = found->second.find(call);
  return code == found->second.end() ? 0 : code->second;
}

void askAtExit(Leftovers leftovers) {
  std::lock_guard lock(state().mutex);
  state().askedAtExit.push_back(std::move(leftovers));
}

void leaked(const std::string& what) {
  std::lock_guard lock(state().mutex);
  state().leaks.push_back(what);
}

}  // namespace softcuda

// For programs that go through many failures in one process; they look these up by name.
extern "C" {

// Does from now on what SOFTCUDA_FAIL would, and counts the calls anew.
void softcudaFail(const char* failures) {
  softcuda::State& state = softcuda::state();
  std::lock_guard lock(state.mutex);
  state.failures.clear();
  state.calls.clear();
  softcuda::readFailures(state, failures);
  state.counting = true;
}

// The calls since then, a line "function number" each. The text is good until the next call.
const char* softcudaCalls() {
  softcuda::State& state = softcuda::state();
  std::lock_guard lock(state.mutex);
  state.counted.clear();
  for (const auto& [function, number] : state.calls) {
    state.counted += function + ' ' + std::to_string(number) + '\n';
  }
  return state.counted.c_str();
}

// How many things are not given back now.
int softcudaLeftovers() { return static_cast<int>(softcuda::notGivenBack().size()); }

}
