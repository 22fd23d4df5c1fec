package dev.advect.acceptance;

import dev.advect.cuda.DeviceMemory;
import dev.advect.cuda.Kernel;
import dev.advect.cuda.KernelArguments;
import dev.advect.cuda.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A kernel's launch with all that belongs to it; its arguments are given one after the other. */
final class Launch {
  /** The kernels' struct Operand: base, map, two strides, a constant. */
  private static final int OPERAND_BYTES = 32;

  private final Kernel kernel;
  private final KernelArguments arguments;
  private final long blocks;
  private final int threads;
  private final int sharedBytes;
  private final double bytes;
  private double operations;
  private int next;

  /**
   * A launch without arguments.
   *
   * @param bytes how many bytes must go between chip and memory
   */
  Launch(Kernel kernel, long blocks, int threads, int sharedBytes, double bytes) {
    this.kernel = kernel;
    this.arguments = new KernelArguments(kernel);
    this.blocks = blocks;
    this.threads = threads;
    this.sharedBytes = sharedBytes;
    this.bytes = bytes;
  }

  /** Arrays, each by its address. */
  Launch arrays(DeviceMemory... arrays) {
    for (DeviceMemory array : arrays) {
      arguments.pointer(next++, array.address());
    }
    return this;
  }

  /** A pointer to nothing. */
  Launch none() {
    arguments.pointer(next++, 0);
    return this;
  }

  Launch numbers(int... numbers) {
    for (int number : numbers) {
      arguments.integer(next++, number);
    }
    return this;
  }

  Launch count(long count) {
    arguments.integer(next++, count);
    return this;
  }

  Launch real(float value) {
    arguments.real(next++, value);
    return this;
  }

  Launch struct(MemorySegment content) {
    arguments.bytes(next++, content);
    return this;
  }

  /** Views of arrays whose features and samples lie so many numbers apart. */
  Launch views(int featureStride, int sampleStride, DeviceMemory... arrays) {
    try (Arena arena = Arena.ofConfined()) {
      for (DeviceMemory array : arrays) {
        MemorySegment operand = arena.allocate(OPERAND_BYTES, Long.BYTES);
        operand.set(ValueLayout.JAVA_LONG, 0, array.address());
        operand.set(ValueLayout.JAVA_INT, 16, featureStride);
        operand.set(ValueLayout.JAVA_INT, 20, sampleStride);
        struct(operand);
      }
    }
    return this;
  }

  /** Says that arithmetic is what takes the time: so many operations on floats. */
  Launch doing(double count) {
    operations = count;
    return this;
  }

  String name() {
    return kernel.name();
  }

  double bytes() {
    return bytes;
  }

  /** Operations on floats where they take longer than the bytes; otherwise 0. */
  double operations() {
    return operations;
  }

  void on(Stream stream) {
    stream.launch(kernel, Math.toIntExact(blocks), 1, threads, 1, sharedBytes, arguments);
  }
}
