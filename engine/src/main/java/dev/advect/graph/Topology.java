package dev.advect.graph;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Orders of values. Iterative, since unrolled solvers make deep graphs. */
public final class Topology {
  private Topology() {}

  /** Everything the roots are made of, arguments first, each once, in a stable order. */
  public static List<Value> order(Collection<Value> roots) {
    var done = new LinkedHashSet<Value>();
    var open = new HashSet<Value>();
    var stack = new ArrayDeque<Value>();
    for (Value root : roots) {
      stack.push(root);
      while (!stack.isEmpty()) {
        Value v = stack.peek();
        if (done.contains(v)) {
          stack.pop();
        } else if (open.add(v)) {
          for (Value a : v.args().reversed()) {
            if (!done.contains(a)) {
              stack.push(a);
            }
          }
        } else {
          stack.pop();
          done.add(v);
        }
      }
    }
    return List.copyOf(done);
  }

  /** Of the values in topological order, those that are among or depend on the sources. */
  public static Set<Value> dependents(List<Value> order, Collection<Value> sources) {
    var found = new HashSet<>(sources);
    for (Value v : order) {
      for (Value a : v.args()) {
        if (found.contains(a)) {
          found.add(v);
          break;
        }
      }
    }
    return found;
  }
}
