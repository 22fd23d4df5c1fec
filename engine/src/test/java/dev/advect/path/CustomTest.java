package dev.advect.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.backend.Slice;
import dev.advect.backend.reference.Interpreter;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CustomTest {
  private static final Set<String> NAMES = Set.of("t", "x1");

  @ParameterizedTest
  @CsvSource({
    "1 + 2 * 3, 7",
    "(1+2)*3, 9",
    "2 - 3 - 4, -5",
    "8 / 4 / 2, 1",
    "2^3^2, 512",
    "-2^2, -4",
    "2^-1, 0.5",
    "1e-3 * 1E3, 1",
    ".5 + 2., 2.5",
    "--t, 0.3",
    "+t - -x1, 1.8",
    "exp(log(t)), 0.3",
    "sqrt(x1^2), 1.5",
    "sin(pi/2) + cos(0) + tanh(0), 2",
    "x1^2.5, 2.7556759606310752"
  })
  void formulasMeanWhatTheySay(String text, double expected) {
    Expression e = Expression.parse("formula", text, NAMES);
    assertThat(e.evaluate(Map.of("t", 0.3, "x1", 1.5))).isCloseTo(expected, within(1e-12));
    var g = new Trace();
    Value v =
        e.write(
            g,
            Map.of("t", g.input("t", ValueType.sample()), "x1", g.input("x1", ValueType.sample())));
    double[] values =
        Interpreter.evaluate(
                List.of(v),
                Map.of("t", new double[] {0.3}, "x1", new double[] {1.5}),
                Slice.batch(1, 0),
                0)
            .get(v);
    assertThat(values[0]).isCloseTo(expected, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t +|4|it ends too early",
        "t $ 2|3|'$' is not expected",
        "(t|3|a ')' is missing",
        "2 t|3|'t' is not expected",
        "y|2|there is no variable 'y'",
        "foo(t)|4|there is no function 'foo'",
        "neg(t)|4|there is no function 'neg'",
        "1.2.3|6|'1.2.3' is no number",
        "1e|3|'1e' is no number"
      })
  void saysWhereAFormulaCannotBeRead(String text, int at, String problem) {
    assertThatThrownBy(() -> Expression.parse("mean", text, NAMES))
        .isInstanceOfSatisfying(
            AdvectException.class, e -> assertThat(e.hint()).contains("pi, t, x1").contains("tanh"))
        .hasMessage("the mean '%s' cannot be read at character %d: %s", text, at, problem);
  }

  /** The same point and velocity from formulas as from the path that is written in Java. */
  @ParameterizedTest
  @CsvSource({"t*x1, 1-(1-0.1)*t, ot", "(1-t)*x0 + t*x1, 0.1, icfm"})
  void agreesWithTheBuiltInPath(String mean, String std, String kind) {
    var custom = new Custom(mean, std);
    GaussianPath builtIn = kind.equals("ot") ? new ConditionalOt(0.1) : new Icfm(0.1);
    assertThat(custom.usesSource()).isEqualTo(builtIn.usesSource());
    assertThat(custom.baseStd()).isEqualTo(builtIn.baseStd());
    assertThat(GaussianPath.fromJson(custom.json())).isEqualTo(custom);
    var g = new Trace();
    Value t = g.input("t", ValueType.sample());
    Value x0 = g.input("x0", ValueType.sample(2));
    Value x1 = g.input("x1", ValueType.sample(2));
    Value eps = g.input("eps", ValueType.sample(2));
    PathSample a = custom.sample(t, x0, x1, eps);
    PathSample b = builtIn.sample(t, x0, x1, eps);
    var inputs =
        Map.of(
            "t", new double[] {0.3},
            "x0", new double[] {1, 2},
            "x1", new double[] {-3, 0.5},
            "eps", new double[] {0.4, -0.6});
    var values =
        Interpreter.evaluate(
            List.of(a.xt(), b.xt(), a.velocity(), b.velocity()), inputs, Slice.batch(1, 0), 0);
    assertThat(values.get(a.xt())).containsExactly(values.get(b.xt()), within(1e-6));
    assertThat(values.get(a.velocity())).containsExactly(values.get(b.velocity()), within(1e-6));
  }

  @Test
  void refusesPathsThatDoNotGoFromNoiseToData() {
    assertThatThrownBy(() -> new Custom("(1-t)*x1", "t"))
        .isInstanceOf(AdvectException.class)
        .hasMessage(
            "the path's mean is 0.0 at t = 1.0 for x0 = 0.0 and x1 = 1.0, where x1 is expected");
    assertThatThrownBy(() -> new Custom("x0*0.5*(1-t) + t*x1", "0.1"))
        .hasMessageContaining("at t = 0.0")
        .hasMessageContaining("where x0 is expected");
    assertThatThrownBy(() -> new Custom("t*x1", "0.5-t"))
        .hasMessageContaining("is -0.015625 at t = 0.515625");
    assertThatThrownBy(() -> new Custom("t*x1", "log(t)")).hasMessageContaining("at t = 0.0");
    assertThatThrownBy(() -> new Custom("t*x1", "t*0.1")).hasMessageContaining("has no source");
    assertThatThrownBy(() -> new Custom("t*x1", "x1")).hasMessageContaining("no variable 'x1'");
  }
}
