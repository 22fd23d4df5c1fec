// What the software device says beside statuses: to stderr, and to the log.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace softcuda {

// A line for people, on stderr and in the log.
void report(const std::string& text);

bool logging();

// A line in the log.
void log(const std::string& line);

// The code that SOFTCUDA_FAIL gives this call of a function, or 0; counts the calls.
int injected(const char* function);

// Describes what is not given back yet, one entry each.
using Leftovers = std::function<std::vector<std::string>()>;

// Has something asked for leftovers when the process ends.
void askAtExit(Leftovers leftovers);

// Counts what was left when its context went, which cannot be asked any more at the end.
void leaked(const std::string& what);

}  // namespace softcuda
