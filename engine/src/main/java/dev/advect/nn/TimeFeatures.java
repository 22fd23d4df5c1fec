package dev.advect.nn;

import dev.advect.AdvectException;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import java.util.List;
import java.util.Locale;

/** How a network sees the time. */
public enum TimeFeatures {
  /** The raw t. */
  CONCAT(1) {
    @Override
    public Value of(Value t) {
      return t.reshape(1);
    }
  },
  /** t, then cos(k pi t) for k = 1, 2, 3, then sin(k pi t). */
  FOURIER(7) {
    @Override
    public Value of(Value t) {
      Trace g = t.trace();
      Value angle = t.stretch(List.of(3)).times(g.iota(0, 3).plus(1).times(Math.PI));
      return g.concat(0, t.reshape(1), angle.cos(), angle.sin());
    }
  };

  private final int size;

  TimeFeatures(int size) {
    this.size = size;
  }

  /** How many features there are. */
  public int size() {
    return size;
  }

  /** sample[] to sample[size]. */
  public abstract Value of(Value t);

  /** The features of a configuration's name, for example {@code concat}. */
  public static TimeFeatures of(String name) {
    for (TimeFeatures f : values()) {
      if (f.toString().equals(name)) {
        return f;
      }
    }
    throw new AdvectException(
        "there are no time features '%s'".formatted(name), "use concat or fourier");
  }

  /** The name used in configurations. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
