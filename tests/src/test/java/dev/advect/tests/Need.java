package dev.advect.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;

/** What some commands of the documentation need that not every machine has. */
final class Need {
  private static final String IMPORT = "import jax, numpy, ot, safetensors, torch";

  private Need() {}

  /**
   * Skips commands where what they need is not there, or fails them where it is to be.
   *
   * @param need as a page says it
   * @return the variables with which they find it
   */
  static Map<String, String> require(String need) {
    return switch (need) {
      case "a GPU" -> Map.of("ADVECT_CUDA_PATH", Softcuda.folder().toString());
      case "Docker" -> docker();
      case "Docker and a GPU" -> {
        docker();
        yield Map.of("SOFTCUDA", Softcuda.folder().toString());
      }
      case "NVIDIA's libraries" -> {
        boolean there = System.getenv("ADVECT_NVIDIA_LIBRARIES") != null;
        assumeTrue(there, "ADVECT_NVIDIA_LIBRARIES is not set, and pip may not find them either.");
        yield Map.of();
      }
      case "PyTorch" -> {
        String script = "python3 -c '" + IMPORT + "'";
        Cli.Outcome python = Cli.start(Repository.root(), List.of("bash", "-c", script)).end();
        assumeTrue(python.exit() == 0, "python3 failed: " + IMPORT);
        yield Map.of();
      }
      default -> throw new AssertionError("no test knows how to have " + need);
    };
  }

  private static Map<String, String> docker() {
    AdvectContainer.cpu();
    AdvectContainer.gpu();
    return Map.of();
  }
}
