package dev.advect.backend.cuda;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.cuda.Nvrtc;
import dev.advect.testing.TestDevice;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Generated kernels as NVIDIA's own NVRTC compiles them, run on the device that is there. Only
 * Maven's profile {@code nvrtc} runs these, where both are found.
 */
@Tag("nvrtc")
class NvrtcTest {
  /** Skips the tests but where Maven's profile says that all is there. */
  @BeforeAll
  static void requireNvrtc() {
    boolean promised = TestDevice.NAME.equals("cuda") && Boolean.getBoolean("advect.test.nvrtc");
    assumeTrue(
        promised, "softcuda or ADVECT_NVIDIA_LIBRARIES is missing, or this is another device");
  }

  private static List<String> texts() {
    return FusedKernelTest.kernels(FusedKernelTest.step()).stream()
        .map(FusedKernel::text)
        .distinct()
        .toList();
  }

  @Test
  void groupsBecomePtxOfWhichNothingIsContracted() {
    String ptx =
        Nvrtc.ptx(FusedKernels.source(texts()), FusedKernels.ARCHITECTURE, FusedKernels.OPTIONS);
    assertThat(ptx).contains(".target sm_75", ".entry fused_", "ld.global.v4.f32", "mul.rn.f32");
    assertThat(ptx.split("\\.entry ")).hasSize(texts().size() + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 90, 120})
  void groupsBecomeMachineCode(int architecture) {
    byte[] cubin = Nvrtc.cubin(FusedKernels.source(texts()), architecture, FusedKernels.OPTIONS);
    assertThat(new String(cubin, 1, 3, US_ASCII)).isEqualTo("ELF");
    assertThat(new String(cubin, US_ASCII)).contains("fused_");
  }

  /** The same functions in the same order, so the same bits; in groups and one by one. */
  @ParameterizedTest
  @ValueSource(ints = {1, 17, 64, 70})
  void fusingChangesNoBit(int samples) {
    assertThat(FusedKernels.obstacle()).isEmpty();
    assertThat(trained("on", samples)).isDeepEqualTo(trained("off", samples));
  }

  /** The weights after three steps, and the losses. */
  private static float[][] trained(String fusion, int samples) {
    System.setProperty("advect.cuda.fusion", fusion);
    try (Backend device = Backends.open("cuda", BackendOptions.standard()).backend();
        Executable program = device.compile(FusedKernelTest.step())) {
      assertThat(device.description())
          .contains(fusion.equals("on") ? "kernels fused by NVRTC" : "nothing fused");
      program.set("w", numbers(10));
      program.set("b", numbers(5));
      program.set("rate", new float[] {0.1f});
      float[] losses = new float[3];
      for (int k = 0; k < losses.length; k++) {
        program.run(Slice.batch(samples, k), 7);
        losses[k] = program.result("loss")[0];
      }
      return new float[][] {losses, program.get("w"), program.get("b")};
    } finally {
      System.clearProperty("advect.cuda.fusion");
    }
  }

  private static float[] numbers(int count) {
    float[] numbers = new float[count];
    IntStream.range(0, count).forEach(i -> numbers[i] = (float) Math.sin(i + 1));
    return numbers;
  }
}
