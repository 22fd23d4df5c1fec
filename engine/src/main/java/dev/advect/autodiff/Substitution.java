package dev.advect.autodiff;

import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Extremum;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Topology;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Equations written again with other values in the place of some. */
final class Substitution {
  private Substitution() {}

  /**
   * The values made again.
   *
   * @param values what to make again
   * @param replaced what stands for what; a replacement has the type of what it replaces
   */
  static List<Value> of(List<Value> values, Map<Value, Value> replaced) {
    var made = new HashMap<>(replaced);
    for (Value v : Topology.order(values)) {
      made.computeIfAbsent(v, _ -> again(v, v.args().stream().map(made::get).toList()));
    }
    return values.stream().map(made::get).toList();
  }

  private static Value again(Value v, List<Value> args) {
    if (args.equals(v.args())) {
      return v;
    }
    Trace g = v.trace();
    Value[] list = args.toArray(Value[]::new);
    return switch (v.op()) {
      case Elementwise e -> g.elementwise(e, list);
      case Linear l -> g.linear(l, list);
      case Extremum x -> g.extremum(x.kind(), args.getFirst(), x.axes());
      case Source _ -> v;
    };
  }
}
