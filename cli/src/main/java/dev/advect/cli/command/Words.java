package dev.advect.cli.command;

import dev.advect.cli.config.Labels;
import dev.advect.cli.config.SamplingConfig.Solver;
import dev.advect.cli.run.Part;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Words of the command line that stand for the constants of an enum. */
final class Words {
  private Words() {}

  /** How the divergence is computed. */
  enum DivergenceKind {
    EXACT,
    HUTCHINSON,
    DISCRETE_EXACT
  }

  /** A solver. */
  static final class SolverName implements ITypeConverter<Solver> {
    @Override
    public Solver convert(String text) {
      return find(Solver.class, text);
    }
  }

  /** A part of finite data. */
  static final class PartName implements ITypeConverter<Part> {
    @Override
    public Part convert(String text) {
      return find(Part.class, text);
    }
  }

  /** A kind of divergence. */
  static final class DivergenceName implements ITypeConverter<DivergenceKind> {
    @Override
    public DivergenceKind convert(String text) {
      return find(DivergenceKind.class, text);
    }
  }

  private static <E extends Enum<E>> E find(Class<E> constants, String text) {
    return Labels.find(constants, text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "it must be one of %s, not '%s'"
                        .formatted(String.join(", ", Labels.all(constants)), text)));
  }
}
