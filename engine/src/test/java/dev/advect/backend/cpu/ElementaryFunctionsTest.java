package dev.advect.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.backend.cpu.Region.Effect;
import dev.advect.backend.cpu.Region.Instruction;
import dev.advect.backend.cpu.Region.Operand;
import dev.advect.backend.cpu.Region.Out;
import dev.advect.backend.cpu.Region.Ref;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Op.Elementwise;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Accuracy, special values and reproducibility of the generated elementary functions. */
class ElementaryFunctionsTest {
  private static final int N = 1 << 16;
  private final Kernels kernels = new VectorKernels();

  private FusedLoop loop(Elementwise op) {
    var refs = new ArrayList<Ref>();
    var operands = new ArrayList<Operand>();
    for (int i = 0; i < op.arity(); i++) {
      refs.add(new Ref.Load(i));
      operands.add(Operand.ROW);
    }
    operands.add(Operand.ROW);
    return kernels.compile(
        new Region(
            true,
            operands,
            List.of(new Instruction(op, refs)),
            List.of(new Out(Effect.STORE, 0, op.arity()))));
  }

  private float[] apply(Elementwise op, float[]... x) {
    return apply(loop(op), x);
  }

  private static float[] apply(FusedLoop loop, float[]... x) {
    int n = x[0].length;
    float[][] arrays = new float[x.length + 1][];
    System.arraycopy(x, 0, arrays, 0, x.length);
    arrays[x.length] = new float[n];
    int[] zeros = new int[arrays.length];
    loop.run(arrays, zeros, zeros, new int[arrays.length][], 0, 1, 0, n, 0);
    return arrays[x.length];
  }

  /** Errors in ulps of the larger of the true value and the floor. */
  @ParameterizedTest
  @CsvSource({
    "EXP, -87, 88, 0, 2",
    "EXP, -1, 1, 0, 2",
    "EXPM1, -20, 88, 0, 2",
    "EXPM1, -0.01, 0.01, 0, 2",
    "LOG, 1e-30, 1e30, 0, 2",
    "LOG, 0.5, 2, 0, 2",
    "LOG1P, -0.9, 10, 0, 3",
    "LOG1P, -0.001, 0.001, 0, 2",
    "SIGMOID, -80, 80, 0, 3",
    "TANH, -20, 20, 0, 3",
    "TANH, -0.7, 0.7, 0, 3",
    "SIN, -10000, 10000, 1, 2",
    "COS, -10000, 10000, 1, 2",
    "ERF, -5, 5, 1, 4"
  })
  void functionsAreAccurate(Elementwise op, float from, float to, float floor, double ulps) {
    float[] x = new float[N];
    var random = new Random(3);
    for (int i = 0; i < N; i++) {
      boolean logarithmic = from > 0 && to / from > 1e6;
      double u = random.nextDouble();
      x[i] =
          logarithmic
              ? (float) Math.exp(Math.log(from) + u * Math.log(to / (double) from))
              : (float) (from + u * (to - (double) from));
    }
    float[] y = apply(op, x);
    double worst = 0;
    float where = 0;
    for (int i = 0; i < N; i++) {
      double want = Interpreter.apply(op, x[i], 0, 0);
      double ulp = Math.ulp((float) Math.max(Math.abs(want), floor));
      double error = Math.abs(y[i] - want) / ulp;
      if (!(error <= worst)) {
        worst = error;
        where = x[i];
      }
    }
    assertThat(worst).as("%s, worst at %s", op, where).isLessThanOrEqualTo(ulps);
  }

  @Test
  void powersAreAccurate() {
    var random = new Random(4);
    float[] x = new float[N];
    float[] y = new float[N];
    for (int i = 0; i < N; i++) {
      x[i] = 0.1f + 5 * random.nextFloat();
      y[i] = (float) random.nextGaussian() * 3;
    }
    float[] z = apply(Elementwise.POW, x, y);
    for (int i = 0; i < N; i++) {
      double want = Math.pow(x[i], y[i]);
      double ulps = 3 + 2 * Math.abs(y[i] * Math.log(x[i]));
      assertThat(Math.abs(z[i] - want)).isLessThanOrEqualTo(ulps * Math.ulp((float) want));
    }
  }

  /** What is not finite comes out as the JDK's functions have it. */
  @ParameterizedTest
  @EnumSource(
      value = Elementwise.class,
      names = {"EXP", "EXPM1", "LOG", "LOG1P", "SIGMOID", "TANH", "SQRT", "ABS", "NEG", "RECIP"})
  void specialValuesComeOutRight(Elementwise op) {
    float[] x = new float[16];
    float[] special = {
      0f,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      1000f,
      -1000f,
      -1f,
      1f,
      Float.MIN_VALUE,
      1e-40f,
      3e38f,
      -2f
    };
    System.arraycopy(special, 0, x, 0, special.length);
    float[] y = apply(op, x);
    for (int i = 0; i < special.length; i++) {
      double want = Interpreter.apply(op, x[i], 0, 0);
      if (Float.isNaN((float) want) || Float.isInfinite((float) want)) {
        assertThat((Object) y[i]).as("%s of %s", op, x[i]).isEqualTo((float) want);
      } else {
        double tolerance = 4 * Math.max(Math.ulp((float) want), Float.MIN_NORMAL);
        assertThat(Math.abs(y[i] - want)).as("%s of %s", op, x[i]).isLessThanOrEqualTo(tolerance);
      }
    }
  }

  /** The bits must not change when the just-in-time compiler gets hold of a loop. */
  @ParameterizedTest
  @EnumSource(Elementwise.class)
  void bitsDoNotDependOnWhetherALoopIsCompiled(Elementwise op) {
    float[][] x = new float[op.arity()][1024];
    var random = new Random(5);
    for (float[] a : x) {
      for (int i = 0; i < a.length; i++) {
        a[i] = (float) (Math.abs(random.nextGaussian()) * 3);
      }
    }
    FusedLoop loop = loop(op);
    float[] first = apply(loop, x);
    for (int run = 0; run < 4000; run++) {
      assertThat(apply(loop, x)).isEqualTo(first);
    }
  }
}
