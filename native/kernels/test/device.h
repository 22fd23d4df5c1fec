// A CUDA device as the checks of the kernels need it: arrays in its memory, and launches. The driver
// is loaded when a Device is made, so that building needs neither a GPU nor the toolkit.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

class Device {
 public:
  // Loads the driver library and the PTX; both are files.
  Device(const std::string& driver, const std::string& ptx);

  uint64_t allocate(size_t bytes);
  void release(uint64_t address);
  void upload(uint64_t to, const void* from, size_t bytes);
  void download(void* to, uint64_t from, size_t bytes);

  // Runs a kernel of the PTX to its end, with dynamic shared memory of some bytes.
  template <class... Arguments>
  void launch(const char* kernel, unsigned grid, unsigned block, unsigned shared,
              const Arguments&... arguments) {
    std::vector<Parameter> parameters = {parameter(arguments)...};
    launchAll(kernel, grid, block, shared, parameters);
  }

 private:
  struct Parameter {
    const void* value;
    size_t size;
  };

  // An array stands for its address, anything else for itself.
  template <class Argument>
  static Parameter parameter(const Argument& argument) {
    if constexpr (requires { argument.address; }) {
      return {&argument.address, sizeof(argument.address)};
    } else {
      return {&argument, sizeof(argument)};
    }
  }

  void launchAll(const char* kernel, unsigned grid, unsigned block, unsigned shared,
                 const std::vector<Parameter>& parameters);
  void* symbol(const char* name);
  void check(const char* call, int code);

  void* library;
  void* module;
};

// An array in the memory of a device.
template <class T>
class Array {
 public:
  Array(Device& device, const std::vector<T>& values)
      : address(device.allocate(values.size() * sizeof(T))), device(device), size(values.size()) {
    device.upload(address, values.data(), size * sizeof(T));
  }
  Array(const Array&) = delete;
  ~Array() { device.release(address); }

  std::vector<T> values() const {
    std::vector<T> host(size);
    device.download(host.data(), address, size * sizeof(T));
    return host;
  }

  const uint64_t address;

 private:
  Device& device;
  size_t size;
};

// No array at all.
constexpr uint64_t null = 0;
