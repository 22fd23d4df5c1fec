package dev.advect.program;

import dev.advect.graph.Graph;
import dev.advect.graph.GraphPrinter;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The stable text form of a program: stages, steps, what each reads and keeps, where, and costs.
 */
final class ProgramPrinter {
  private final Program program;
  private final Map<Value, String> names = new HashMap<>();
  private final StringBuilder out = new StringBuilder();

  private ProgramPrinter(Program program) {
    this.program = program;
    int number = 0;
    for (Value v : program.graph().values()) {
      names.put(
          v,
          switch (v.op()) {
            case Source.Input(var name) -> name;
            case Source.Carry(var name) -> name;
            case Source.Constant _, Source.Ambient _ -> GraphPrinter.name(v.op());
            default -> "%" + number++;
          });
    }
  }

  static String print(Program program) {
    var printer = new ProgramPrinter(program);
    printer.print();
    return printer.out.toString();
  }

  private void print() {
    Graph graph = program.graph();
    line("program %s", graph.name());
    line(
        "  * before a value: it is kept in memory, per sample at that offset of the slab (in"
            + " floats)");
    line("  * behind an operand: it is broadcast or rearranged as it is read");
    summary();
    int number = 0;
    for (Stage stage : program.stages()) {
      switch (stage) {
        case Stage.Shared(var steps) -> {
          line("");
          line("stage %d: shared, all workers on one value", number++);
          steps(steps, null);
        }
        case Stage.Sample s -> sample(s, number++);
      }
    }
    line("");
    graph.results().forEach((name, v) -> line("result %s = %s : %s", name, names.get(v), v.type()));
    if (!graph.updates().isEmpty()) {
      line(
          "updates %s",
          graph.updates().keySet().stream().map(names::get).collect(Collectors.joining(", ")));
    }
  }

  private void summary() {
    line("");
    line("in short");
    int number = 0;
    for (Stage stage : program.stages()) {
      switch (stage) {
        case Stage.Shared(var steps) ->
            line("  stage %d: %s on shared values", number++, counted(steps.size(), "step"));
        case Stage.Sample s -> {
          int steps = s.before().size() + s.body().size() + s.after().size();
          line(
              "  stage %d: %s on samples, about %s operations and %s floats of memory a sample",
              number++,
              counted(steps, "step"),
              grouped(operations(s)),
              grouped(s.buffers().size()));
        }
      }
    }
  }

  private static String counted(int n, String noun) {
    return n + " " + noun + (n == 1 ? "" : "s");
  }

  private static long operations(Stage.Sample s) {
    long looped = s.loop().map(r -> r.times() * operations(s.body())).orElse(0L);
    return operations(s.before()) + looped + operations(s.after());
  }

  private void sample(Stage.Sample s, int number) {
    line("");
    line(
        "stage %d: samples, tile by tile, %s floats a sample in the slab",
        number, grouped(s.buffers().size()));
    steps(s.before(), s.buffers());
    s.loop()
        .ifPresent(
            r -> {
              line("  repeat %d times", r.times());
              Map<Value, Value> totals = r.totals();
              for (int i = 0; i < r.carried().size(); i++) {
                Value carried = r.carried().get(i);
                if (totals.containsKey(carried)) {
                  line("    %s adds up %s", names.get(carried), names.get(totals.get(carried)));
                  continue;
                }
                line(
                    "    carry %s = %s, then %s",
                    names.get(carried), names.get(r.initial().get(i)), names.get(r.next().get(i)));
              }
              steps(s.body(), s.buffers());
              line("  after the loop");
            });
    steps(s.after(), s.buffers());
    if (!s.sums().isEmpty()) {
      line(
          "  sums over samples: %s",
          s.sums().stream()
              .map(v -> names.get(v) + " : " + v.type())
              .collect(Collectors.joining(", ")));
    }
  }

  private void steps(List<Step> steps, BufferPlan plan) {
    for (Step step : steps) {
      switch (step) {
        case Step.Fused f -> fused(f, plan, "  ");
        case Step.Single(Value v, var epilogue) -> {
          line("  %s = %s : %s%s", names.get(v), applied(v), v.type(), at(v, plan));
          epilogue.ifPresent(e -> fused(e, plan, "    then "));
        }
      }
    }
  }

  private void fused(Step.Fused f, BufferPlan plan, String indent) {
    line("%sfused over %s:", indent, f.size() == 1 ? "1 feature" : f.size() + " features");
    Set<Value> kept = new HashSet<>(f.stores());
    for (Value v : f.body()) {
      boolean stays = kept.contains(v) || Program.isReduction(v);
      line(
          "%s%s %s = %s%s",
          " ".repeat(indent.length()),
          stays ? "*" : " ",
          names.get(v),
          applied(v),
          stays ? " : " + v.type() + at(v, plan) : "");
    }
  }

  /** An operation and what it reads. */
  private String applied(Value v) {
    String arguments =
        program.reads(v).stream()
            .map(r -> names.get(r.base()) + (r.isIdentity() ? "" : "*"))
            .collect(Collectors.joining(", "));
    return (GraphPrinter.name(v.op()) + " " + arguments).strip();
  }

  private String at(Value v, BufferPlan plan) {
    if (program.stored().contains(v)) {
      return " kept for the whole batch";
    }
    return Optional.ofNullable(plan).map(p -> p.offsets().get(v)).map(o -> " at " + o).orElse("");
  }

  private static long operations(List<Step> steps) {
    long total = 0;
    for (Step step : steps) {
      total +=
          switch (step) {
            case Step.Fused f -> (long) f.size() * f.body().size();
            case Step.Single(Value v, var epilogue) ->
                operations(v) + epilogue.map(e -> (long) e.size() * e.body().size()).orElse(0L);
          };
    }
    return total;
  }

  private static long operations(Value v) {
    if (v.op() instanceof Linear.Contract(var a, var b, _, _)) {
      long work = 2;
      for (int i = 0; i < a.length(); i++) {
        work *= v.arg(0).type().dim(i);
      }
      for (int i = 0; i < b.length(); i++) {
        work *= a.indexOf(b.charAt(i)) < 0 ? v.arg(1).type().dim(i) : 1;
      }
      return work;
    }
    return v.size();
  }

  private static String grouped(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  private void line(String format, Object... args) {
    out.append(String.format(Locale.ROOT, format, args)).append('\n');
  }
}
