package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever call of the driver, cuBLAS or cuRAND fails: it is named, and nothing is left over on the
 * device.
 */
class InjectedFailuresTest {
  private static final Pattern SUMMARY =
      Pattern.compile("(\\d+) functions, (\\d+) cases, 0 wrong\\s*$");

  @TempDir private Path folder;

  @Test
  void ofTheTypedLayer() {
    assertAllWell(TypedLayerWork.class, 45, 80);
  }

  /** Also: exit code 1, a message without a stack trace, and a checkpoint that can be read. */
  @Test
  void ofATraining() {
    Cli cli = Cli.quickIn(folder).where("ADVECT_CUDA_PATH", Softcuda.folder());
    String devices = cli.done("devices").out();
    assumeTrue(devices.matches("(?s).*\\bcuda +ready: .*"), devices);
    assertAllWell(TrainingWork.class, 20, 40);
  }

  private void assertAllWell(Class<?> program, int functions, int cases) {
    Cli.Outcome outcome =
        Cli.quickIn(folder)
            .with("-Dadvect.leaks=fail")
            .where("ADVECT_CUDA_PATH", Softcuda.folder())
            .program(program, folder.toString());
    Matcher summary = SUMMARY.matcher(outcome.out());
    assertThat(summary.find()).as(outcome.out() + outcome.err()).isTrue();
    assertThat(Integer.parseInt(summary.group(1))).isGreaterThanOrEqualTo(functions);
    assertThat(Integer.parseInt(summary.group(2))).isGreaterThanOrEqualTo(cases);
    System.out.print(program.getSimpleName() + ": " + outcome.out());
  }
}
