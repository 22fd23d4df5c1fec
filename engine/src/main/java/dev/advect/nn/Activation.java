package dev.advect.nn;

import dev.advect.AdvectException;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The functions that stand between the layers of a network; they keep type and dims. */
public enum Activation {
  /** Scaled exponential linear unit (Klambauer et al. 2017): smooth but for a kink at 0. */
  SELU {
    @Override
    public Value apply(Value x) {
      Value negative = x.expm1().times(SELU_SCALE * SELU_ALPHA);
      return positive(x).select(x.times(SELU_SCALE), negative);
    }
  },
  /** x sigmoid(x), also called swish. */
  SILU {
    @Override
    public Value apply(Value x) {
      return x.times(x.sigmoid());
    }
  },
  /** x Phi(x) with the exact normal distribution function Phi, not its tanh approximation. */
  GELU {
    @Override
    public Value apply(Value x) {
      return x.times(x.times(Math.sqrt(0.5)).erf().plus(1)).times(0.5);
    }
  },
  /** tanh(x). */
  TANH {
    @Override
    public Value apply(Value x) {
      return x.tanh();
    }
  },
  /** ln(1 + e^x), written so that no exponential overflows. */
  SOFTPLUS {
    @Override
    public Value apply(Value x) {
      return x.max(0).plus(x.abs().neg().exp().log1p());
    }
  },
  /** max(x, 0) with derivative 0 at 0. Its second derivative is zero: no good for divergences. */
  RELU {
    @Override
    public Value apply(Value x) {
      return positive(x).select(x, x.trace().zeros(x.type()));
    }
  },
  /** Exponential linear unit with alpha = 1. */
  ELU {
    @Override
    public Value apply(Value x) {
      return positive(x).select(x, x.expm1());
    }
  };

  private static final double SELU_SCALE = 1.0507009873554804934193349852946;
  private static final double SELU_ALPHA = 1.6732632423543772848170429916717;

  /** Applies it element by element. */
  public abstract Value apply(Value x);

  /** The activation of a configuration's name, for example {@code selu}. */
  public static Activation of(String name) {
    for (Activation a : values()) {
      if (a.toString().equals(name)) {
        return a;
      }
    }
    throw new AdvectException(
        "there is no activation '%s'".formatted(name),
        "use one of "
            + Arrays.stream(values()).map(Activation::toString).collect(Collectors.joining(", ")));
  }

  private static Value positive(Value x) {
    Trace g = x.trace();
    return g.zeros(x.type()).less(x);
  }

  /** The name used in configurations. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
