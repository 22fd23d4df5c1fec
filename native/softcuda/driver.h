// What the functions of the driver API share: how a call is entered, logged and left, and the
// objects that handles stand for.
#pragma once

#include <cstdint>
#include <memory>
#include <sstream>
#include <string>

#include "codes.h"
#include "graph.h"
#include "handles.h"
#include "ptx.h"
#include "report.h"
#include "stream.h"

#define SOFTCUDA_API extern "C" __attribute__((visibility("default")))

namespace softcuda {

// What must hold before a call does anything; each includes those before it.
enum class Needs {
  nothing,
  driver,     // cuInit was called
  context,    // a live context is current on this thread, and the device met no fault
  uncaptured  // no capture forbids the call
};

// The status of what a call needs.
int check(Needs needs);

// A pointer to a result, which the log shows by its value once there is one.
template <class T>
struct Out {
  const T* result;
};
template <class T>
Out<T> out(const T* result) {
  return {result};
}

inline void write(std::ostream& line, const char* text) {
  line << (text != nullptr ? text : "null");
}
template <class T>
void write(std::ostream& line, const T& argument) {
  line << argument;
}
template <class T>
void write(std::ostream& line, const Out<T>& out) {
  if (out.result == nullptr) {
    line << "null";
  } else {
    line << "->" << *out.result;
  }
}

// The name of a thread in the log.
long threadNumber();

// Logs one call: function(arguments) = status [thread n].
template <class... Arguments>
void logCall(const char* function, const std::string& status, const Arguments&... arguments) {
  if (!logging()) {
    return;
  }
  std::ostringstream line;
  line << function << '(' << std::hex << std::showbase;
  [[maybe_unused]] const char* separator = "";
  ((line << separator, write(line, arguments), separator = ", "), ...);
  line << ") = " << status << " [thread " << std::dec << threadNumber() << ']';
  log(line.str());
}

// Runs the body of a function of the driver API, which gives a status; a Fault that it throws is
// reported and gives its code.
template <class Body, class... Arguments>
int call(const char* function, Needs needs, Body&& body, const Arguments&... arguments) {
  int code = injected(function);
  if (code == success) {
    code = check(needs);
  }
  if (code == success) {
    try {
      code = body();
    } catch (const Fault& fault) {
      report(std::string(function) + ": " + fault.what());
      code = fault.code;
    } catch (const std::bad_alloc&) {
      code = outOfMemory;
    }
  }
  logCall(function, described(code), arguments...);
  return code;
}

// The end of what a stream had when an event was recorded.
struct Mark {
  Point point;
  std::chrono::steady_clock::time_point time;
};

struct Function {
  std::shared_ptr<Module> module;
  const Kernel* kernel;
  size_t dynamicShared;  // the most that a launch may ask for
};

struct Event {
  bool timed;
  std::shared_ptr<Mark> mark;      // nullptr until it is recorded outside of a capture
  std::weak_ptr<Capture> capture;  // where it was recorded last, if in a capture
  bool captured = false;
  std::vector<size_t> frontier;
};

Handles<Stream>& streams();
Handles<Event>& events();
Handles<Graph>& graphs();
Handles<ExecutableGraph>& executableGraphs();
Handles<Module>& modules();
Handles<Function>& functions();

// The stream of a handle; the legacy one for null and CU_STREAM_LEGACY; nullptr if there is none.
std::shared_ptr<Stream> streamOf(void* handle);

}  // namespace softcuda
