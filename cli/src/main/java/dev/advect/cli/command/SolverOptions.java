package dev.advect.cli.command;

import dev.advect.cli.config.Labels;
import dev.advect.cli.config.SamplingConfig;
import dev.advect.cli.config.SamplingConfig.Solver;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How a command solves the differential equation. */
final class SolverOptions {
  @Option(
      names = "--solver",
      paramLabel = "NAME",
      converter = Name.class,
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

  /** A solver by its label. */
  static final class Name implements ITypeConverter<Solver> {
    @Override
    public Solver convert(String text) {
      List<String> labels = Stream.of(Solver.values()).map(Labels::of).toList();
      int index = labels.indexOf(text);
      if (index < 0) {
        throw new TypeConversionException(
            "it must be one of %s, not '%s'".formatted(String.join(", ", labels), text));
      }
      return Solver.values()[index];
    }
  }
}
