package dev.advect.cli.command;

import dev.advect.cli.config.SamplingConfig;
import dev.advect.cli.config.SamplingConfig.Solver;
import picocli.CommandLine.Option;

/** How a command solves the differential equation. */
final class SolverOptions {
  @Option(
      names = "--solver",
      paramLabel = "NAME",
      converter = Words.SolverName.class,
      description = "euler, midpoint, heun, rk4 or rk4-38; the run's own unless given.")
  private Solver solver;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = Numbers.Steps.class,
      description = "Steps between noise and data; the run's own unless given.")
  private Integer steps;

  @Option(
      names = "--seed",
      paramLabel = "N",
      converter = Numbers.Seed.class,
      defaultValue = "0",
      description = "Seed of every draw (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** The options laid over a run's own. */
  SamplingConfig over(SamplingConfig own) {
    return new SamplingConfig(
        solver == null ? own.solver() : solver, steps == null ? own.steps() : steps);
  }

  long seed() {
    return seed;
  }
}
