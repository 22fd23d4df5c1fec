package dev.advect.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark still runs. */
class BenchmarksTest {
  private static final List<Class<?>> CLASSES =
      List.of(
          ProductBenchmark.class,
          OuterBenchmark.class,
          TurnBenchmark.class,
          FusedBenchmark.class,
          DrawBenchmark.class);

  @Test
  void everyBenchmarkRunsOnceWithEachOfItsParameters() throws RunnerException {
    var options =
        new OptionsBuilder()
            .mode(Mode.SingleShotTime)
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    Set<String> methods =
        CLASSES.stream()
            .flatMap(BenchmarksTest::benchmarks)
            .map(m -> m.getDeclaringClass().getName() + "." + m.getName())
            .collect(Collectors.toSet());
    assertThat(methods).hasSize(CLASSES.size());
    assertThat(results.stream().map(r -> r.getParams().getBenchmark()).collect(Collectors.toSet()))
        .isEqualTo(methods);
    // Vectors and twins of: 4 by 3 by 3 products, 4 by 2 outer ones, 2 turns, 4 functions, 3 laws.
    assertThat(results).hasSize(2 * (36 + 8 + 2 + 4 + 3));
  }

  private static Stream<Method> benchmarks(Class<?> type) {
    return Arrays.stream(type.getMethods()).filter(m -> m.isAnnotationPresent(Benchmark.class));
  }
}
