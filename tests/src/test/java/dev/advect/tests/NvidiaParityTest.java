package dev.advect.tests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.advect.cuda.Curand;
import dev.advect.cuda.Nvrtc;
import dev.advect.random.Philox;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What NVIDIA's own cuRAND and NVRTC make, beside what Advect has of its own; no device needed. */
@Tag("nvidia-libraries")
class NvidiaParityTest {
  /** A kernel's name and its parameters, in PTX text. */
  private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)\\(([^)]*)\\)");

  @TempDir private Path folder;

  @BeforeAll
  static void requireLibraries() {
    assumeTrue(
        System.getenv("ADVECT_NVIDIA_LIBRARIES") != null,
        "ADVECT_NVIDIA_LIBRARIES does not name the folders of NVIDIA's libraries");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 42, 0xFFFF_FFFFL, 0x1234_5678_9ABC_DEF0L, -1})
  void bulkUniformsAreThoseOfCurandBitForBit(long seed) {
    // A block of four has the counter (t >> 16, 0, t & 65535, 0): the offsets cross both parts.
    for (long offset : new long[] {0, 4, 100, 262_140, 1L << 18, (1L << 32) - 8, 3L << 33}) {
      for (int count : new int[] {1, 3, 4, 1023, 5000}) {
        float[] ours = new float[count];
        Philox.bulkUniform(seed, offset, ours);
        assertThat(ours)
            .as("seed %d, %d numbers from %d", seed, count, offset)
            .isEqualTo(curandUniforms(seed, offset, count));
      }
    }
  }

  private static float[] curandUniforms(long seed, long offset, int count) {
    try (Arena arena = Arena.ofConfined();
        Curand generator = Curand.onHost(seed)) {
      MemorySegment numbers = arena.allocate(ValueLayout.JAVA_FLOAT, count);
      generator.offset(offset);
      generator.uniforms(numbers);
      return numbers.toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  @Test
  void nvrtcMakesTheKernelsOfTheCommittedPtxWithTheSameParameters() throws IOException {
    String committed = Files.readString(Repository.root().resolve("native/ptx/advect.ptx"));
    var kernels = entries(committed);
    assertThat(kernels).hasSizeGreaterThan(50);
    assertThat(entries(Nvrtc.ptx(source(), 75, options()))).isEqualTo(kernels);
  }

  /**
   * Generated code takes this way: NVRTC's PTX, which is newer and other text than the committed.
   */
  @Test
  void whatNvrtcMakesOfTheKernelsComputesWhatItShouldOnSoftcuda() throws IOException {
    Path driver = Softcuda.folder().resolve("libcuda.so.1");
    Path ptx = folder.resolve("nvrtc.ptx");
    Files.writeString(ptx, Nvrtc.ptx(source(), 75, options()));
    String check = kernels().resolve("check").toString();
    Cli.Outcome outcome =
        Cli.start(folder, List.of(check, driver.toString(), ptx.toString())).end().requireDone();
    assertThat(outcome.out()).containsPattern("\\d{5,} numbers of kernels compared, 0 wrong");
  }

  /** What the driver would do with the PTX, by the same compiler. */
  @ParameterizedTest
  @ValueSource(ints = 90)
  void nvrtcMakesMachineCodeOfAllKernels(int architecture) throws IOException {
    byte[] cubin = Nvrtc.cubin(source(), architecture, options());
    assertThat(new String(cubin, 1, 3, US_ASCII)).isEqualTo("ELF");
    String names = new String(cubin, US_ASCII);
    assertThat(names).contains("map_tanh", "euler_mlp_128", "adam");
  }

  private static Nvrtc.Source source() throws IOException {
    return new Nvrtc.Source("advect.cu", Files.readString(kernels().resolve("advect.cu")));
  }

  private static Path kernels() {
    return Repository.root().resolve("native/kernels");
  }

  private static List<String> options() {
    return List.of("-std=c++17", "--fmad=false", "-I" + kernels());
  }

  /** The types of each kernel's parameters, in their order. */
  private static TreeMap<String, List<String>> entries(String ptx) {
    var found = new TreeMap<String, List<String>>();
    ENTRY
        .matcher(ptx)
        .results()
        .forEach(
            entry ->
                found.put(
                    entry.group(1),
                    entry
                        .group(2)
                        .lines()
                        .map(line -> line.replaceAll("\\w*_param_\\d+|,", "").strip())
                        .filter(line -> !line.isEmpty())
                        .toList()));
    return found;
  }
}
