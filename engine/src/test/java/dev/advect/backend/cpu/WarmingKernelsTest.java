package dev.advect.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.graph.Op.Distribution;
import dev.advect.graph.Op.Source;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Whoever does a piece of work, and whenever vectors are tried, its bits are the same. */
class WarmingKernelsTest {
  private static final int FLOATS = 1 << 14;
  private static final int MOST_CALLS = 10_000_000;
  private static final int MORE_CALLS = 100;

  private final Kernels vectors = new VectorKernels();
  private final Kernels plain = ScalarKernels.twin(vectors);
  private final int p = vectors.panel();
  private final float[] numbers = numbers();
  private int vectorCalls;

  private static float[] numbers() {
    float[] numbers = new float[FLOATS];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) Math.sin(i);
    }
    return numbers;
  }

  /** The kernels on vectors, which count their calls. */
  private Kernels counted() {
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(),
            new Class<?>[] {Kernels.class},
            (_, method, arguments) -> {
              vectorCalls++;
              try {
                return method.invoke(vectors, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Calls a primitive until vectors were tried, and some times more. */
  private void warm(BiConsumer<Kernels, float[]> primitive) {
    Kernels warming = new WarmingKernels(counted(), plain);
    float[] expected = new float[FLOATS];
    primitive.accept(plain, expected);
    vectorCalls = 0;
    assertSame(warming, primitive, expected);
    assertThat(vectorCalls).as("calls of vectors before there is much work").isZero();
    warming.expect(1e12);
    for (int i = 0; i < MOST_CALLS && vectorCalls == 0; i++) {
      assertSame(warming, primitive, expected);
    }
    for (int i = 0; i < MORE_CALLS; i++) {
      assertSame(warming, primitive, expected);
    }
    assertThat(vectorCalls).as("calls of vectors").isPositive();
  }

  private static void assertSame(
      Kernels kernels, BiConsumer<Kernels, float[]> primitive, float[] expected) {
    float[] actual = new float[FLOATS];
    primitive.accept(kernels, actual);
    if (!Arrays.equals(actual, expected)) {
      assertThat(actual).isEqualTo(expected);
    }
  }

  @Test
  void turnsSquares() {
    warm((kernels, out) -> kernels.turn(numbers, 3, p + 1, out, 5, p));
  }

  @Test
  void draws() {
    var room = new Kernels.Room(new int[4 * p], new float[p]);
    for (Distribution distribution : Distribution.values()) {
      int bound = distribution == Distribution.INDEX ? 1000 : 0;
      var draw = new Source.Draw(distribution, 1, bound);
      var key = new Kernels.Key(7, 11);
      warm((kernels, out) -> kernels.draw(key, draw, 64, 2, 4, out, 5, room));
    }
  }
}
