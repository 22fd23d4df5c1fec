package dev.advect.cuda;

import dev.advect.cuda.ffi.driver.DriverApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A block of memory on a device. Its address is a number: no part of this process can be reached
 * through it.
 */
public final class DeviceMemory implements AutoCloseable {
  private final Device device;
  private final long address;
  private final long bytes;
  private final Lease lease;

  DeviceMemory(Device device, long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("Device memory of " + bytes + " bytes cannot be had.");
    }
    this.device = device;
    this.bytes = bytes;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);
      int code = DriverApi.cuMemAlloc_v2(result, bytes);
      if (code != 0) {
        throw device.failure("cuMemAlloc", "of " + Bytes.describe(bytes), code);
      }
      address = result.get(ValueLayout.JAVA_LONG, 0);
    }
    lease = device.leases().add(Bytes.describe(bytes) + " of device memory", this::release);
  }

  private void release() {
    device.check("cuMemFree", DriverApi.cuMemFree_v2(address));
  }

  public long bytes() {
    return bytes;
  }

  /** The address of the first byte on the device. */
  public long address() {
    lease.check();
    return address;
  }

  /**
   * The address of a range on the device.
   *
   * @param offset where it begins, in bytes
   * @param length how many bytes it has
   * @throws IndexOutOfBoundsException if it is not within this memory
   */
  public long address(long offset, long length) {
    lease.check();
    Ranges.check(offset, length, bytes);
    return address + offset;
  }

  /**
   * Copies from the host and waits for it. Work of streams is not waited for.
   *
   * @param offset where the copy begins here, in bytes
   * @param source what is copied, whole
   */
  public void write(long offset, MemorySegment source) {
    long to = address(offset, source.byteSize());
    if (source.isNative()) {
      device.check("cuMemcpyHtoD", DriverApi.cuMemcpyHtoD_v2(to, source, source.byteSize()));
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      write(offset, arena.allocate(source.byteSize(), 16).copyFrom(source));
    }
  }

  /**
   * Copies to the host and waits for it. Work of streams is not waited for.
   *
   * @param offset where the copy begins here, in bytes
   * @param target what is filled, whole
   */
  public void read(long offset, MemorySegment target) {
    long from = address(offset, target.byteSize());
    if (target.isNative()) {
      device.check("cuMemcpyDtoH", DriverApi.cuMemcpyDtoH_v2(target, from, target.byteSize()));
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(target.byteSize(), 16);
      read(offset, copy);
      target.copyFrom(copy);
    }
  }

  /** Gives the memory back. The driver first waits for work that is under way. */
  @Override
  public void close() {
    lease.close();
  }
}
