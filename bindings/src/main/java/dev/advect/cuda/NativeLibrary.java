package dev.advect.cuda;

import dev.advect.cuda.ffi.cublas.CublasApi;
import dev.advect.cuda.ffi.curand.CurandApi;
import dev.advect.cuda.ffi.driver.DriverApi;
import dev.advect.cuda.ffi.nvrtc.NvrtcApi;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * The libraries that generated bindings exist for, each looked up once in a process.
 *
 * <p>A generated class asks the dynamic linker for its library by the library's soname. The linker
 * answers with the copy of that soname which is loaded already, so the copy that {@link
 * CudaLibrary#probe(String)} loads first, from wherever it was told to look, is the one that the
 * generated class binds. Both are compared here, and a difference is a missing library.
 */
enum NativeLibrary {
  DRIVER("libcuda.so.1", "cuInit", () -> DriverApi.cuInit$address()),
  CUBLAS("libcublas.so.13", "cublasCreate_v2", () -> CublasApi.cublasCreate_v2$address()),
  CURAND("libcurand.so.10", "curandGetVersion", () -> CurandApi.curandGetVersion$address()),
  NVRTC("libnvrtc.so.13", "nvrtcVersion", () -> NvrtcApi.nvrtcVersion$address());

  /** What NVRTC loads by itself when it compiles, and does not look for in its own folder. */
  private static final String NVRTC_BUILTINS = "libnvrtc-builtins.so.*";

  private final String soname;
  private final String symbol;
  private final Supplier<MemorySegment> bound;
  private CudaLibrary found;

  NativeLibrary(String soname, String symbol, Supplier<MemorySegment> bound) {
    this.soname = soname;
    this.symbol = symbol;
    this.bound = bound;
  }

  /** The library, looked up at the first call. Never throws. */
  synchronized CudaLibrary find() {
    if (found == null) {
      found =
          System.getProperty("os.name").startsWith("Linux")
              ? look()
              : new CudaLibrary.Missing(
                  soname,
                  "Advect uses CUDA on Linux only, and this is "
                      + System.getProperty("os.name")
                      + ".",
                  "Use the CPU here, or run Advect on Linux.");
    }
    return found;
  }

  /**
   * Goes on only if the library is there.
   *
   * @throws IllegalStateException if it is not, with reason and remedy
   */
  void require() {
    if (find() instanceof CudaLibrary.Missing(_, String reason, String remedy)) {
      throw new IllegalStateException(reason + " " + remedy);
    }
  }

  private CudaLibrary look() {
    CudaLibrary library = CudaLibrary.probe(soname);
    if (!(library instanceof CudaLibrary.Ready ready)) {
      return library;
    }
    try {
      if (this == NVRTC && ready.file().isPresent()) {
        loadBuiltins(ready.file().get().getParent());
      }
      long probed = ready.lookup().findOrThrow(symbol).address();
      return probed == bound.get().address() ? ready : otherCopy(ready);
    } catch (LinkageError | RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new CudaLibrary.Missing(
          soname,
          "%s cannot be bound: %s.".formatted(where(ready), cause.getMessage()),
          "Install the version of the library that this name belongs to.");
    }
  }

  private CudaLibrary otherCopy(CudaLibrary.Ready ready) {
    return new CudaLibrary.Missing(
        soname,
        where(ready) + " does not call itself " + soname + ", so another copy would be used.",
        "Put the library there whose soname is " + soname + ".");
  }

  private String where(CudaLibrary.Ready ready) {
    return ready.file().map(Path::toString).orElse(soname);
  }

  @SuppressWarnings("restricted")
  private static void loadBuiltins(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, NVRTC_BUILTINS)) {
      for (Path file : files) {
        SymbolLookup.libraryLookup(file, Arena.global());
      }
    } catch (IOException e) {
      throw new IllegalStateException("its folder cannot be read, " + e.getMessage(), e);
    }
  }
}
