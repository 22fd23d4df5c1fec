package dev.advect.tests;

import dev.advect.cuda.Cublas;
import dev.advect.cuda.CudaException;
import dev.advect.cuda.CudaGraph;
import dev.advect.cuda.Curand;
import dev.advect.cuda.Device;
import dev.advect.cuda.DeviceMemory;
import dev.advect.cuda.Event;
import dev.advect.cuda.Kernel;
import dev.advect.cuda.KernelArguments;
import dev.advect.cuda.Module;
import dev.advect.cuda.PinnedMemory;
import dev.advect.cuda.Stream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.List;

/** A little of everything that the typed layer can do, each resource opened and closed. */
final class TypedLayerWork implements FailureInjection.Work {
  private static final int FLOATS = 64;
  private static final int BYTES = FLOATS * Float.BYTES;

  private final String ptx;

  private TypedLayerWork() throws IOException {
    String all = Files.readString(Repository.root().resolve("native/ptx/advect.ptx"));
    // The head and the kernel "fill" are enough, and are soon read.
    int fill = all.indexOf(".visible .entry fill(");
    String head = all.substring(0, all.indexOf(".visible .entry"));
    ptx = head + all.substring(fill, all.indexOf("\n}", fill) + 3);
  }

  /** Goes through all failures. */
  public static void main(String[] args) throws Throwable {
    FailureInjection.examine(new TypedLayerWork());
  }

  @Override
  public String run() {
    try (Device device = Device.open(0)) {
      memory(device);
      streams(device);
      kernels(device);
      libraries(device);
      device.synchronize();
      return "";
    } catch (CudaException | IllegalStateException e) {
      return e.getMessage();
    }
  }

  @Override
  public List<String> mistakes(String told) {
    return told.endsWith(".") ? List.of() : List.of("no sentence");
  }

  private static void memory(Device device) {
    device.memory();
    try (DeviceMemory one = device.allocate(BYTES);
        DeviceMemory other = device.allocate(BYTES)) {
      one.write(0, MemorySegment.ofArray(new float[FLOATS]));
      other.write(0, MemorySegment.ofArray(new float[FLOATS]));
      one.read(0, MemorySegment.ofArray(new float[FLOATS]));
      other.read(0, MemorySegment.ofArray(new float[FLOATS]));
    }
  }

  private static void streams(Device device) {
    try (Stream copies = device.stream();
        Stream stream = device.stream();
        Event begin = device.timedEvent();
        Event end = device.timedEvent();
        PinnedMemory in = device.allocatePinned(BYTES);
        PinnedMemory out = device.allocatePinned(BYTES);
        DeviceMemory memory = device.allocate(BYTES);
        DeviceMemory other = device.allocate(BYTES)) {
      copies.record(begin);
      copies.copy(memory, 0, in, 0, BYTES);
      copies.record(end);
      stream.await(end);
      stream.copy(other, 0, memory, 0, BYTES);
      stream.fill(memory, 0, FLOATS, 1);
      stream.copy(out, 0, other, 0, BYTES);
      stream.synchronize();
      end.synchronize();
      end.isPassed();
      end.millisecondsSince(begin);
      stream.isIdle();
      for (int i = 0; i < 2; i++) {
        try (CudaGraph graph = stream.capture(() -> stream.fill(memory, 0, FLOATS, 2))) {
          graph.launch(stream);
          graph.launch(stream);
        }
      }
      stream.synchronize();
    }
  }

  private void kernels(Device device) {
    try (Stream stream = device.stream();
        Module module = device.load(ptx);
        DeviceMemory memory = device.allocate(BYTES)) {
      Kernel kernel = module.kernel("fill");
      kernel.registers();
      kernel.maxThreads();
      kernel.allowSharedBytes(1024);
      kernel.blocksPerMultiprocessor(256, 0);
      var arguments =
          new KernelArguments(kernel)
              .pointer(0, memory.address())
              .integer(1, FLOATS)
              .real(2, 1)
              .integer(3, 1)
              .integer(4, FLOATS);
      stream.launch(kernel, 1, 1, 256, 1, 0, arguments);
      stream.launch(kernel, 1, 1, 256, 1, 0, arguments);
      stream.synchronize();
    }
  }

  private static void libraries(Device device) {
    try (Stream stream = device.stream();
        DeviceMemory memory = device.allocate(3L * BYTES);
        DeviceMemory workspace = device.allocate(1 << 20);
        Cublas cublas = Cublas.create(stream);
        Curand curand = Curand.onDevice(stream, 1)) {
      Curand.version();
      cublas.version();
      cublas.workspace(workspace);
      curand.uniforms(memory, 0, FLOATS);
      curand.normals(memory, BYTES, FLOATS);
      long a = memory.address();
      long b = a + BYTES;
      long c = b + BYTES;
      for (var precision : Cublas.Precision.values()) {
        cublas.precision(precision);
        cublas.sgemm(false, true, 8, 8, 8, 1, a, 8, b, 8, 0, c, 8);
        cublas.sgemmBatched(false, false, 4, 4, 4, 1, a, 4, 16, b, 4, 16, 0, c, 4, 16, 4);
      }
      stream.synchronize();
    }
  }
}
