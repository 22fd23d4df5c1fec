package dev.advect.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.AdvectException;
import dev.advect.autodiff.Autodiff;
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
    "2**3**2, 512",
    "-2^2, -4",
    "2^-1, 0.5",
    "1e-3 * 1E3, 1",
    "2.5e+1, 25",
    ".5 + 2., 2.5",
    "--t, 0.3",
    "+t - -x1, 1.8",
    "exp(log(t)), 0.3",
    "sqrt(x1^2), 1.5",
    "sin(pi/2) + cos(0) + tanh(0), 2",
    "tan(pi/4) + abs(-t), 1.3",
    "x1^2.5, 2.7556759606310752",
    "(t-1)^3, -0.343",
    "(t-1)^-2, 2.0408163265306123",
    "(t-1)^(2+1), -0.343",
    "t^0, 1",
    "t^65, 1.0301051460877538e-34"
  })
  void formulasMeanWhatTheySay(String text, double expected) {
    check(text, expected);
  }

  @Test
  void minAndMaxTakeTwo() {
    check("min(t, 0.5) + max(t, x1)", 1.8);
    check(" min ( (1 , 2 )\t) ".replace("(1 , 2 )", "1 , 2 "), 1);
  }

  /** By plain evaluation, and in a graph with derivatives. */
  private static void check(String text, double expected) {
    Expression e = Expression.parse(text, NAMES);
    Dual plain = e.evaluate(Map.of("t", Dual.time(0.3), "x1", Dual.constant(1.5)));
    double relative = Math.max(1e-3 * Math.abs(expected), 1e-300);
    assertThat(plain.value()).isCloseTo(expected, within(1e-12));
    assertThat(plain.value()).isCloseTo(expected, within(relative));
    var g = new Trace();
    Value t = g.input("t", ValueType.sample());
    Value v = e.write(g, Map.of("t", t, "x1", g.input("x1", ValueType.sample()))).spread();
    Value rate = Autodiff.jvp(List.of(v), List.of(t), List.of(g.ones(t.type()))).getFirst();
    var values =
        Interpreter.evaluate(
            List.of(v, rate),
            Map.of("t", new double[] {0.3}, "x1", new double[] {1.5}),
            Slice.batch(1, 0),
            0);
    assertThat(values.get(v)[0]).isCloseTo(expected, within(1e-6));
    assertThat(values.get(rate)[0]).isCloseTo(plain.rate(), within(1e-6));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t +|4|it ends too early",
        "t $ 2|3|'$' is not expected",
        "(t|3|the '(' at character 1 is not closed",
        "1-(t*(2-t)|11|the '(' at character 3 is not closed",
        "t)|2|this ')' closes nothing",
        "()|2|')' is not expected",
        "2t|2|a product needs its sign: write 2*t",
        "2 t|3|a product needs its sign: write 2*t",
        "2(1-t)|2|a product needs its sign: write 2*(...)",
        "t x1|3|a product needs its sign: write t*x1",
        "t(1-t)|2|a product needs its sign: write t*(...)",
        "(1-t)(1-t)|6|a product needs its sign: write (1-t)*(...)",
        "2exp(t)|2|a product needs its sign: write 2*exp",
        "y|1|there is no variable 'y'",
        "1 - X1|5|there is no variable 'X1'",
        "foo(t)|1|there is no function 'foo'",
        "neg(t)|1|there is no function 'neg'",
        "sin t|1|sin is a function: write sin(...)",
        "min(t)|6|min takes two arguments, as in min(t, 0.5)",
        "sin(t, 2)|6|sin takes one argument; decimals have a point",
        "max(1, 2, 3)|9|',' is not expected; decimals have a point, as in 0.5",
        "0,5*t|2|',' is not expected; decimals have a point, as in 0.5",
        "1.2.3|1|'1.2.3' is no number",
        "1e|1|'1e' is no number",
        "1e999|1|1e999 is too large",
        "t = 1|3|'=' is not expected; write the right-hand side alone",
        "t ^^ 2|4|'^' is not expected",
        "t***2|4|'*' is not expected",
        "1 \u2212 t|3|'\u2212' (U+2212) is no minus sign of a keyboard: write -"
      })
  void saysWhereAFormulaCannotBeRead(String text, int at, String problem) {
    assertThatThrownBy(() -> Expression.parse(text, NAMES))
        .isInstanceOfSatisfying(
            AdvectException.class, e -> assertThat(e.hint()).contains("pi, t, x1").contains("tanh"))
        .hasMessage("'%s' cannot be read at character %d: %s", text, at, problem);
  }

  @Test
  void noTextExhaustsTheStack() {
    assertThatThrownBy(() -> Expression.parse("", NAMES)).hasMessage("is empty");
    assertThatThrownBy(() -> Expression.parse(" \t", NAMES)).hasMessage("is empty");
    assertThatThrownBy(() -> Expression.parse("(".repeat(500) + "t", NAMES))
        .hasMessageContaining("nested more than 100 deep");
    assertThatThrownBy(() -> Expression.parse("-".repeat(900) + "t", NAMES))
        .hasMessageContaining("nested more than 100 deep");
    assertThatThrownBy(() -> Expression.parse("2^".repeat(400) + "t", NAMES))
        .hasMessageContaining("nested more than 100 deep");
    assertThatThrownBy(() -> Expression.parse("t+".repeat(100_000) + "t", NAMES))
        .hasMessage("has 200001 characters; at most 1000 are read");
    check("0" + "+t".repeat(499), 499 * 0.3);
  }

  /** The same point and velocity from formulas as from the path that is written in Java. */
  @ParameterizedTest
  @CsvSource({"t*x1, 1-(1-0.1)*t, ot", "(1-t)*x0 + t*x1, 0.1, icfm"})
  void agreesWithTheBuiltInPath(String mean, String std, String kind) {
    var custom = new Custom(mean, std);
    GaussianPath builtIn = kind.equals("ot") ? new ConditionalOt(0.1) : new Icfm(0.1);
    assertThat(custom.usesSource()).isEqualTo(builtIn.usesSource());
    assertThat(custom.baseStd()).isCloseTo(builtIn.baseStd(), within(0.01));
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(1-t)*x1|t|mean '(1-t)*x1' is 0 at t = 1 for x0 = 0 and x1 = 1, where x1 is expected",
        "t*x1|0.5-t|std '0.5-t' is -0.001953125 at t = 0.501953125",
        "t*x1^2|1-t|mean 't*x1^2' is 9 at t = 1 for x0 = -2 and x1 = 3, where x1 is expected",
        "x0*0.5*(1-t) + t*x1|0.1|is 0.5 at t = 0 for x0 = 1 and x1 = 0, where x0 is expected",
        "x1|1-t|mean 'x1' is 1 at t = 0 for x0 = 0 and x1 = 1, where 0 is expected",
        "(1-t)*x0|0.1|mean '(1-t)*x0' is 0 at t = 1 for x0 = 0 and x1 = 1, where x1",
        "t*x1|log(t)|std 'log(t)' is -Infinity at t = 0",
        "t*x1|1/t|std '1/t' is Infinity at t = 0",
        "x1*t/t|1-t|mean 'x1*t/t' is NaN at t = 0",
        "x1*sin(t)/t|1-t|mean 'x1*sin(t)/t' is NaN at t = 0",
        "t*x1|1/(1-t)|std '1/(1-t)' is Infinity at t = 1",
        "t*x1|t*0.1|std 't*0.1' is 0 at t = 0 and the mean has no x0: the path has no source",
        "t*x1|0|std '0' is 0 at t = 0 and the mean has no x0: the path has no source",
        "t*x1|abs(1-2*t)|std 'abs(1-2*t)' is 0 at t = 0.5",
        "t*x1|1-2*t|std '1-2*t' is -0.00390625 at t = 0.501953125",
        "t*x1|sqrt(0.5-t)|std 'sqrt(0.5-t)' has the derivative -Infinity at t = 0.5",
        "t*x1|abs(t-0.5)+0.1+1/0*0|is NaN at t = 0",
        "t*x1|x1|there is no variable 'x1'",
        "t*x1|1+sqrt((t-0.5)^2)|has the derivative NaN at t = 0.5"
      })
  void refusesPathsThatDoNotGoFromNoiseToData(String mean, String std, String said) {
    assertThatThrownBy(() -> new Custom(mean, std))
        .isInstanceOf(AdvectException.class)
        .hasMessageStartingWith("the path's ")
        .hasMessageContaining(said);
  }

  /** Between the points of the grid too. */
  @Test
  void findsWhereTheNoiseVanishes() {
    assertThatThrownBy(() -> new Custom("t*x1", "(t-1/3)^2")).hasMessageContaining("at t = 0.3333");
    assertThatThrownBy(() -> new Custom("(1-t)*x0+t*x1", "0.2*(abs(t-0.3337)-0.001)*t"))
        .hasMessageContaining("is -")
        .hasMessageContaining("at t = 0.33");
    // With a source the noise may vanish, as it does in a bridge.
    new Custom("(1-t)*x0+t*x1", "(t-1/3)^2");
    new Custom("(1-t)*x0+t*x1", "0");
  }

  @Test
  void leavesAMarginWhereTheVelocityIsInfinite() {
    assertThat(new Custom("t*x1", "1-t").times()).isEqualTo(TimeInterval.whole());
    assertThat(new Custom("t*x1", "sqrt(1-t^2)").times()).isEqualTo(new TimeInterval(0, 0.999));
    assertThat(new Custom("(1-t)*x0+t*x1", "sqrt(t*(1-t))").times())
        .isEqualTo(new TimeInterval(0.001, 0.999));
    assertThat(new Custom("t^0.5*x1", "1-t").times()).isEqualTo(new TimeInterval(0.001, 1));
  }

  @Test
  void theNoiseAtTheBeginningIsTheBase() {
    assertThat(new Custom("t*x1", "3*(1-t)").baseStd()).isEqualTo(3);
    assertThat(new Custom("(1-t)*x0+t*x1", "0.75").baseStd()).isEqualTo(1.25);
    assertThat(new Custom("(1-t)*x0+t*x1", "t*(1-t)").baseStd()).isEqualTo(1);
  }
}
