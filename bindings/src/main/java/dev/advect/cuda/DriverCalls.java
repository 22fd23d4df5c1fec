package dev.advect.cuda;

import dev.advect.cuda.ffi.driver.DriverApi;
import java.lang.invoke.MethodHandle;

/** The driver's functions that a step calls, without an object made. Each returns its status. */
final class DriverCalls {
  private static final MethodHandle LAUNCH_KERNEL =
      Downcalls.withNumbers(
          DriverApi.cuLaunchKernel$address(), DriverApi.cuLaunchKernel$descriptor());
  private static final MethodHandle LAUNCH_GRAPH =
      Downcalls.withNumbers(
          DriverApi.cuGraphLaunch$address(), DriverApi.cuGraphLaunch$descriptor());
  private static final MethodHandle TO_DEVICE =
      Downcalls.withNumbers(
          DriverApi.cuMemcpyHtoDAsync_v2$address(), DriverApi.cuMemcpyHtoDAsync_v2$descriptor());
  private static final MethodHandle TO_HOST =
      Downcalls.withNumbers(
          DriverApi.cuMemcpyDtoHAsync_v2$address(), DriverApi.cuMemcpyDtoHAsync_v2$descriptor());
  private static final MethodHandle WITHIN_DEVICE =
      Downcalls.withNumbers(
          DriverApi.cuMemcpyDtoDAsync_v2$address(), DriverApi.cuMemcpyDtoDAsync_v2$descriptor());
  private static final MethodHandle FILL =
      Downcalls.withNumbers(
          DriverApi.cuMemsetD32Async$address(), DriverApi.cuMemsetD32Async$descriptor());
  private static final MethodHandle SYNCHRONIZE =
      Downcalls.withNumbers(
          DriverApi.cuStreamSynchronize$address(), DriverApi.cuStreamSynchronize$descriptor());
  private static final MethodHandle QUERY =
      Downcalls.withNumbers(
          DriverApi.cuStreamQuery$address(), DriverApi.cuStreamQuery$descriptor());
  private static final MethodHandle WAIT =
      Downcalls.withNumbers(
          DriverApi.cuStreamWaitEvent$address(), DriverApi.cuStreamWaitEvent$descriptor());
  private static final MethodHandle RECORD =
      Downcalls.withNumbers(
          DriverApi.cuEventRecord$address(), DriverApi.cuEventRecord$descriptor());

  private DriverCalls() {}

  static int launchKernel(
      long kernel,
      int gridX,
      int gridY,
      int blockX,
      int blockY,
      int sharedBytes,
      long stream,
      long parameters) {
    try {
      return (int)
          LAUNCH_KERNEL.invokeExact(
              kernel, gridX, gridY, 1, blockX, blockY, 1, sharedBytes, stream, parameters, 0L);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }

  static int launchGraph(long graph, long stream) {
    try {
      return (int) LAUNCH_GRAPH.invokeExact(graph, stream);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }

  static int copyToDevice(long to, long from, long bytes, long stream) {
    try {
      return (int) TO_DEVICE.invokeExact(to, from, bytes, stream);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }

  static int copyToHost(long to, long from, long bytes, long stream) {
    try {
      return (int) TO_HOST.invokeExact(to, from, bytes, stream);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }

  static int copyWithinDevice(long to, long from, long bytes, long stream) {
    try {
      return (int) WITHIN_DEVICE.invokeExact(to, from, bytes, stream);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }

  static int fill(long address, int word, long words, long stream) {
    try {
      return (int) FILL.invokeExact(address, word, words, stream);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }

  static int synchronize(long stream) {
    try {
      return (int) SYNCHRONIZE.invokeExact(stream);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }

  static int query(long stream) {
    try {
      return (int) QUERY.invokeExact(stream);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }

  static int waitEvent(long stream, long event) {
    try {
      return (int) WAIT.invokeExact(stream, event, 0);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }

  static int recordEvent(long event, long stream) {
    try {
      return (int) RECORD.invokeExact(event, stream);
    } catch (Throwable t) {
      throw Downcalls.unexpected(t);
    }
  }
}
