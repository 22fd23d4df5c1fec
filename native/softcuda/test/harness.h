// Test cases that each run in a process of their own, since the software device reads its settings
// once, and a fault of the device stays.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

class Checks {
 public:
  void that(const std::string& what, bool holds);
  void equal(const std::string& what, double got, double want);
  void near(const std::string& what, double got, double want, double tolerance);

  long done = 0;
  long failed = 0;
};

struct Case {
  using Environment = std::vector<std::pair<const char*, const char*>>;

  // Registers a case. What it prints on stderr up to its end must hold each of `says`, and nothing
  // of the software device's if there is none.
  Case(const char* name, Environment environment, std::function<void(Checks&)> body,
       std::vector<std::string> says = {});

  const char* name;
  Environment environment;
  std::function<void(Checks&)> body;
  std::vector<std::string> says;
};
