package dev.advect.cuda;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls of generated functions that take pointers as numbers.
 *
 * <p>A generated wrapper takes a {@link MemorySegment} for each pointer. For what is called in
 * every step that would make an object a pointer, and a device address is no segment of this
 * process anyway. The signature still comes from the header: only its pointers are replaced.
 */
final class Downcalls {
  private Downcalls() {}

  @SuppressWarnings("restricted")
  static MethodHandle withNumbers(MemorySegment function, FunctionDescriptor generated) {
    MemoryLayout[] arguments =
        generated.argumentLayouts().stream()
            .map(layout -> layout instanceof AddressLayout ? ValueLayout.JAVA_LONG : layout)
            .toArray(MemoryLayout[]::new);
    var descriptor = FunctionDescriptor.of(generated.returnLayout().orElseThrow(), arguments);
    return Linker.nativeLinker().downcallHandle(function, descriptor);
  }

  /** What a downcall can throw besides unchecked exceptions: nothing. */
  static AssertionError unexpected(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> new AssertionError(thrown);
    };
  }
}
