package dev.advect.program;

import dev.advect.graph.Graph;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Repeat;
import dev.advect.graph.Topology;
import dev.advect.graph.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph made executable: alternating shared stages and sample stages.
 *
 * <p>A training step is typically one sample stage (draw, path, forward, loss, backward, sums of
 * weight gradients) and one shared stage (optimizer); batch norm has more.
 */
public final class Program {
  private final Analysis analysis;
  private final Fusion fusion;
  private final List<Stage> stages;

  private Program(Analysis analysis, Fusion fusion, List<Stage> stages) {
    this.analysis = analysis;
    this.fusion = fusion;
    this.stages = List.copyOf(stages);
  }

  /** Compiles a graph with fused steps. */
  public static Program of(Graph graph) {
    return of(graph, Fusion.LOOPS);
  }

  /**
   * Compiles a graph.
   *
   * @param fusion what elementwise work is grouped
   */
  public static Program of(Graph graph, Fusion fusion) {
    var analysis = new Analysis(graph);
    var stages = new ArrayList<Stage>();
    int last = 0;
    for (Value v : analysis.order) {
      if (analysis.computed(v)) {
        last = Math.max(last, analysis.phase.get(v));
      }
    }
    for (int phase = 0; phase <= last; phase++) {
      stages.add(
          phase % 2 == 0 ? shared(analysis, phase, fusion) : sample(analysis, phase, fusion));
    }
    stages.removeIf(Program::isEmpty);
    return new Program(analysis, fusion, stages);
  }

  private static boolean isEmpty(Stage stage) {
    return switch (stage) {
      case Stage.Shared(var steps) -> steps.isEmpty();
      case Stage.Sample s -> s.before().isEmpty() && s.loop().isEmpty() && s.after().isEmpty();
    };
  }

  private static Stage shared(Analysis analysis, int phase, Fusion fusion) {
    List<Value> work =
        analysis.order.stream()
            .filter(v -> !v.sampled() && !Analysis.isBridge(v) && analysis.computed(v))
            .filter(v -> !isGiven(v) && analysis.phase.get(v) == phase)
            .toList();
    return new Stage.Shared(Scheduler.schedule(analysis, work, fusion));
  }

  private static boolean isGiven(Value v) {
    return v.op() instanceof Source && !(v.op() instanceof Source.Constant);
  }

  private static Stage sample(Analysis analysis, int phase, Fusion fusion) {
    Optional<Analysis.Loop> found =
        analysis.loops.stream().filter(l -> l.phase() == phase).findFirst();
    Optional<Repeat> loop = found.map(Analysis.Loop::repeat);
    Set<Value> mine = new LinkedHashSet<>();
    for (Value v : analysis.order) {
      boolean works = (v.sampled() || Analysis.isBridge(v)) && analysis.workPhase(v) == phase;
      if (works && analysis.computed(v) && !(v.op() instanceof Source.Carry)) {
        mine.add(v);
      }
    }
    // Sources that an earlier stage has made and dropped.
    for (Value v : List.copyOf(mine)) {
      for (View read : analysis.reads.get(v)) {
        Value base = read.base();
        if (base.sampled()
            && !View.isConstant(base)
            && Analysis.isRemade(base)
            && !analysis.stored.contains(base)) {
          mine.add(base);
        }
      }
    }
    found.ifPresent(
        l ->
            l.copied().stream()
                .filter(v -> Analysis.isRemade(v) && !analysis.stored.contains(v))
                .forEach(mine::add));
    if (found.isEmpty()) {
      List<Step> steps = Scheduler.schedule(analysis, sorted(analysis, mine), fusion);
      return new Stage.Sample(
          steps,
          loop,
          List.of(),
          List.of(),
          sums(mine),
          BufferPlan.of(analysis, steps, loop, List.of(), List.of()));
    }
    Set<Value> inLoop = found.get().dependents();
    var inBody = new HashSet<>(Topology.order(found.get().body()));
    var inEnd = new HashSet<>(Topology.order(analysis.after(loop.get())));
    List<Step> before = section(analysis, mine, v -> !inLoop.contains(v), fusion);
    List<Step> body =
        section(analysis, mine, v -> inLoop.contains(v) && inBody.contains(v), fusion);
    List<Step> after =
        section(analysis, mine, v -> inLoop.contains(v) && inEnd.contains(v), fusion);
    return new Stage.Sample(
        before, loop, body, after, sums(mine), BufferPlan.of(analysis, before, loop, body, after));
  }

  private static List<Step> section(
      Analysis analysis,
      Collection<Value> mine,
      java.util.function.Predicate<Value> part,
      Fusion fusion) {
    return Scheduler.schedule(
        analysis, sorted(analysis, mine.stream().filter(part).toList()), fusion);
  }

  private static List<Value> sorted(Analysis analysis, Collection<Value> values) {
    var wanted = new HashSet<>(values);
    return analysis.order.stream().filter(wanted::contains).toList();
  }

  private static List<Value> sums(Collection<Value> values) {
    return values.stream().filter(Analysis::isBridge).toList();
  }

  /** What is computed. */
  public Graph graph() {
    return analysis.graph;
  }

  /** What elementwise work is grouped. */
  public Fusion fusion() {
    return fusion;
  }

  /** The stages in the order they run. */
  public List<Stage> stages() {
    return stages;
  }

  /** What a computed value reads, seen through structure; one view an argument. */
  public List<View> reads(Value v) {
    return analysis.reads.get(v);
  }

  /** Who reads a value. */
  public List<Value> readers(Value v) {
    return analysis.readers(v);
  }

  /**
   * Per-sample values that are kept for the whole batch: results, and what a later sample stage
   * reads.
   */
  public Set<Value> stored() {
    return analysis.stored;
  }

  /** Shared totals of loops, and the sum over samples whose contents each of them is. */
  public Map<Value, Value> totals() {
    var totals = new LinkedHashMap<Value, Value>();
    analysis.loops.forEach(l -> totals.putAll(l.repeat().totals()));
    return totals;
  }

  /** Whether a value is computed into memory or registers, and not merely seen through. */
  public boolean isComputed(Value v) {
    return analysis.computed(v);
  }

  /** Whether a value is added up over the samples. */
  public static boolean isSumOverSamples(Value v) {
    return Analysis.isBridge(v);
  }

  /** Whether a value is a sum (over axes or samples) that a fused group accumulates. */
  public static boolean isReduction(Value v) {
    return Analysis.isReduction(v);
  }

  /** The program as a page a person can follow. */
  @Override
  public String toString() {
    return ProgramPrinter.print(this);
  }
}
