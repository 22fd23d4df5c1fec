package dev.advect.cuda;

import dev.advect.cuda.ffi.driver.DriverApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.ToIntFunction;

/** What the driver's functions have in common: results through pointers, and how errors read. */
final class Driver {
  private Driver() {}

  /** Makes the exception of a failed call that concerns no open device. */
  static CudaException failure(String call, int code) {
    return failure(call, "", code, "", "");
  }

  /**
   * Makes the exception of a failed call.
   *
   * @param call the function
   * @param of what it was called for, such as {@code of 3.2 GiB}, or ""
   * @param code its status
   * @param device the device, or ""
   * @param more a further sentence for the problem, or ""
   */
  static CudaException failure(String call, String of, int code, String device, String more) {
    String name = name(code);
    var problem = new StringBuilder(Failures.sentence(call, of, device, text(code), name, code));
    if (code == DriverApi.CUDA_ERROR_INVALID_CONTEXT()) {
      problem
          .append(" Thread '")
          .append(Thread.currentThread().getName())
          .append("' has no current context of a device.");
    }
    if (!more.isEmpty()) {
      problem.append(' ').append(more);
    }
    return new CudaException(call, code, name, device, problem.toString(), remedy(code));
  }

  static void check(String call, int code) {
    if (code != 0) {
      throw failure(call, code);
    }
  }

  /** The pointer that a call returns through its argument. */
  static long pointer(String call, ToIntFunction<MemorySegment> function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);
      check(call, function.applyAsInt(result));
      return result.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** The int that a call returns through its argument. */
  static int integer(String call, ToIntFunction<MemorySegment> function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ValueLayout.JAVA_INT);
      check(call, function.applyAsInt(result));
      return result.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /** The driver's name of a status. */
  static String name(int code) {
    String name = string(code, DriverApi::cuGetErrorName);
    return name.isEmpty() ? "an unknown status" : name;
  }

  private static String text(int code) {
    String text = string(code, DriverApi::cuGetErrorString);
    return text.isEmpty() ? "the driver does not say why" : text;
  }

  /** A function that puts the address of a text for a status where it is told to. */
  private interface Describe {
    int into(int code, MemorySegment pointer);
  }

  private static String string(int code, Describe describe) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
      return describe.into(code, pointer) == 0 ? Texts.at(pointer) : "";
    }
  }

  private static String remedy(int code) {
    if (code == DriverApi.CUDA_ERROR_OUT_OF_MEMORY()) {
      return "Use a smaller batch, or free memory of the device: nvidia-smi lists who uses it.";
    }
    if (code == DriverApi.CUDA_ERROR_INVALID_CONTEXT()
        || code == DriverApi.CUDA_ERROR_CONTEXT_IS_DESTROYED()) {
      return "Call use() of the open device on this thread first.";
    }
    if (code == DriverApi.CUDA_ERROR_NO_DEVICE()) {
      return "See that nvidia-smi lists a device, that CUDA_VISIBLE_DEVICES does not hide it, and"
          + " that a container was started with access to it.";
    }
    if (code == DriverApi.CUDA_ERROR_ILLEGAL_ADDRESS()
        || code == DriverApi.CUDA_ERROR_MISALIGNED_ADDRESS()
        || code == DriverApi.CUDA_ERROR_LAUNCH_FAILED()) {
      return "A kernel went wrong and the device is lost for this process: start again; if it"
          + " happens again, run it under compute-sanitizer and report what that says.";
    }
    if (code == DriverApi.CUDA_ERROR_LAUNCH_TIMEOUT()) {
      return "The kernel ran longer than the display allows: use a smaller batch, or a device"
          + " without a display.";
    }
    if (code == DriverApi.CUDA_ERROR_NO_BINARY_FOR_GPU()
        || code == DriverApi.CUDA_ERROR_UNSUPPORTED_PTX_VERSION()
        || code == DriverApi.CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE()) {
      return "Use a device of compute capability 7.5 or newer and a newer NVIDIA driver.";
    }
    if (code == DriverApi.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH()
        || code == DriverApi.CUDA_ERROR_STUB_LIBRARY()) {
      return "See that the NVIDIA driver's library and its kernel module are of one installation;"
          + " a restart of the machine often mends it.";
    }
    if (code == DriverApi.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED()
        || code == DriverApi.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED()) {
      return "Allocate, load and synchronize before a capture begins or after it has ended.";
    }
    return Failures.REPORT;
  }
}
