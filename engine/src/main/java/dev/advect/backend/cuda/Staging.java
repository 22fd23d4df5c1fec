package dev.advect.backend.cuda;

import dev.advect.cuda.Device;
import dev.advect.cuda.DeviceMemory;
import dev.advect.cuda.Event;
import dev.advect.cuda.PinnedMemory;
import dev.advect.cuda.Stream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Pinned memory through which everything goes to and from the device, in the order of a stream.
 *
 * <p>It has two halves: while the copies from one are under way the host fills the other, and comes
 * back to a half only when the stream has passed the event behind its copies.
 */
final class Staging implements AutoCloseable {
  private static final long HALF = 1 << 20;
  private static final long ALIGNMENT = 16;

  private final Stream stream;
  private final PinnedMemory pinned;
  private final Event[] passed;
  private int half;
  private long used;

  Staging(Device device, Stream stream) {
    this.stream = stream;
    pinned = device.allocatePinned(2 * HALF);
    passed = new Event[] {device.event(), device.event()};
  }

  /** Copies to the device; the source may be changed at once. */
  void write(DeviceMemory to, long offset, MemorySegment source) {
    long bytes = source.byteSize();
    for (long done = 0; done < bytes; ) {
      long part = room(bytes - done);
      MemorySegment.copy(source, done, pinned.segment(), at(), part);
      send(to, offset + done, part);
      done += part;
    }
  }

  /** Copies to the device; the source may be changed at once. */
  void write(DeviceMemory to, long offset, float[] source) {
    for (int done = 0; done < source.length; ) {
      int part = (int) (room((source.length - done) * (long) Float.BYTES) / Float.BYTES);
      MemorySegment.copy(source, done, pinned.segment(), ValueLayout.JAVA_FLOAT, at(), part);
      send(to, offset + (long) done * Float.BYTES, (long) part * Float.BYTES);
      done += part;
    }
  }

  /** How many of so many bytes fit behind those on their way, which is some. */
  private long room(long bytes) {
    if (used >= HALF) {
      next();
    }
    return Math.min(HALF - used, bytes);
  }

  private long at() {
    return half * HALF + used;
  }

  private void send(DeviceMemory to, long offset, long bytes) {
    stream.copy(to, offset, pinned, at(), bytes);
    used = (used + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Copies from the device, once all that is queued is done. */
  void read(DeviceMemory from, long offset, MemorySegment target) {
    long bytes = target.byteSize();
    next();
    for (long done = 0; done < bytes; ) {
      long part = Math.min(HALF, bytes - done);
      stream.copy(pinned, half * HALF, from, offset + done, part);
      stream.synchronize();
      MemorySegment.copy(pinned.segment(), half * HALF, target, done, part);
      done += part;
    }
  }

  private void next() {
    stream.record(passed[half]);
    half = 1 - half;
    passed[half].synchronize();
    used = 0;
  }

  @Override
  public void close() {
    Failure.all(List.of(passed[0]::close, passed[1]::close, pinned::close));
  }
}
