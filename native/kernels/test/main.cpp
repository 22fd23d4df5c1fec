// Checks every kernel against plain loops in double precision, on whatever driver it is given:
//
//   kernel-checks DRIVER PTX
#include <exception>

#include "checks.h"

namespace {
struct Part {
  const char* name;
  void (*check)(Device&, Checks&);
};

constexpr Part parts[] = {
    {"maps", checkMaps},       {"layouts", checkLayouts},   {"sums", checkSums},
    {"contractions", checkContractions}, {"tables", checkTables}, {"draws", checkDraws},
    {"layers", checkLayers},   {"paths", checkPaths},       {"Euler steps", checkEuler},
    {"Euler solves", checkEulerMlp},     {"optimizers", checkOptimizers}};
}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: %s DRIVER PTX\n", arguments[0]);
    return 2;
  }
  try {
    Device device(arguments[1], arguments[2]);
    long done = 0;
    long failed = 0;
    for (const Part& part : parts) {
      Checks checks;
      part.check(device, checks);
      std::printf("%s: %ld numbers, %ld wrong\n", part.name, checks.done, checks.failed);
      done += checks.done;
      failed += checks.failed + (checks.done == 0);
    }
    std::printf("%ld numbers of kernels compared, %ld wrong\n", done, failed);
    return failed == 0 ? 0 : 1;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
