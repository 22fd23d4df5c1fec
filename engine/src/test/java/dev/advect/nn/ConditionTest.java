package dev.advect.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.testing.Numbers;
import dev.advect.type.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConditionTest {
  private static final Mlp PLAIN = new Mlp(2, List.of(5), Activation.TANH, TimeFeatures.CONCAT);

  private static double[] features(Condition condition, double... given) {
    var g = new Trace();
    Value c = g.input("c", ValueType.sample(condition.columns()));
    int batch = given.length / condition.columns();
    Value f = condition.features(c);
    return Interpreter.evaluate(List.of(f), Map.of("c", given), Slice.batch(batch, 0), 0).get(f);
  }

  @Test
  void aClassIsOneHotAndAVectorIsFollowedByAOne() {
    assertThat(features(Condition.classes(3), 2, 0)).containsExactly(0, 0, 1, 1, 0, 0);
    assertThat(features(Condition.vector(2), 5, -1, 0, 0)).containsExactly(5, -1, 1, 0, 0, 1);
    assertThat(Condition.vector(2).size()).isEqualTo(3);
    assertThat(Condition.none().columns() + Condition.none().size()).isZero();
  }

  /** The features stand after the time, and their weights are columns of the first layer. */
  @Test
  void aClassAddsItsColumnOfTheFirstLayersWeights() {
    Mlp mlp = PLAIN.on(Condition.classes(3));
    var g = new Trace();
    var parameters = new Parameters(g);
    Value x = g.input("x", ValueType.sample(2));
    Value t = g.input("t", ValueType.sample());
    Value c = g.input("c", ValueType.sample(1));
    Value conditional = mlp.velocity(parameters, x, t, Optional.of(mlp.condition().features(c)));
    Value unconditional = mlp.velocity(parameters, x, t);
    var weights = Numbers.like(parameters.values(), 1, 0.5);
    assertThat(weights.get("field.layers.0.weight")).hasSize(5 * (2 + 1 + 3));

    Map<String, double[]> inputs = new HashMap<>(weights);
    inputs.put("x", new double[] {0.3, -1.2});
    inputs.put("t", new double[] {0.7});
    inputs.put("c", new double[] {1});
    var values =
        Interpreter.evaluate(List.of(conditional, unconditional), inputs, Slice.batch(1, 0), 0);

    // The same network without conditions, whose bias has taken in what class 1 adds.
    var small = new HashMap<String, double[]>(inputs);
    double[] narrow = new double[5 * 3];
    double[] moved = weights.get("field.layers.0.bias").clone();
    for (int unit = 0; unit < 5; unit++) {
      double[] wide = weights.get("field.layers.0.weight");
      System.arraycopy(wide, unit * 6, narrow, unit * 3, 3);
      moved[unit] += wide[unit * 6 + 3 + 1];
    }
    small.put("field.layers.0.weight", narrow);
    assertThat(plain(small)).containsExactly(values.get(unconditional));
    small.put("field.layers.0.bias", moved);
    // The sums are the same up to their order, in double precision.
    assertThat(plain(small)).containsExactly(values.get(conditional), within(1e-14));
  }

  private static double[] plain(Map<String, double[]> inputs) {
    var g = new Trace();
    Value v =
        PLAIN.velocity(
            new Parameters(g), g.input("x", ValueType.sample(2)), g.input("t", ValueType.sample()));
    return Interpreter.evaluate(List.of(v), inputs, Slice.batch(1, 0), 0).get(v);
  }

  @Test
  void comesBackFromTheFieldsDescription() {
    for (Condition condition :
        List.of(Condition.none(), Condition.classes(10), Condition.vector(2))) {
      assertThat(Field.fromJson(PLAIN.on(condition).json())).isEqualTo(PLAIN.on(condition));
    }
    assertThat(PLAIN.on(Condition.classes(10)).json())
        .endsWith("\"condition\": \"classes\", \"conditionSize\": 10}");
    assertThat(PLAIN.on(Condition.none()).json()).doesNotContain("condition");
  }

  @Test
  void refusesWhatIsNoCondition() {
    String json = PLAIN.on(Condition.classes(10)).json();
    assertThatThrownBy(() -> Field.fromJson(json.replace("10}", "0}")))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("not 0");
    assertThatThrownBy(() -> Field.fromJson(json.replace("classes", "text")))
        .isInstanceOf(AdvectException.class)
        .hasMessageContaining("'text'");
    assertThatThrownBy(() -> Condition.classes(0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> Condition.vector(-1)).hasMessageContaining("not -1");
    var g = new Trace();
    Value x = g.input("x", ValueType.sample(2));
    Value t = g.input("t", ValueType.sample());
    assertThatThrownBy(() -> PLAIN.velocity(new Parameters(g), x, t, Optional.of(x)))
        .hasMessageContaining("has no conditions");
    Mlp mlp = PLAIN.on(Condition.classes(3));
    assertThatThrownBy(() -> mlp.velocity(new Parameters(g), x, t, Optional.of(x)))
        .hasMessageContaining("sample[3], not sample[2]");
  }
}
