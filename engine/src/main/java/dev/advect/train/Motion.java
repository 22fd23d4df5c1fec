package dev.advect.train;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.solve.Dynamics;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** What is solved, for a solve that needs several programs: where samples start, how they move. */
interface Motion {
  /** Where they start, in a graph of its own. */
  List<Value> start(Trace g);

  /** What a sample keeps for the whole solve, made where it starts: per-sample values by name. */
  SequencedMap<String, Value> kept(Trace g);

  /**
   * How they move.
   *
   * @param kept what {@link #kept} made, or inputs of the same names in another graph
   */
  Dynamics dynamics(Trace g, Map<String, Value> kept);
}
