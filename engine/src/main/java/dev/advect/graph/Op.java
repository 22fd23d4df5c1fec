package dev.advect.graph;

import java.util.List;

/**
 * What a primitive does; one kind of primitive for each kind of differentiation rule.
 *
 * <p>The batch axis appears in exactly three pairs of operations, each other's transposes, so the
 * set is closed under differentiation: {@link Linear.Spread} and {@link Linear.SumSamples}; {@link
 * Linear.Contract} without and with its flag; {@link Linear.Gather} and {@link Linear.ScatterAdd}.
 */
public sealed interface Op {

  /** Acts element by element; its rule is its partial derivatives, which serve vjp and jvp. */
  enum Elementwise implements Op {
    NEG(1),
    ABS(1),
    /** -1, 0 or 1. */
    SIGN(1),
    EXP(1),
    LOG(1),
    LOG1P(1),
    EXPM1(1),
    SQRT(1),
    /** 1/x. */
    RECIP(1),
    SIN(1),
    COS(1),
    TANH(1),
    /** 1/(1+exp(-x)). */
    SIGMOID(1),
    /** The error function. */
    ERF(1),
    ADD(2),
    SUB(2),
    MUL(2),
    DIV(2),
    MAX(2),
    MIN(2),
    POW(2),
    /** 1 where x &lt; y, else 0. */
    LESS(2),
    /** 1 where x equals y, else 0. */
    EQUAL(2),
    /** select(c, a, b): a where c is not 0, else b. The branch not taken may be infinite. */
    SELECT(3);

    private final int arity;

    Elementwise(int arity) {
      this.arity = arity;
    }

    /** How many arguments it takes. */
    public int arity() {
      return arity;
    }
  }

  /**
   * Linear in each differentiable argument; its rule is its transpose, and its jvp is itself. The
   * set is closed under transposition.
   */
  sealed interface Linear extends Op {
    /** shared to per-sample: every sample sees the same. Transpose: {@link SumSamples}. */
    record Spread() implements Linear {}

    /** per-sample to shared: the sum over all samples of the batch. Transpose: {@link Spread}. */
    record SumSamples() implements Linear {}

    /** The sum over some axes inside a value. Transpose: {@link Broadcast}. */
    record Sum(List<Integer> axes) implements Linear {
      /** Copies the axes. */
      public Sum {
        axes = List.copyOf(axes);
      }
    }

    /** Repeats along new axes: {@code dims} is the result's, {@code axes} are the new ones. */
    record Broadcast(List<Integer> dims, List<Integer> axes) implements Linear {
      /** Copies the lists. */
      public Broadcast {
        dims = List.copyOf(dims);
        axes = List.copyOf(axes);
      }
    }

    /** Elements {@code from} (inclusive) to {@code to} (exclusive) of an axis. Transpose: Pad. */
    record Slice(int axis, int from, int to) implements Linear {}

    /** Zeros before and after along an axis. Transpose: {@link Slice}. */
    record Pad(int axis, int before, int after) implements Linear {}

    /** The same elements in row-major order under other dims. */
    record Reshape(List<Integer> dims) implements Linear {
      /** Copies the dims. */
      public Reshape {
        dims = List.copyOf(dims);
      }
    }

    /** Axis i of the result is axis {@code order[i]} of the argument. */
    record Transpose(List<Integer> order) implements Linear {
      /** Copies the order. */
      public Transpose {
        order = List.copyOf(order);
      }
    }

    /** Puts its arguments one after the other along an axis. Transpose: slices. */
    record Concat(int axis) implements Linear {}

    /**
     * (table shared[V, ...], index sample[I...]) to sample[I..., ...]: rows of a shared table
     * picked by a per-sample index. Linear in the table. Transpose: {@link ScatterAdd}.
     */
    record Gather() implements Linear {}

    /**
     * (x sample[I..., ...], index sample[I...]) to shared[rows, ...]: adds every sample's rows into
     * a shared table. Linear in x. Transpose: {@link Gather}.
     */
    record ScatterAdd(int rows) implements Linear {}

    /**
     * The one matrix product, with einsum labels: {@code out = sum over labels not in out of a*b}.
     * With {@code sumSamples} both arguments are per-sample, the result is shared, and the sum runs
     * over the samples too: the weight gradient X^T dY.
     */
    record Contract(String a, String b, String out, boolean sumSamples) implements Linear {}
  }

  /** The extreme element over some axes; its rule is where the picked element came from. */
  record Extremum(Kind kind, List<Integer> axes) implements Op {
    /** Which extreme; {@code ARGMAX} takes one axis, answers the first index, and is constant. */
    public enum Kind {
      MAX,
      MIN,
      ARGMAX
    }

    /** Copies the axes. */
    public Extremum {
      axes = List.copyOf(axes);
    }
  }

  /** Where values come from; no derivative. */
  sealed interface Source extends Op {
    /** A value from outside, by name. Shared inputs keep their contents between runs. */
    record Input(String name) implements Source {}

    /** What a {@link Repeat} carries from one pass of its body to the next, by name. */
    record Carry(String name) implements Source {}

    /** One number everywhere. */
    record Constant(float value) implements Source {}

    /** The index along an axis of a shared value. */
    record Iota(int axis) implements Source {}

    /** Something the run knows of itself. */
    record Ambient(Fact fact) implements Source {
      /** What is known. */
      public enum Fact {
        /** 1/B for the global batch of B samples. */
        RECIPROCAL_BATCH,
        /** The step counter of the run. */
        STEP
      }
    }

    /** The index of the sample in the global batch, a float: exact below 2^24. */
    record SampleIndex() implements Source {}

    /**
     * A per-sample random value: a pure function of (seed, purpose, step, sample index, element),
     * never of tile, thread or device.
     *
     * @param distribution the law of each element
     * @param purpose what the draw is for; two draws are independent if their purposes differ
     * @param bound for {@link Distribution#INDEX} the number of values, else 0
     */
    record Draw(Distribution distribution, int purpose, int bound) implements Source {}
  }

  /** The law of one drawn element. */
  enum Distribution {
    /** Uniform on (0, 1], the mid-points of 2^32 cells rounded to float. */
    UNIFORM,
    /** Standard normal (Box-Muller). */
    NORMAL,
    /** -1 or 1 with equal probability. */
    RADEMACHER,
    /** A whole number from 0 to bound-1. */
    INDEX
  }
}
