package dev.advect.cli.command;

import dev.advect.cli.UsageException;
import dev.advect.cli.command.Words.DivergenceKind;
import dev.advect.cli.config.Labels;
import dev.advect.cli.config.SamplingConfig;
import dev.advect.cli.config.SamplingConfig.Solver;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.VolumeChange;
import picocli.CommandLine.Option;

/** How a command computes the divergence of the field. */
final class DivergenceOptions {
  @Option(
      names = "--divergence",
      paramLabel = "KIND",
      converter = Words.DivergenceName.class,
      defaultValue = "exact",
      description =
          "exact (one derivative a column), hutchinson (an unbiased estimate from random probes),"
              + " or discrete-exact (the true log-density of the sampler of N Euler steps, by its"
              + " exact inverse; only with --solver euler, and with steps that are invertible).")
  private DivergenceKind kind;

  @Option(
      names = "--probes",
      paramLabel = "K",
      converter = Numbers.Probes.class,
      description = "Probes of hutchinson (default: 1); 2 or more give a standard error.")
  private Integer probes;

  /** How the engine is to compute it. */
  VolumeChange change() {
    if (probes != null && kind != DivergenceKind.HUTCHINSON) {
      throw new UsageException(
          "--probes means nothing with the divergence " + Labels.of(kind),
          "add --divergence hutchinson, or leave --probes out");
    }
    return switch (kind) {
      case EXACT -> Divergence.exact();
      case DISCRETE_EXACT -> VolumeChange.discreteExact();
      case HUTCHINSON -> Divergence.hutchinson(probes == null ? 1 : probes);
    };
  }

  /** Refuses a solver that is not the one the change of variables is of. */
  void requireFit(SamplingConfig sampling) {
    if (kind == DivergenceKind.DISCRETE_EXACT && sampling.solver() != Solver.EULER) {
      throw new UsageException(
          "--divergence discrete-exact is of Euler steps, not of " + Labels.of(sampling.solver()),
          "add --solver euler, or use --divergence exact");
    }
  }

  /** The word for it. */
  String label() {
    return Labels.of(kind);
  }

  /** Whether an option was given. */
  boolean given() {
    return kind != DivergenceKind.EXACT || probes != null;
  }
}
