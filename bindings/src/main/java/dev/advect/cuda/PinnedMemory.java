package dev.advect.cuda;

import dev.advect.cuda.ffi.driver.DriverApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Host memory that the device can reach: the only kind that streams copy from and to.
 *
 * <p>A copy runs some time after it was put on a stream. Until then its bytes must not be changed.
 */
public final class PinnedMemory implements AutoCloseable {
  private final Device device;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;
  private final long address;
  private final Lease lease;

  @SuppressWarnings("restricted")
  PinnedMemory(Device device, long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("Pinned memory of " + bytes + " bytes cannot be had.");
    }
    this.device = device;
    address = allocate(bytes);
    segment = MemorySegment.ofAddress(address).reinterpret(bytes, arena, null);
    lease = device.leases().add(Bytes.describe(bytes) + " of pinned memory", this::release);
  }

  private long allocate(long bytes) {
    try {
      return Driver.pointer(
          "cuMemHostAlloc",
          into -> DriverApi.cuMemHostAlloc(into, bytes, DriverApi.CU_MEMHOSTALLOC_PORTABLE()));
    } catch (CudaException e) {
      arena.close();
      throw device.failure(e.call(), "of " + Bytes.describe(bytes), e.code());
    }
  }

  private void release() {
    arena.close();
    device.check("cuMemFreeHost", DriverApi.cuMemFreeHost(MemorySegment.ofAddress(address)));
  }

  public long bytes() {
    return segment.byteSize();
  }

  /** The memory itself, for any thread, until it is closed. */
  public MemorySegment segment() {
    lease.check();
    return segment;
  }

  long address(long offset, long length) {
    lease.check();
    Ranges.check(offset, length, segment.byteSize());
    return address + offset;
  }

  /** Gives the memory back. Copies from or to it must have been waited for. */
  @Override
  public void close() {
    lease.close();
  }
}
