package dev.advect.cli.command;

import dev.advect.cli.run.ReferenceSets;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Whole numbers of the command line, checked as they are read. */
final class Numbers {
  private Numbers() {}

  /** From 1 to 2^31 - 1. */
  static final class Count implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return (int) whole(text, 1, Integer.MAX_VALUE);
    }
  }

  /** From 1 to 2^24, the most steps of a training or a solve. */
  static final class Steps implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return (int) whole(text, 1, 1 << 24);
    }
  }

  /** From 0 to 2^63 - 1. */
  static final class Seed implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return whole(text, 0, Long.MAX_VALUE);
    }
  }

  /** From 1 to 1024. */
  static final class Threads implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return (int) whole(text, 1, 1024);
    }
  }

  /** From 1 to 4096. */
  static final class Probes implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return (int) whole(text, 1, 4096);
    }
  }

  /** From 2 to 20000, the sizes of sets whose exact distance is computed. */
  static final class SetSize implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return (int) whole(text, 2, ReferenceSets.MOST_ROWS);
    }
  }

  /** From 1 to 1000. */
  static final class Draws implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return (int) whole(text, 1, 1000);
    }
  }

  /** Any number but infinities and NaN. */
  static final class Finite implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return number(text, Double.NEGATIVE_INFINITY, "a finite number");
    }
  }

  /** A finite number above 0. */
  static final class Positive implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return number(text, Double.MIN_VALUE, "a number above 0");
    }
  }

  /** A finite number of at least 0. */
  static final class NotNegative implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return number(text, 0, "a number of at least 0");
    }
  }

  /** A number as a person writes it: 2 rather than 2.0. */
  static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private static double number(String text, double least, String range) {
    try {
      double value = Double.parseDouble(text);
      if (value >= least && Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Said below, as for a number out of range.
    }
    throw new TypeConversionException("it must be %s, not '%s'".formatted(range, text));
  }

  private static long whole(String text, long least, long most) {
    String range =
        most >= Integer.MAX_VALUE
            ? "a whole number of at least " + least
            : "a whole number from %d to %d".formatted(least, most);
    try {
      long value = Long.parseLong(text.replace("_", ""));
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Said below, as for a number out of range.
    }
    throw new TypeConversionException("it must be %s, not '%s'".formatted(range, text));
  }
}
