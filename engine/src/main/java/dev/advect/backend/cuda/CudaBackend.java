package dev.advect.backend.cuda;

import dev.advect.AdvectException;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.DeviceFailure;
import dev.advect.backend.Executable;
import dev.advect.cuda.Cublas;
import dev.advect.cuda.Cuda;
import dev.advect.cuda.Device;
import dev.advect.cuda.DeviceMemory;
import dev.advect.cuda.Kernel;
import dev.advect.cuda.KernelArguments;
import dev.advect.cuda.Module;
import dev.advect.cuda.Stream;
import dev.advect.graph.Graph;
import dev.advect.program.Fusion;
import dev.advect.program.Program;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The first CUDA device: one stream, a cuBLAS handle and the stock kernels, shared by all programs.
 *
 * <p>Products are made in single precision throughout; {@code -Dadvect.cuda.precision=tf32} or
 * {@code bf16} rounds their factors, which is faster on devices with tensor cores. Where NVRTC is
 * found, groups of elementwise operations are kernels made for them, else every operation is a
 * stock kernel; {@code -Dadvect.cuda.fusion=off} does without NVRTC.
 */
final class CudaBackend implements Backend {
  private static final String KERNELS = "advect.ptx";

  /** Memory for cuBLAS to work in, as much as NVIDIA recommends for its largest devices. */
  private static final long WORKSPACE = 32L << 20;

  /** A kernel and the arguments of its next launch, which the driver copies at each. */
  private record Stock(Kernel kernel, KernelArguments arguments) {}

  private final BackendOptions options;
  private final Optional<String> obstacle = FusedKernels.obstacle();
  private final Device device;
  private final Stream stream;
  private final Cublas cublas;
  private final DeviceMemory workspace;
  private final Module module;
  private final FusedKernels fused;
  private final Staging staging;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment operand = arena.allocate(Operand.BYTES, Long.BYTES);
  private final Map<String, Stock> kernels = new HashMap<>();

  private CudaBackend(BackendOptions options, Device device) {
    this.options = options;
    this.device = device;
    try {
      stream = device.stream();
      cublas = Cublas.create(stream);
      workspace = device.allocate(WORKSPACE);
      cublas.workspace(workspace);
      cublas.precision(precision());
      module = device.load(Resources.text(KERNELS));
      fused = new FusedKernels(device);
      staging = new Staging(device, stream);
    } catch (RuntimeException e) {
      closeAfter(e);
      throw e;
    }
  }

  /**
   * Opens the first device.
   *
   * @throws AdvectException if it cannot be used, with the remedy
   */
  static CudaBackend open(BackendOptions options) {
    return Failure.translate(
        () ->
            switch (Cuda.probe()) {
              case Cuda.Ready _ -> new CudaBackend(options, firstDevice());
              case Cuda.Missing(String reason, String remedy) ->
                  throw new AdvectException(reason, remedy);
            });
  }

  private static Device firstDevice() {
    try {
      return Device.open(0);
    } catch (IllegalStateException e) { // it asks the driver once more, who may say otherwise now
      throw new DeviceFailure(e.getMessage(), "", e);
    }
  }

  private static Cublas.Precision precision() {
    String name = System.getProperty("advect.cuda.precision", "pedantic");
    for (Cublas.Precision precision : Cublas.Precision.values()) {
      if (precision.name().equalsIgnoreCase(name)) {
        return precision;
      }
    }
    throw new AdvectException(
        "there is no precision '%s' of products".formatted(name),
        "set advect.cuda.precision to pedantic, tf32 or bf16");
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public String description() {
    return "%s, driver for CUDA %s, %s products, %s"
        .formatted(
            device.description(),
            device.driver(),
            cublas.precision().name().toLowerCase(Locale.ROOT),
            obstacle.map("nothing fused: %s"::formatted).orElse("kernels fused by NVRTC"));
  }

  @Override
  public Executable compile(Graph graph) {
    return Failure.translate(
        () -> {
          use();
          // Whoever looks for a number that is not finite wants to see every operation's.
          boolean whole = obstacle.isEmpty() && !options.checkFinite();
          Program program = Program.of(graph, whole ? Fusion.MAPS : Fusion.NONE);
          return new CudaExecutable(this, program, options.checkFinite());
        });
  }

  Device device() {
    return device;
  }

  Stream stream() {
    return stream;
  }

  Cublas cublas() {
    return cublas;
  }

  Staging staging() {
    return staging;
  }

  FusedKernels fused() {
    return fused;
  }

  /**
   * Makes the device current for the calling thread, which may be a new one, or have closed another
   * backend since.
   */
  void use() {
    device.use();
  }

  /** Puts a launch on the stream. */
  void launch(Work.Launch launch) {
    Stock stock = kernels.computeIfAbsent(launch.kernel(), this::stock);
    List<Object> arguments = launch.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      switch (arguments.get(i)) {
        case Long address -> stock.arguments.pointer(i, address);
        case Integer number -> stock.arguments.integer(i, number);
        case Float number -> stock.arguments.real(i, number);
        case Operand value -> {
          value.write(operand);
          stock.arguments.bytes(i, operand);
        }
        default ->
            throw new IllegalStateException(
                "argument %d of %s: %s".formatted(i, launch.kernel(), arguments.get(i)));
      }
    }
    stream.launch(stock.kernel, launch.blocks(), 1, Work.THREADS, 1, 0, stock.arguments);
  }

  /** Finds a kernel, which cannot be done while a graph is captured. */
  void prepare(Work work) {
    if (work instanceof Work.Launch launch) {
      kernels.computeIfAbsent(launch.kernel(), this::stock);
    }
  }

  private Stock stock(String name) {
    Kernel kernel = fused.find(name).orElseGet(() -> module.kernel(name));
    return new Stock(kernel, new KernelArguments(kernel));
  }

  private void closeAfter(RuntimeException failure) {
    try {
      device.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    arena.close();
  }

  /** Gives back the device and everything that is open on it. */
  @Override
  public void close() {
    Failure.translate(
        () -> {
          Failure.all(
              List.of(
                  this::use,
                  staging::close,
                  cublas::close,
                  workspace::close,
                  fused::close,
                  module::close,
                  stream::close,
                  device::close,
                  arena::close));
          return null;
        });
  }
}
