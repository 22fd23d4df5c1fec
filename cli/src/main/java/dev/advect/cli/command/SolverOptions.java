package dev.advect.cli.command;

import dev.advect.cli.UsageException;
import dev.advect.cli.config.Labels;
import dev.advect.cli.config.SamplingConfig;
import dev.advect.cli.config.SamplingConfig.Given;
import dev.advect.cli.config.SamplingConfig.Solver;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a command solves the differential equation. */
final class SolverOptions {
  @Option(
      names = "--solver",
      paramLabel = "NAME",
      converter = Words.SolverName.class,
      description =
          "euler, midpoint, heun, rk4 or rk4-38 in equal --steps, or dopri5, whose steps follow"
              + " the error of each sample; the run's own unless given.")
  private Solver solver;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = Numbers.Steps.class,
      description =
          "Steps between noise and data, for a solver of equal steps; the run's own unless given.")
  private Integer steps;

  @Option(
      names = "--rtol",
      paramLabel = "R",
      converter = Numbers.NotNegative.class,
      description =
          "dopri5: the tolerated error of a step as a part of the coordinate (default: 1e-5, or"
              + " the run's own). float32 cannot resolve less than about 1e-7.")
  private Double rtol;

  @Option(
      names = "--atol",
      paramLabel = "A",
      converter = Numbers.NotNegative.class,
      description =
          "dopri5: the tolerated error of a small coordinate (default: 1e-5, or the run's own).")
  private Double atol;

  @Option(
      names = "--min-step",
      paramLabel = "H",
      converter = Numbers.NotNegative.class,
      description = "dopri5: the smallest step that is tried (default: 1e-6, or the run's own).")
  private Double minStep;

  @Option(
      names = "--max-steps",
      paramLabel = "M",
      converter = Numbers.Steps.class,
      description =
          "dopri5: the most steps that are tried for a sample (default: 10000, or the run's own).")
  private Integer maxSteps;

  @Option(
      names = "--print-times",
      description =
          "Print the times of the solve on stderr as one line of JSON: {\"times\": [...]}; for"
              + " dopri5 those that the first sample was at.")
  private boolean printTimes;

  @Option(
      names = "--seed",
      paramLabel = "N",
      converter = Numbers.Seed.class,
      defaultValue = "0",
      description = "Seed of every draw (default: ${DEFAULT-VALUE}).")
  private long seed;

  /**
   * The same for a stochastic equation, which is solved in Euler steps.
   *
   * @throws UsageException if another solver was asked for
   */
  SamplingConfig overEuler(SamplingConfig own) {
    if (solver != null && solver != Solver.EULER) {
      throw new UsageException(
          "--sde takes euler steps, and --solver asks for %s".formatted(Labels.of(solver)),
          "leave --solver out");
    }
    solver = Solver.EULER;
    return over(own);
  }

  /** The options laid over a run's own. */
  SamplingConfig over(SamplingConfig own) {
    var given =
        new Given(
            Optional.ofNullable(solver),
            Optional.ofNullable(steps),
            Optional.ofNullable(rtol),
            Optional.ofNullable(atol),
            Optional.ofNullable(minStep),
            Optional.ofNullable(maxSteps));
    return own.with(given);
  }

  long seed() {
    return seed;
  }

  boolean printTimes() {
    return printTimes;
  }
}
