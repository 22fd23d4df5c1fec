// What environment variables ask of the software device; native/README.md says what each does.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace softcuda {

// The delay of streams whose work begins when somebody waits for it.
constexpr double lazy = std::numeric_limits<double>::infinity();

struct Settings {
  std::string log;               // a file, or empty
  std::string failures;          // name:n:code,...
  bool leaks = false;
  size_t memory = 0;             // bytes that the device has
  int threads = 1;               // that run the blocks of one launch
  int driverVersion = 13000;     // as cuDriverGetVersion says it
  std::vector<double> delays;    // milliseconds before each piece of work, or lazy, by stream
};

// Read at the first call.
const Settings& settings();

}  // namespace softcuda
