#include "settings.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <thread>

namespace softcuda {
namespace {

std::string text(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// A setting that cannot be read ends the process: a test that believes to have set it would lie.
[[noreturn]] void refuse(const char* name, const std::string& value, const char* form) {
  std::fprintf(stderr, "softcuda: %s is '%s' and must be %s.\n", name, value.c_str(), form);
  std::_Exit(2);
}

double number(const char* name, const std::string& value, const char* form) {
  char* end = nullptr;
  double result = std::strtod(value.c_str(), &end);
  if (value.empty() || *end != 0 || !(result >= 0)) {
    refuse(name, value, form);
  }
  return result;
}

double numberOr(const char* name, double otherwise) {
  std::string value = text(name);
  return value.empty() ? otherwise : number(name, value, "a number that is not negative");
}

std::vector<double> numbers(const char* name) {
  std::vector<double> result;
  std::istringstream all(text(name));
  for (std::string one; std::getline(all, one, ',');) {
    result.push_back(one == "lazy" ? lazy
                                   : number(name, one, "milliseconds or lazy, such as 0,20"));
  }
  return result;
}

// Half of the host's memory, in which the device's lies.
double halfOfHost() {
  return 0.5 * static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<double>(sysconf(_SC_PAGESIZE));
}

Settings read() {
  Settings result;
  result.log = text("SOFTCUDA_LOG");
  result.failures = text("SOFTCUDA_FAIL");
  result.leaks = text("SOFTCUDA_LEAKS") == "1";
  result.memory = static_cast<size_t>(numberOr("SOFTCUDA_MEMORY", halfOfHost()));
  double threads = numberOr("SOFTCUDA_THREADS", std::thread::hardware_concurrency());
  result.threads = std::max(1, static_cast<int>(threads));
  result.driverVersion = static_cast<int>(numberOr("SOFTCUDA_DRIVER_VERSION", 13000));
  result.delays = numbers("SOFTCUDA_DELAY");
  return result;
}

}  // namespace

const Settings& settings() {
  static const Settings& all = *new Settings(read());  // outlives the threads of streams
  return all;
}

}  // namespace softcuda
