package dev.advect.cuda;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.advect.cuda.ffi.cublas.CublasApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * NVIDIA's own cuBLAS, cuRAND and NVRTC, as far as they go without a device: that the bindings fit
 * them, and how their failures read.
 */
@Tag("nvidia-libraries")
class NvidiaLibrariesTest {
  private static final String FOLDERS = System.getenv("ADVECT_NVIDIA_LIBRARIES");

  private static final String SCALE =
      """
      extern "C" __global__ void scale(float* x, float by, int n) {
        int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) {
          x[i] = x[i] * by + 1.0f;
        }
      }
      """;

  @BeforeAll
  static void requireFolders() {
    assumeTrue(
        FOLDERS != null, "ADVECT_NVIDIA_LIBRARIES does not name the folders of NVIDIA's libraries");
    assertThat(System.getenv(CudaLibrary.FOLDER_VARIABLE)).isEqualTo(FOLDERS);
  }

  @Test
  void allThreeAreFoundInTheFoldersThatWereNamed() {
    List<Path> folders = List.of(FOLDERS.split(":")).stream().map(Path::of).toList();
    for (CudaLibrary library : List.of(Cublas.library(), Curand.library(), Nvrtc.library())) {
      assertThat(library)
          .isInstanceOfSatisfying(
              CudaLibrary.Ready.class,
              ready -> assertThat(folders).contains(ready.file().orElseThrow().getParent()));
    }
  }

  @Test
  void withoutADriverAcublasHandleIsNotMadeAndTheReasonIsSaid() {
    assumeTrue(
        CudaLibrary.probe(CudaLibrary.driverName()) instanceof CudaLibrary.Missing,
        "there is an NVIDIA driver here, with which cuBLAS may well begin");
    CudaException e =
        catchThrowableOfType(CudaException.class, () -> Cublas.newHandle("device 0 (absent)"));
    assertThat(e.code()).isEqualTo(CublasApi.CUBLAS_STATUS_NOT_INITIALIZED());
    assertThat(e)
        .hasMessageStartingWith("cublasCreate failed on device 0 (absent)")
        .hasMessageContaining("(CUBLAS_STATUS_NOT_INITIALIZED, 1)")
        .hasMessageContaining("nvidia-smi");
  }

  @Test
  void everyBoundStatusOfCublasHasTheNameThatItsHeaderGivesIt() {
    assertThat(Texts.of(CublasApi.cublasGetStatusName(CublasApi.CUBLAS_STATUS_ALLOC_FAILED())))
        .isEqualTo("CUBLAS_STATUS_ALLOC_FAILED");
    assertThat(Texts.of(CublasApi.cublasGetStatusName(CublasApi.CUBLAS_STATUS_ARCH_MISMATCH())))
        .isEqualTo("CUBLAS_STATUS_ARCH_MISMATCH");
    assertThat(Texts.of(CublasApi.cublasGetStatusName(CublasApi.CUBLAS_STATUS_NOT_SUPPORTED())))
        .isEqualTo("CUBLAS_STATUS_NOT_SUPPORTED");
  }

  @Test
  void curandOnTheHostMakesNumbersAndGoesOnFromAnOffset() {
    assertThat(Curand.version()).isBetween(10_000, 11_000 * 10);
    try (Arena arena = Arena.ofConfined();
        Curand generator = Curand.onHost(42)) {
      MemorySegment whole = arena.allocate(ValueLayout.JAVA_FLOAT, 1000);
      generator.uniforms(whole);
      generator.offset(100);
      MemorySegment part = arena.allocate(ValueLayout.JAVA_FLOAT, 300);
      generator.uniforms(part);
      assertThat(part.mismatch(whole.asSlice(400, 1200))).isEqualTo(-1);
      for (float uniform : whole.toArray(ValueLayout.JAVA_FLOAT)) {
        assertThat(uniform).isGreaterThan(0).isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void curandOnTheHostMakesNormalNumbers() {
    int count = 100_000;
    try (Arena arena = Arena.ofConfined();
        Curand generator = Curand.onHost(1)) {
      MemorySegment normals = arena.allocate(ValueLayout.JAVA_FLOAT, count);
      generator.normals(normals);
      double sum = 0;
      double squares = 0;
      for (float normal : normals.toArray(ValueLayout.JAVA_FLOAT)) {
        sum += normal;
        squares += (double) normal * normal;
      }
      assertThat(sum / count).isCloseTo(0, within(5 / Math.sqrt(count)));
      assertThat(squares / count).isCloseTo(1, within(5 * Math.sqrt(2.0 / count)));
    }
  }

  @Test
  void nvrtcKnowsTheArchitecturesThatAdvectIsMadeFor() {
    assertThat(Nvrtc.version()).isGreaterThanOrEqualTo(Cuda.OLDEST_DRIVER);
    assertThat(Nvrtc.architectures()).contains(75, 80, 86, 89, 90, 100, 120).isSorted();
  }

  @Test
  void nvrtcMakesPtxThatStatesItsKernelAndItsArchitecture() {
    String ptx = Nvrtc.ptx(new Nvrtc.Source("scale.cu", SCALE), 75, List.of("--fmad=false"));
    assertThat(ptx).contains(".target sm_75", ".entry scale(", "mul.rn.f32", "add.rn.f32");
    assertThat(Nvrtc.ptx(new Nvrtc.Source("scale.cu", SCALE), 75, List.of()))
        .contains("fma.rn.f32");
  }

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90, 100})
  void nvrtcMakesMachineCode(int architecture) {
    byte[] cubin = Nvrtc.cubin(new Nvrtc.Source("scale.cu", SCALE), architecture, List.of());
    assertThat(new String(cubin, 1, 3, US_ASCII)).isEqualTo("ELF");
    assertThat(cubin).hasSizeGreaterThan(1000);
  }

  @Test
  void nvrtcSaysWhereAMistakeIs() {
    String wrong = SCALE.replace("x[i] * by", "x[i] * bye");
    assertThatExceptionOfType(CudaException.class)
        .isThrownBy(() -> Nvrtc.ptx(new Nvrtc.Source("fused.cu", wrong), 75, List.of()))
        .withMessageStartingWith("nvrtcCompileProgram of fused.cu for compute_75 failed")
        .withMessageContaining("fused.cu(4): error: identifier \"bye\" is undefined");
  }

  @Test
  void nvrtcSaysThatItDoesNotKnowAnArchitecture() {
    assertThatExceptionOfType(CudaException.class)
        .isThrownBy(() -> Nvrtc.cubin(new Nvrtc.Source("scale.cu", SCALE), 35, List.of()))
        .withMessageContaining("NVRTC_ERROR_INVALID_OPTION")
        .withMessageContaining("knows the device's architecture");
  }
}
