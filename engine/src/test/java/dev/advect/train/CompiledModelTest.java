package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.data.Normalizer;
import dev.advect.likelihood.Divergence;
import dev.advect.likelihood.VolumeChange;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.path.ConditionalOt;
import dev.advect.solve.Solver;
import dev.advect.testing.InterpreterBackend;
import dev.advect.testing.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CompiledModelTest {
  private static final Mlp MLP = Mlp.of(2, 5, 1, Activation.SILU);
  private static final float[] ROWS = {0.5f, -1, 2, 0.25f, -0.75f, 1.5f};

  private static final List<Solver> SOLVERS =
      List.of(Solver.euler(3), Solver.euler(4), Solver.dopri5(1e-4, 1e-4));

  /** A question to a model, with a seed and a number of rows. */
  private interface Question {
    Object ask(CompiledModel compiled, long seed, int n);
  }

  private final InterpreterBackend backend = new InterpreterBackend();
  private final FlowModel model = model();

  private static FlowModel model() {
    var weights = new LinkedHashMap<String, float[]>();
    Numbers.like(Parameters.of(MLP).values(), 6, 0.3)
        .forEach((name, w) -> weights.put(name, Numbers.floats(w)));
    var normalizer =
        new Normalizer(Normalizer.Kind.STANDARDIZE, new float[] {1, -3}, new float[] {2, 0.5f});
    Flow flow = Flow.along(new ConditionalOt(0.1), MLP);
    return new FlowModel(flow, weights, normalizer, Optional.empty(), 12, 345);
  }

  private static List<Question> questions() {
    var questions = new ArrayList<Question>();
    questions.add((m, _, n) -> m.velocityAt(rows(n), 0.5));
    questions.add((m, _, n) -> m.scoreAt(rows(n), 0.5));
    for (Solver solver : SOLVERS) {
      questions.add((m, seed, n) -> m.sample(options(solver, seed), n));
      questions.add((m, seed, n) -> m.drawAt(options(solver, seed), n, 0.5, 1).result());
      questions.add((m, seed, n) -> m.sampleWithEnergy(options(solver, seed), n).energy());
      for (VolumeChange change : changes(solver)) {
        questions.add(
            (m, seed, n) ->
                m.sampleWithLikelihood(options(solver, seed), n, change).scores().logDensity());
        questions.add((m, seed, n) -> m.logLikelihood(rows(n), solver, change, seed).logDensity());
      }
    }
    return questions;
  }

  private static List<VolumeChange> changes(Solver solver) {
    var changes = new ArrayList<VolumeChange>();
    changes.add(Divergence.exact());
    changes.add(Divergence.hutchinson(2));
    if (solver instanceof Solver.FixedSteps) {
      changes.add(new VolumeChange.DiscreteExact());
    }
    return changes;
  }

  private static SamplingOptions options(Solver solver, long seed) {
    return new SamplingOptions(solver, seed);
  }

  private static float[] rows(int n) {
    return Arrays.copyOf(ROWS, 2 * n);
  }

  @AfterEach
  void everythingIsClosed() {
    assertThat(backend.open()).isZero();
  }

  @Test
  void everyQuestionHasTheAnswerOfAModelAskedOnce() {
    List<Question> questions = questions();
    assertThat(questions).hasSizeGreaterThan(20);
    try (var kept = model.compile(backend)) {
      for (long seed = 1; seed <= 2; seed++) {
        for (int n = 3; n >= 1; n -= 2) {
          for (Question question : questions) {
            Object once;
            try (var compiled = model.compile(backend)) {
              once = question.ask(compiled, seed, n);
            }
            assertThat(question.ask(kept, seed, n)).isEqualTo(once);
          }
        }
      }
    }
  }

  @Test
  void aSecondAnswerCompilesNothing() {
    try (var compiled = model.compile(backend)) {
      questions().forEach(question -> question.ask(compiled, 1, 3));
      int programs = backend.open();
      assertThat(programs).isGreaterThan(10);
      questions().forEach(question -> question.ask(compiled, 2, 2));
      assertThat(backend.open()).isEqualTo(programs);
    }
  }
}
