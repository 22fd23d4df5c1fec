package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.advect.AdvectException;
import dev.advect.graph.Value;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.path.FunctionPath;
import dev.advect.path.GaussianPath;
import dev.advect.path.TimeInterval;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A path given as functions is checked when a training is made of it. */
class FunctionCheckTest {
  private static final GaussianPath.Mean TIMES_T = (t, _, x1) -> t.times(x1);

  private static FlowMatching matching(GaussianPath path) {
    return FlowMatching.of(Mlp.of(2, 4, 1, Activation.SELU), path);
  }

  private static void assertRefused(FunctionPath path, String said) {
    assertThatThrownBy(() -> matching(path))
        .isInstanceOf(AdvectException.class)
        .hasMessageStartingWith("the path 'mine': its ")
        .hasMessageContaining(said);
  }

  private static FunctionPath path(GaussianPath.Mean mean, UnaryOperator<Value> std) {
    return GaussianPath.of("mine", mean, std);
  }

  @Test
  void goodPathsAreTaken() {
    FunctionPath straight = path(TIMES_T, t -> t.neg().plus(1));
    assertThat(matching(straight).flow().path()).contains(straight);
    matching(path((t, x0, x1) -> t.neg().plus(1).times(x0).plus(t.times(x1)), t -> t.times(0)));
    UnaryOperator<Value> root = t -> t.square().neg().plus(1).sqrt();
    matching(path(TIMES_T, root).withTimes(new TimeInterval(0, 0.999)));
    matching(path(TIMES_T, t -> t.neg().plus(1).times(3)).withBaseStd(3));
  }

  @Test
  void badPathsAreToldWithTheirTime() {
    UnaryOperator<Value> falling = t -> t.neg().plus(1);
    assertRefused(path((t, _, x1) -> t.neg().plus(1).times(x1), falling), "mean is 1.0 at t = 0");
    assertRefused(path((t, _, x1) -> t.times(0.5).times(x1), falling), "mean is 0.5 at t = 1");
    assertRefused(path(TIMES_T, t -> t.times(-2).plus(1)), "std is 0.0 at t = 0.5");
    assertRefused(path(TIMES_T, t -> t.recip()), "std is Infinity at t = 0.0");
    assertRefused(path(TIMES_T, t -> t.neg().plus(1).times(3)), "std is 3.0 at t = 0, where");
    assertRefused(
        path(TIMES_T, t -> t.square().neg().plus(1).sqrt()),
        "derivative of the std is -Infinity at t = 1.0");
  }
}
