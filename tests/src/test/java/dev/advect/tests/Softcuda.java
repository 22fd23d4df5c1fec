package dev.advect.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The CUDA device in software, which {@code native/softcuda/build} makes. */
final class Softcuda {
  /** Skips the test where softcuda is not built, or fails it where it is to be. */
  static Path folder() {
    Path folder = Repository.root().resolve("native/softcuda/target");
    boolean built = Files.exists(folder.resolve("libcuda.so.1"));
    String problem = "There is no softcuda in " + folder + ": run native/softcuda/build.";
    if (!built && "true".equals(System.getenv("ADVECT_REQUIRE_SOFTCUDA"))) {
      throw new AssertionError(problem);
    }
    assumeTrue(built, problem);
    return folder;
  }

  private Softcuda() {}
}
