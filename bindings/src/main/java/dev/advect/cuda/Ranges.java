package dev.advect.cuda;

/** Checks ranges of bytes. */
final class Ranges {
  private Ranges() {}

  static void check(long offset, long length, long bytes) {
    if (offset < 0 || length < 0 || offset > bytes - length) {
      throw new IndexOutOfBoundsException(
          "%d bytes from byte %d on are not within %d bytes.".formatted(length, offset, bytes));
    }
  }
}
