package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every planted fault is found on softcuda, by a text that says where and what. */
@Execution(ExecutionMode.CONCURRENT)
class PlantedFaultsTest {
  private static final String PLACE = "dev.advect.tests.PlantedFaults";

  /** What must be among what the program is told, and what softcuda says itself. */
  private static List<String> said(PlantedFaults fault) {
    return switch (fault) {
      case READ_PAST_THE_END ->
          List.of(
              "CUDA_ERROR_ILLEGAL_ADDRESS, 700",
              "kernel map_neg, block (0,0,0), thread (58,0,0): ld.f32 at PTX line ",
              "(operand.cuh:",
              "0 bytes past the end of allocation 2 of 232 bytes");
      case USE_AFTER_FREE ->
          List.of(
              "CUDA_ERROR_ILLEGAL_ADDRESS, 700",
              "kernel map_neg, block (0,0,0), thread (0,0,0): ld.f32 at PTX line ",
              "byte 0 of allocation 2 of 256 bytes (cuMemAlloc), which was freed");
      case MISALIGNED ->
          List.of("CUDA_ERROR_MISALIGNED_ADDRESS, 716", "kernel map_neg", "is not a multiple of 4");
      case HOST_POINTER -> List.of("CUDA_ERROR_ILLEGAL_ADDRESS, 700", "kernel map_neg", "host");
      case MISSING_EVENT -> List.of("read 1"); // and not 2
      case USE_AFTER_CLOSE ->
          List.of("16 bytes of device memory, made at " + PLACE, "is closed and cannot be used");
      case SHARED_MEMORY_RACE ->
          List.of(
              "CUDA_ERROR_LAUNCH_FAILED, 719",
              "kernel reverse, block (0,0,0), thread (32,0,0): st.shared.u32 at PTX line 14",
              "of shared memory, which thread (31,0,0) uses with no barrier between");
      case WRONG_PARAMETER -> List.of("Parameter 1 of fill has 4 bytes, and was given 8.");
      case MISSING_PARAMETER ->
          List.of("4 of the 5 parameters of fill were never set, the first of them 1.");
      case PINNED_MEMORY_CHANGED_TOO_EARLY ->
          List.of("a copy of 64 bytes to the device reads byte 0 of pinned memory", "has changed");
      case ALLOCATION_DURING_CAPTURE ->
          List.of(
              "cuMemAlloc of 64 bytes failed on device 0",
              "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, 900",
              "Allocate, load and synchronize before a capture begins");
      case THREAD_WITHOUT_CONTEXT ->
          List.of(
              "CUDA_ERROR_INVALID_CONTEXT, 201",
              "Thread 'reader' has no current context of a device",
              "Call use() of the open device on this thread first.");
      case LEFT_OPEN ->
          List.of("was closed with 1 open: 64 bytes of device memory, made at " + PLACE);
    };
  }

  @TempDir private static Path folder;
  private static Path softcuda;

  @BeforeAll
  static void findSoftcuda() {
    softcuda = Softcuda.folder();
  }

  @ParameterizedTest
  @EnumSource
  void isFound(PlantedFaults fault) {
    Cli java =
        Cli.quickIn(folder)
            .with("-Dadvect.leaks=fail")
            .where("ADVECT_CUDA_PATH", softcuda)
            // The default stream, then every second one: the first that a fault makes begins late.
            .where("SOFTCUDA_DELAY", "0,lazy");
    Cli.Outcome outcome = java.program(PlantedFaults.class, fault.name());
    assertThat(outcome.out() + outcome.err()).contains(said(fault));
  }
}
