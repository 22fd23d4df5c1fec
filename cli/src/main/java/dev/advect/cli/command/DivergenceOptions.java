package dev.advect.cli.command;

import dev.advect.cli.UsageException;
import dev.advect.cli.command.Words.DivergenceKind;
import dev.advect.likelihood.Divergence;
import picocli.CommandLine.Option;

/** How a command computes the divergence of the field. */
final class DivergenceOptions {
  @Option(
      names = "--divergence",
      paramLabel = "KIND",
      converter = Words.DivergenceName.class,
      defaultValue = "exact",
      description =
          "exact (one derivative a column), or hutchinson (an unbiased estimate from random"
              + " probes).")
  private DivergenceKind kind;

  @Option(
      names = "--probes",
      paramLabel = "K",
      converter = Numbers.Probes.class,
      description = "Probes of hutchinson (default: 1); 2 or more give a standard error.")
  private Integer probes;

  /** The engine's divergence. */
  Divergence divergence() {
    return switch (kind) {
      case EXACT -> {
        if (probes != null) {
          throw new UsageException(
              "--probes means nothing with the exact divergence",
              "add --divergence hutchinson, or leave --probes out");
        }
        yield Divergence.exact();
      }
      case HUTCHINSON -> Divergence.hutchinson(probes == null ? 1 : probes);
    };
  }

  /** Whether an option was given. */
  boolean given() {
    return kind != DivergenceKind.EXACT || probes != null;
  }
}
