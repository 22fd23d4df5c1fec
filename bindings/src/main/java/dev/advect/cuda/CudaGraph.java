package dev.advect.cuda;

import dev.advect.cuda.ffi.driver.DriverApi;
import java.lang.foreign.MemorySegment;

/**
 * Work that was captured from a stream, ready to be launched as one any number of times.
 *
 * <p>It holds the addresses and numbers of the captured calls: memory that it uses must stay open,
 * and whatever changes from launch to launch lies in memory.
 */
public final class CudaGraph implements AutoCloseable {
  private final Device device;
  private final long handle;
  private final long nodes;
  private final Lease lease;

  /** Takes over a captured graph, which is destroyed once it is instantiated. */
  CudaGraph(Device device, long captured) {
    this.device = device;
    MemorySegment graph = MemorySegment.ofAddress(captured);
    try {
      nodes =
          Driver.pointer(
              "cuGraphGetNodes",
              into -> DriverApi.cuGraphGetNodes(graph, MemorySegment.NULL, into));
      handle =
          Driver.pointer(
              "cuGraphInstantiateWithFlags",
              into -> DriverApi.cuGraphInstantiateWithFlags(into, graph, 0));
    } catch (CudaException e) {
      DriverApi.cuGraphDestroy(graph);
      throw device.failure(e.call(), "", e.code());
    }
    lease = device.leases().add("a graph of " + nodes + " nodes", this::release);
    try {
      discard(device, captured);
    } catch (CudaException e) {
      lease.close();
      throw e;
    }
  }

  /** Destroys a captured graph; one that a failed capture left is null, and nothing to destroy. */
  static void discard(Device device, long captured) {
    if (captured != 0) {
      device.check("cuGraphDestroy", DriverApi.cuGraphDestroy(MemorySegment.ofAddress(captured)));
    }
  }

  private void release() {
    device.check(
        "cuGraphExecDestroy", DriverApi.cuGraphExecDestroy(MemorySegment.ofAddress(handle)));
  }

  /** How many pieces of work it has: launches, copies, fills and what libraries add. */
  public long nodes() {
    return nodes;
  }

  /** Puts all of it on a stream, with one call and no object made. */
  public void launch(Stream stream) {
    lease.check();
    int code = DriverCalls.launchGraph(handle, stream.handle());
    if (code != 0) {
      throw device.failure("cuGraphLaunch", "of " + nodes + " nodes", code);
    }
  }

  @Override
  public void close() {
    lease.close();
  }
}
