package dev.advect.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The arguments of a kernel's launches, set one by one and kept until they are set again.
 *
 * <p>The sizes are checked against what the driver says of the kernel. Setting and launching make
 * no object on the Java heap. Used by one thread at a time, and as long as the kernel's module is
 * open.
 */
public final class KernelArguments {
  private static final int ALIGNMENT = 16;

  private final Kernel kernel;
  private final List<Kernel.Parameter> parameters;
  private final MemorySegment values;
  private final MemorySegment pointers;
  private final boolean[] set;
  private int unset;

  /** Room for the arguments of a kernel. */
  public KernelArguments(Kernel kernel) {
    this.kernel = kernel;
    kernel.module().check();
    parameters = kernel.parameters();
    int count = parameters.size();
    long bytes = count == 0 ? 1 : parameters.getLast().offset() + parameters.getLast().bytes();
    var arena = kernel.module().arena();
    values = arena.allocate(bytes, ALIGNMENT);
    pointers = arena.allocate(ValueLayout.JAVA_LONG, Math.max(count, 1));
    for (int i = 0; i < count; i++) {
      long address = values.address() + parameters.get(i).offset();
      pointers.setAtIndex(ValueLayout.JAVA_LONG, i, address);
    }
    set = new boolean[count];
    unset = count;
  }

  /** Sets a parameter that is a pointer to device memory; 0 is null. */
  public KernelArguments pointer(int index, long address) {
    return integer(index, address);
  }

  /** Sets a parameter that is an integer of 4 bytes. */
  public KernelArguments integer(int index, int value) {
    long offset = offset(index, Integer.BYTES);
    values.set(ValueLayout.JAVA_INT, offset, value);
    return noted(index);
  }

  /** Sets a parameter that is an integer of 8 bytes. */
  public KernelArguments integer(int index, long value) {
    long offset = offset(index, Long.BYTES);
    values.set(ValueLayout.JAVA_LONG, offset, value);
    return noted(index);
  }

  /** Sets a parameter that is a number of single precision. */
  public KernelArguments real(int index, float value) {
    long offset = offset(index, Float.BYTES);
    values.set(ValueLayout.JAVA_FLOAT, offset, value);
    return noted(index);
  }

  /** Sets a parameter that is a struct, from all bytes of a segment. */
  public KernelArguments bytes(int index, MemorySegment source) {
    long size = source.byteSize();
    MemorySegment.copy(source, 0, values, offset(index, size), size);
    return noted(index);
  }

  private long offset(int index, long bytes) {
    if (index < 0 || index >= parameters.size()) {
      throw new IndexOutOfBoundsException(
          "%s has %d parameters, and none of index %d."
              .formatted(kernel.name(), parameters.size(), index));
    }
    Kernel.Parameter parameter = parameters.get(index);
    if (parameter.bytes() != bytes) {
      throw new IllegalArgumentException(
          "Parameter %d of %s has %d bytes, and was given %d."
              .formatted(index, kernel.name(), parameter.bytes(), bytes));
    }
    return parameter.offset();
  }

  private KernelArguments noted(int index) {
    if (!set[index]) {
      set[index] = true;
      unset--;
    }
    return this;
  }

  /** The address of the addresses of the arguments, as a launch of a kernel takes them. */
  long pointersFor(Kernel launched) {
    if (launched != kernel) {
      throw new IllegalArgumentException(
          "These are arguments of %s, and not of %s.".formatted(kernel.name(), launched.name()));
    }
    if (unset > 0) {
      int first = 0;
      while (set[first]) {
        first++;
      }
      throw new IllegalStateException(
          "%d of the %d parameters of %s were never set, the first of them %d."
              .formatted(unset, set.length, kernel.name(), first));
    }
    return pointers.address();
  }
}
