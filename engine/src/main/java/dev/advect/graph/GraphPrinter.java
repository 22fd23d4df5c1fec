package dev.advect.graph;

import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Extremum;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The stable text form of a graph: one value a line, numbered in topological order. */
public final class GraphPrinter {
  private GraphPrinter() {}

  /** A graph as text. */
  public static String print(Graph graph) {
    var out = new StringBuilder("graph ").append(graph.name()).append('\n');
    List<Value> order = graph.values();
    Map<Value, Integer> number = new HashMap<>();
    for (Value v : order) {
      number.put(v, number.size());
      out.append("  %").append(number.get(v)).append(" = ").append(name(v.op()));
      if (!v.args().isEmpty()) {
        out.append(' ').append(names(v.args(), number));
      }
      out.append(" : ").append(v.type()).append('\n');
    }
    graph
        .loops()
        .forEach(
            r -> {
              out.append("  repeat ").append(r.times()).append(" times\n");
              for (int i = 0; i < r.carried().size(); i++) {
                out.append("    ").append(name(r.carried().get(i).op()));
                out.append(" = ").append(names(List.of(r.initial().get(i)), number));
                out.append(", then ").append(names(List.of(r.next().get(i)), number)).append('\n');
              }
            });
    graph
        .results()
        .forEach(
            (n, v) ->
                out.append("  result ")
                    .append(n)
                    .append(" = %")
                    .append(number.get(v))
                    .append('\n'));
    graph
        .updates()
        .forEach(
            (input, v) ->
                out.append("  update ")
                    .append(names(List.of(input), number))
                    .append(" = %")
                    .append(number.get(v))
                    .append('\n'));
    return out.toString();
  }

  private static String names(List<Value> values, Map<Value, Integer> number) {
    return values.stream().map(v -> "%" + number.get(v)).collect(Collectors.joining(", "));
  }

  /** An operation as it appears in texts. */
  public static String name(Op op) {
    return switch (op) {
      case Elementwise e -> e.name().toLowerCase(Locale.ROOT);
      case Extremum(var kind, var axes) -> kind.name().toLowerCase(Locale.ROOT) + " over " + axes;
      case Linear.Spread _ -> "spread";
      case Linear.SumSamples _ -> "sum samples";
      case Linear.Sum(var axes) -> "sum over " + axes;
      case Linear.Broadcast(var dims, var axes) -> "broadcast to " + dims + " along " + axes;
      case Linear.Slice(int axis, int from, int to) ->
          "slice axis " + axis + " from " + from + " to " + to;
      case Linear.Pad(int axis, int before, int after) ->
          "pad axis " + axis + " by " + before + " and " + after;
      case Linear.Reshape(var dims) -> "reshape to " + dims;
      case Linear.Transpose(var order) -> "transpose " + order;
      case Linear.Concat(int axis) -> "concat axis " + axis;
      case Linear.Gather _ -> "gather";
      case Linear.ScatterAdd(int rows) -> "scatter add into " + rows;
      case Linear.Contract(var a, var b, var out, boolean sum) ->
          "contract " + a + "," + b + "->" + out + (sum ? " over samples" : "");
      case Source.Input(var name) -> "input " + name;
      case Source.Carry(var name) -> "carry " + name;
      case Source.Constant(float c) -> "constant " + number(c);
      case Source.Iota(int axis) -> "iota " + axis;
      case Source.Ambient(var fact) -> fact.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      case Source.SampleIndex _ -> "sample index";
      case Source.Draw(var law, int purpose, int bound) ->
          law.name().toLowerCase(Locale.ROOT)
              + (bound > 0 ? " below " + bound : "")
              + " #"
              + purpose;
    };
  }

  /** A number as short as it can be. */
  static String number(float c) {
    return c == Math.rint(c) && Math.abs(c) < 1e7 ? String.valueOf((long) c) : String.valueOf(c);
  }
}
