package dev.advect.cuda;

import dev.advect.cuda.ffi.driver.DriverApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A mark in a stream that other streams and the host can wait for. */
public final class Event implements AutoCloseable {
  private final Device device;
  private final boolean timed;
  private final long handle;
  private final Lease lease;

  Event(Device device, int flags) {
    this.device = device;
    timed = flags == DriverApi.CU_EVENT_DEFAULT();
    handle = Driver.pointer("cuEventCreate", into -> DriverApi.cuEventCreate(into, flags));
    lease = device.leases().add("an event", this::release);
  }

  private void release() {
    device.check("cuEventDestroy", DriverApi.cuEventDestroy_v2(segment()));
  }

  private MemorySegment segment() {
    return MemorySegment.ofAddress(handle);
  }

  long handle() {
    lease.check();
    return handle;
  }

  /** Waits until the device has passed this mark. */
  public void synchronize() {
    handle();
    device.check("cuEventSynchronize", DriverApi.cuEventSynchronize(segment()));
  }

  /** Whether the device has passed this mark, or it was never recorded. */
  public boolean isPassed() {
    handle();
    int code = DriverApi.cuEventQuery(segment());
    if (code == DriverApi.CUDA_ERROR_NOT_READY()) {
      return false;
    }
    device.check("cuEventQuery", code);
    return true;
  }

  /**
   * Milliseconds from an earlier mark to this one, both passed and made by {@link
   * Device#timedEvent()}.
   */
  public float millisecondsSince(Event earlier) {
    if (!timed || !earlier.timed) {
      throw new IllegalArgumentException(
          "Only events that were made with timedEvent() have times.");
    }
    handle();
    earlier.handle();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ValueLayout.JAVA_FLOAT);
      device.check(
          "cuEventElapsedTime",
          DriverApi.cuEventElapsedTime_v2(result, earlier.segment(), segment()));
      return result.get(ValueLayout.JAVA_FLOAT, 0);
    }
  }

  @Override
  public void close() {
    lease.close();
  }
}
