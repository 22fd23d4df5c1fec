package dev.advect.tests;

import dev.advect.cuda.CudaLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Does some work on softcuda again and again, and each time has one call fail: of every function
 * that the work calls the first, the second and the last.
 *
 * <p>All in one process, because a process for each would take minutes. softcuda counts, and says
 * what was not given back.
 */
final class FailureInjection {
  /** Work that calls the functions. */
  interface Work {
    /** Does it, and gives what a person is told if it fails; "" if it does not. */
    String run() throws Exception;

    /** What is wrong about how it failed, beyond what is looked at anyway. */
    List<String> mistakes(String told) throws Exception;
  }

  /** What gives something back: if it fails, that one thing is left over. */
  private static final List<String> GIVE_BACK = List.of("Free", "Destroy", "Unload", "Release");

  /** Codes that functions are known to fail with, by the longest part of their names. */
  private static final Map<String, Integer> CODES =
      Map.ofEntries(
          Map.entry("cu", 999), // unknown
          Map.entry("cuInit", 100), // no device
          Map.entry("cuMemAlloc", 2), // out of memory
          Map.entry("cuMemHostAlloc", 2),
          Map.entry("cuModuleLoadDataEx", 222), // PTX of a version that is too new
          Map.entry("cuModuleGetFunction", 500), // not found
          Map.entry("cuLaunchKernel", 701), // too many resources
          Map.entry("Synchronize", 719), // a kernel failed
          Map.entry("cuMemcpy", 700), // an illegal address
          Map.entry("cublas", 13), // execution failed
          Map.entry("cublasCreate", 1), // not initialized
          Map.entry("curand", 201), // launch failed
          Map.entry("curandCreateGenerator", 203)); // initialization failed

  private final Work work;
  private final MethodHandle fail;
  private final MethodHandle calls;
  private final MethodHandle leftovers;
  private int cases;
  private int wrong;

  private FailureInjection(Work work) {
    this.work = work;
    SymbolLookup softcuda =
        ((CudaLibrary.Ready) CudaLibrary.probe(CudaLibrary.driverName())).lookup();
    Linker linker = Linker.nativeLinker();
    fail =
        linker.downcallHandle(
            softcuda.findOrThrow("softcudaFail"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
    calls =
        linker.downcallHandle(
            softcuda.findOrThrow("softcudaCalls"), FunctionDescriptor.of(ValueLayout.ADDRESS));
    leftovers =
        linker.downcallHandle(
            softcuda.findOrThrow("softcudaLeftovers"), FunctionDescriptor.of(ValueLayout.JAVA_INT));
  }

  /** Goes through all cases; prints those that went wrong, and how many there were. */
  static void examine(Work work) throws Throwable {
    new FailureInjection(work).run();
  }

  private void run() throws Throwable {
    SortedMap<String, Long> counts = countCalls();
    for (var function : counts.entrySet()) {
      long last = function.getValue();
      SortedSet<Long> chosen = new TreeSet<>(List.of(1L, Math.min(2, last), last));
      for (long call : chosen) {
        examine(function.getKey(), call);
      }
    }
    // Nothing that went wrong may have spoilt the process.
    requireWell();
    System.out.printf("%d functions, %d cases, %d wrong%n", counts.size(), cases, wrong);
  }

  private SortedMap<String, Long> countCalls() throws Throwable {
    requireWell();
    fail("");
    requireWell();
    var counts = new TreeMap<String, Long>();
    var text = (MemorySegment) calls.invokeExact();
    text.reinterpret(Long.MAX_VALUE)
        .getString(0)
        .lines()
        .map(line -> line.split(" "))
        .forEach(line -> counts.put(line[0], Long.parseLong(line[1])));
    return counts;
  }

  private void requireWell() throws Exception {
    String told = work.run();
    if (!told.isEmpty()) {
      throw new AssertionError("no call was to fail, and yet: " + told);
    }
  }

  private void examine(String function, long call) throws Throwable {
    cases++;
    int before = (int) leftovers.invokeExact();
    fail("%s:%d:%d".formatted(function, call, code(function)));
    String told = work.run();
    fail("");
    int left = (int) leftovers.invokeExact() - before;
    var mistakes = new ArrayList<>(work.mistakes(told));
    String name = function.replaceFirst("_v\\d$", "");
    if (!told.contains(name)) {
      mistakes.add(name + " is not named");
    }
    if (left > toleratedLeftovers(function)) {
      mistakes.add(left + " left over");
    }
    if (!mistakes.isEmpty()) {
      wrong++;
      System.out.printf("WRONG %s, call %d: %s%n%s%n", function, call, mistakes, told);
    }
  }

  private static int toleratedLeftovers(String function) {
    if (function.equals("cuStreamEndCapture")) {
      // The call that failed did nothing, so the capture goes on, and nothing can be freed in it.
      return Integer.MAX_VALUE;
    }
    return GIVE_BACK.stream().anyMatch(function::contains) ? 1 : 0;
  }

  private static int code(String function) {
    return CODES.entrySet().stream()
        .filter(entry -> function.contains(entry.getKey()))
        .max((a, b) -> Integer.compare(a.getKey().length(), b.getKey().length()))
        .orElseThrow()
        .getValue();
  }

  private void fail(String which) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      fail.invokeExact(arena.allocateFrom(which));
    }
  }
}
