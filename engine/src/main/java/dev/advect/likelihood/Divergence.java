package dev.advect.likelihood;

import dev.advect.autodiff.Autodiff;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.random.Purpose;
import java.util.List;
import java.util.Optional;

/** How the divergence of a velocity field, the trace of its Jacobian, is computed. */
public sealed interface Divergence extends VolumeChange {
  /** The sum of the Jacobian's diagonal: one forward-mode pass with all unit vectors at once. */
  record Exact() implements Divergence {}

  /**
   * Hutchinson's estimator (1989): z.Jz for probes z of independent signs, whose expectation is the
   * trace of J, without error if J is diagonal.
   *
   * <p>Each sample keeps its probes for a whole trajectory, since they are drawn by the sample's
   * index and not by the time; otherwise the equation to solve would be noise.
   *
   * @param probes how many estimates each sample makes
   */
  record Hutchinson(int probes) implements Divergence {
    /** Checks the number of probes. */
    public Hutchinson {
      if (probes < 1 || probes > 4096) {
        throw new IllegalArgumentException("1 to 4096 probes expected, not " + probes);
      }
    }
  }

  /** The exact divergence. */
  static Divergence exact() {
    return new Exact();
  }

  /** Hutchinson's estimator with some probes. */
  static Divergence hutchinson(int probes) {
    return new Hutchinson(probes);
  }

  @Override
  default int estimates() {
    return switch (this) {
      case Exact _ -> 1;
      case Hutchinson(int probes) -> probes;
    };
  }

  /**
   * The divergence of v at x.
   *
   * @param v sample[dim], a function of x
   * @param x sample[dim]
   * @return sample[estimates]
   */
  default Value of(Value v, Value x) {
    return of(v, x, probes(x.trace(), x.size()));
  }

  /**
   * The divergence of v at x with the probes of {@link #probes}, wherever they were made.
   *
   * @param v sample[dim], a function of x
   * @param x sample[dim]
   * @return sample[estimates]
   */
  default Value of(Value v, Value x, Optional<Value> probes) {
    return probe(v, x, probes).divergence();
  }

  /** The probes of a sample, sample[probes, dim]; none for the exact divergence. */
  default Optional<Value> probes(Trace g, int dim) {
    return switch (this) {
      case Exact _ -> Optional.empty();
      case Hutchinson(int probes) -> Optional.of(signs(g, probes, dim));
    };
  }

  /**
   * What one forward-mode pass tells of a Jacobian J.
   *
   * @param divergence sample[estimates], the trace of J
   * @param squaredNorm sample[], the squared Frobenius norm of J: the sum of its squared elements,
   *     or the mean of |Jz|^2 over the probes, whose expectation it is
   */
  record Probed(Value divergence, Value squaredNorm) {}

  /** The divergence of v at x, as {@link #of(Value, Value)}, and the size of the Jacobian. */
  default Probed probe(Value v, Value x) {
    return probe(v, x, probes(x.trace(), x.size()));
  }

  private Probed probe(Value v, Value x, Optional<Value> signs) {
    return switch (this) {
      case Exact _ -> {
        Value unit = x.trace().identity(x.size());
        Value jacobian = Autodiff.jvp(List.of(v), List.of(x), List.of(unit)).getFirst();
        yield new Probed(jacobian.times(unit).sum().reshape(1), jacobian.square().sum());
      }
      case Hutchinson(int probes) -> {
        Value z = signs.orElseThrow();
        Value jz = Autodiff.jvp(List.of(v), List.of(x), List.of(z)).getFirst();
        yield new Probed(z.times(jz).sum(1), jz.square().sum().times(1.0 / probes));
      }
    };
  }

  private static Value signs(Trace g, int probes, int dim) {
    Value[] rows = new Value[probes];
    for (int k = 0; k < probes; k++) {
      rows[k] = g.rademacher(Purpose.PROBE + k, dim).reshape(1, dim);
    }
    return g.concat(0, rows);
  }
}
