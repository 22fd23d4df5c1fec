package dev.advect.cuda;

import dev.advect.cuda.ffi.nvrtc.NvrtcApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The compiler of CUDA C that is a library. It needs no device. */
public final class Nvrtc {
  private Nvrtc() {}

  /** Whether the compiler is there. Never throws. */
  public static CudaLibrary library() {
    return NativeLibrary.NVRTC.find();
  }

  /** The CUDA version that it belongs to. */
  public static CudaVersion version() {
    NativeLibrary.NVRTC.require();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment version = arena.allocate(ValueLayout.JAVA_INT, 2);
      check("nvrtcVersion", NvrtcApi.nvrtcVersion(version, version.asSlice(Integer.BYTES)));
      return CudaVersion.of(
          version.getAtIndex(ValueLayout.JAVA_INT, 0), version.getAtIndex(ValueLayout.JAVA_INT, 1));
    }
  }

  /** The compute capabilities that it compiles for, such as 75 for 7.5, in rising order. */
  public static List<Integer> architectures() {
    NativeLibrary.NVRTC.require();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      check("nvrtcGetNumSupportedArchs", NvrtcApi.nvrtcGetNumSupportedArchs(count));
      MemorySegment found =
          arena.allocate(ValueLayout.JAVA_INT, count.get(ValueLayout.JAVA_INT, 0));
      check("nvrtcGetSupportedArchs", NvrtcApi.nvrtcGetSupportedArchs(found));
      return Arrays.stream(found.toArray(ValueLayout.JAVA_INT)).boxed().toList();
    }
  }

  /**
   * CUDA C.
   *
   * @param name what messages of the compiler call it, such as {@code fused.cu}
   * @param text the text
   * @param headers the texts of headers, by the names that includes give them
   */
  public record Source(String name, String text, Map<String, String> headers) {
    /** Copies the map. */
    public Source {
      headers = Map.copyOf(headers);
    }

    /** A text that includes nothing but what options say where to find. */
    public Source(String name, String text) {
      this(name, text, Map.of());
    }
  }

  /**
   * Compiles to PTX text.
   *
   * @param source what is compiled
   * @param architecture a compute capability, such as 75 for 7.5
   * @param options further ones, such as {@code --fmad=false}
   * @throws CudaException if it does not compile, with the compiler's log
   */
  public static String ptx(Source source, int architecture, List<String> options) {
    byte[] text =
        compile(
            source,
            "compute_" + architecture,
            options,
            new Product("nvrtcGetPTX", NvrtcApi::nvrtcGetPTXSize, NvrtcApi::nvrtcGetPTX));
    return new String(text, 0, text.length - 1, StandardCharsets.UTF_8);
  }

  /**
   * Compiles to machine code for one architecture.
   *
   * @param source what is compiled
   * @param architecture a compute capability, such as 90 for 9.0
   * @param options further ones, such as {@code --fmad=false}
   * @throws CudaException if it does not compile, with the compiler's log
   */
  public static byte[] cubin(Source source, int architecture, List<String> options) {
    return compile(
        source,
        "sm_" + architecture,
        options,
        new Product("nvrtcGetCUBIN", NvrtcApi::nvrtcGetCUBINSize, NvrtcApi::nvrtcGetCUBIN));
  }

  /** A function of a compiled program that fills what it is given. */
  private interface Get {
    int of(MemorySegment program, MemorySegment into);
  }

  /** What is wanted of a compiled program: a function for its size, and one for its bytes. */
  private record Product(String call, Get size, Get bytes) {
    byte[] of(MemorySegment program) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
        check(call + "Size", size.of(program, count));
        MemorySegment content = arena.allocate(Math.max(1, count.get(ValueLayout.JAVA_LONG, 0)));
        check(call, bytes.of(program, content));
        return content.toArray(ValueLayout.JAVA_BYTE);
      }
    }
  }

  private static byte[] compile(
      Source source, String architecture, List<String> options, Product product) {
    NativeLibrary.NVRTC.require();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment created = arena.allocate(ValueLayout.ADDRESS);
      var names = new ArrayList<>(source.headers().keySet());
      var headers = names.stream().map(source.headers()::get).toList();
      check(
          "nvrtcCreateProgram",
          NvrtcApi.nvrtcCreateProgram(
              created,
              arena.allocateFrom(source.text()),
              arena.allocateFrom(source.name()),
              names.size(),
              texts(headers, arena),
              texts(names, arena)));
      MemorySegment program = created.get(ValueLayout.ADDRESS, 0);
      try {
        var all = new ArrayList<String>();
        all.add("--gpu-architecture=" + architecture);
        all.addAll(options);
        int code = NvrtcApi.nvrtcCompileProgram(program, all.size(), texts(all, arena));
        if (code != 0) {
          throw compileFailure(source.name(), architecture, code, log(program));
        }
        return product.of(program);
      } finally {
        NvrtcApi.nvrtcDestroyProgram(created);
      }
    }
  }

  private static MemorySegment texts(List<String> texts, Arena arena) {
    MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, texts.size());
    for (int i = 0; i < texts.size(); i++) {
      pointers.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(texts.get(i)));
    }
    return pointers;
  }

  private static String log(MemorySegment program) {
    byte[] log =
        new Product(
                "nvrtcGetProgramLog",
                NvrtcApi::nvrtcGetProgramLogSize,
                NvrtcApi::nvrtcGetProgramLog)
            .of(program);
    return new String(log, 0, log.length - 1, StandardCharsets.UTF_8).strip();
  }

  private static CudaException compileFailure(
      String name, String architecture, int code, String log) {
    String status = status(code);
    String problem =
        Failures.sentence(
            "nvrtcCompileProgram", "of " + name + " for " + architecture, "", "", status, code);
    String said = log.isEmpty() ? "" : " The compiler says:\n" + log + "\n";
    return new CudaException("nvrtcCompileProgram", code, status, "", problem + said, remedy(code));
  }

  private static String remedy(int code) {
    if (code == NvrtcApi.NVRTC_ERROR_INVALID_OPTION()) {
      return "Install a version of NVRTC that knows the device's architecture.";
    }
    if (code == NvrtcApi.NVRTC_ERROR_BUILTIN_OPERATION_FAILURE()) {
      return "See that libnvrtc-builtins of the same version lies beside libnvrtc.";
    }
    return "This is a mistake in Advect: please report it with this message.";
  }

  private static void check(String call, int code) {
    if (code != 0) {
      String status = status(code);
      String problem = Failures.sentence(call, "", "", "", status, code);
      throw new CudaException(call, code, status, "", problem, remedy(code));
    }
  }

  private static String status(int code) {
    return Texts.of(NvrtcApi.nvrtcGetErrorString(code));
  }
}
