package dev.advect.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.backend.reference.Special;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** The laws that are drawn are those that are meant: tests of Kolmogorov and Smirnov. */
class TimeLawTest {
  private static final int N = 4000;

  /**
   * What the largest distance between the empirical and the true distribution function exceeds with
   * a probability of 1e-4: sqrt(ln(2 / 1e-4) / (2 N)) = 0.0352 (Smirnov's asymptotic tail). The
   * seed is fixed, so that the test does not depend on luck.
   */
  private static final double CRITICAL = Math.sqrt(Math.log(2 / 1e-4) / (2 * N));

  private static double[] draw(TimeLaw law, TimeInterval times, int samples, long step) {
    Value t = law.draw(new Trace(), times);
    return Interpreter.evaluate(List.of(t), Map.of(), Slice.batch(samples, step), 42).get(t);
  }

  /** The largest distance between the distribution function of the numbers and another. */
  private static double distance(double[] numbers, DoubleUnaryOperator cdf) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    double largest = 0;
    for (int i = 0; i < sorted.length; i++) {
      double expected = cdf.applyAsDouble(sorted[i]);
      largest = Math.max(largest, Math.abs(expected - (double) i / sorted.length));
      largest = Math.max(largest, Math.abs(expected - (i + 1.0) / sorted.length));
    }
    return largest;
  }

  private static double normalCdf(double z) {
    return 0.5 * (1 + Special.erf(z / Math.sqrt(2)));
  }

  private static double logit(double t) {
    return Math.log(t / (1 - t));
  }

  @Test
  void drawsFollowTheirDensities() {
    TimeInterval whole = TimeInterval.whole();
    double uniform = distance(draw(new TimeLaw.Uniform(), whole, N, 0), t -> t);
    double logitNormal =
        distance(
            draw(new TimeLaw.LogitNormal(0.4, 0.8), whole, N, 1),
            t -> normalCdf((logit(t) - 0.4) / 0.8));
    double power = distance(draw(new TimeLaw.Power(4), whole, N, 2), t -> Math.pow(t, 5));
    double early = distance(draw(new TimeLaw.Power(-0.5), whole, N, 3), Math::sqrt);
    assertThat(DoubleStream.of(uniform, logitNormal, power, early))
        .as("Kolmogorov-Smirnov statistics of %d draws; the critical value is %s", N, CRITICAL)
        .allMatch(d -> d < CRITICAL);
  }

  @Test
  void theTestCanTellLawsApart() {
    TimeInterval whole = TimeInterval.whole();
    double[] power = draw(new TimeLaw.Power(4), whole, N, 0);
    // With the exponent of the draw for that of the density; and uniform for logit-normal.
    assertThat(distance(power, t -> Math.pow(t, 1.2))).isGreaterThan(10 * CRITICAL);
    assertThat(distance(draw(new TimeLaw.LogitNormal(0, 1), whole, N, 0), t -> t))
        .isGreaterThan(2 * CRITICAL);
  }

  /** One draw in each of B equal parts of the time: the distance is below 1/B, always. */
  @Test
  void stratifiedTimesCoverEveryBatch() {
    double[] t = draw(new TimeLaw.Stratified(), TimeInterval.whole(), 64, 5);
    for (int i = 0; i < 64; i++) {
      assertThat(t[i]).isBetween(i / 64.0, (i + 1) / 64.0);
    }
    assertThat(distance(t, x -> x)).isLessThanOrEqualTo(1 / 64.0 + 1e-12);
    assertThat(draw(new TimeLaw.Stratified(), TimeInterval.whole(), 64, 6)).isNotEqualTo(t);
    double[] all = new double[64 * 64];
    for (int step = 0; step < 64; step++) {
      double[] batch = draw(new TimeLaw.Stratified(), TimeInterval.whole(), 64, step);
      for (int i = 0; i < 64; i++) {
        all[step * 64 + i] = batch[i] * 64 - i;
      }
    }
    assertThat(distance(all, x -> x)).isLessThan(CRITICAL);
  }

  @Test
  void everyLawStaysInTheInterval() {
    var times = new TimeInterval(0.25, 0.75);
    for (TimeLaw law :
        List.of(
            new TimeLaw.Uniform(),
            new TimeLaw.Stratified(),
            new TimeLaw.LogitNormal(0, 1),
            new TimeLaw.Power(1))) {
      double[] t = draw(law, times, N, 0);
      double[] whole = draw(law, TimeInterval.whole(), N, 0);
      assertThat(DoubleStream.of(t)).as(law.toString()).allMatch(x -> x >= 0.25 && x <= 0.75);
      assertThat(t[7]).isCloseTo(0.25 + 0.5 * whole[7], within(1e-12));
    }
  }

  @Test
  void refusesNumbersOfNoLaw() {
    assertThatThrownBy(() -> new TimeLaw.Power(-1))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("-1.0");
    assertThatThrownBy(() -> new TimeLaw.LogitNormal(0, 0)).hasMessageContaining("std of 0.0");
  }
}
