package dev.advect.backend.cuda;

import dev.advect.cuda.CudaLibrary;
import dev.advect.cuda.Device;
import dev.advect.cuda.Kernel;
import dev.advect.cuda.Module;
import dev.advect.cuda.Nvrtc;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kernels that were generated for a backend's programs and compiled by NVRTC, each text once.
 */
final class FusedKernels implements AutoCloseable {
  /** What is compiled for: the oldest architecture, whose PTX all newer drivers take. */
  static final int ARCHITECTURE = 75;

  /** Nothing is contracted, so that every device gives the same bits; see {@code native/build}. */
  static final List<String> OPTIONS = List.of("-std=c++17", "--fmad=false");

  private static final String NAME = "fused.cu";
  private static final List<String> HEADERS = List.of("elementwise.cuh", "four.cuh", "operand.cuh");

  private final Device device;
  private final List<Module> modules = new ArrayList<>();
  private final Map<String, Kernel> kernels = new HashMap<>();

  FusedKernels(Device device) {
    this.device = device;
  }

  /** Why kernels cannot be generated here; nothing if they can. */
  static Optional<String> obstacle() {
    if (System.getProperty("advect.cuda.fusion", "on").equals("off")) {
      return Optional.of("advect.cuda.fusion is off");
    }
    return switch (Nvrtc.library()) {
      case CudaLibrary.Ready _ -> Optional.empty();
      case CudaLibrary.Missing(_, String reason, _) -> Optional.of(reason);
    };
  }

  /** Compiles those that are new, together. */
  void compile(Collection<FusedKernel> wanted) {
    var texts = new LinkedHashMap<String, String>();
    for (FusedKernel kernel : wanted) {
      if (!kernels.containsKey(kernel.name())) {
        texts.put(kernel.name(), kernel.text());
      }
    }
    if (texts.isEmpty()) {
      return;
    }
    Module module = device.load(ptx(texts.values()));
    modules.add(module);
    texts.keySet().forEach(name -> kernels.put(name, module.kernel(name)));
  }

  /** A kernel that was compiled. */
  Optional<Kernel> find(String name) {
    return Optional.ofNullable(kernels.get(name));
  }

  /** A file of kernels. */
  static Nvrtc.Source source(Collection<String> kernels) {
    var headers = new LinkedHashMap<String, String>();
    HEADERS.forEach(name -> headers.put(name, Resources.text(name)));
    String includes = "#include \"elementwise.cuh\"\n#include \"four.cuh\"\n\n";
    return new Nvrtc.Source(NAME, includes + String.join("\n", kernels), headers);
  }

  /**
   * What the driver is given: no instruction is newer than PTX 7.0, and drivers refuse text that
   * claims to be newer than they are, as a newer compiler's does.
   */
  private static String ptx(Collection<String> kernels) {
    return Nvrtc.ptx(source(kernels), ARCHITECTURE, OPTIONS)
        .replaceFirst("\\.version .*", ".version 7.0");
  }

  @Override
  public void close() {
    Failure.all(modules.stream().<Runnable>map(module -> module::close).toList());
  }
}
