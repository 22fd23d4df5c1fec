package dev.advect.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Texts that a library owns and returns the address of. */
final class Texts {
  private Texts() {}

  /** The text whose address stands at the beginning of a segment; "" if the address is null. */
  static String at(MemorySegment pointer) {
    return of(pointer.get(ValueLayout.ADDRESS, 0));
  }

  /** The text at an address; "" if the address is null. */
  @SuppressWarnings("restricted")
  static String of(MemorySegment address) {
    return address.address() == 0 ? "" : address.reinterpret(Long.MAX_VALUE).getString(0);
  }
}
