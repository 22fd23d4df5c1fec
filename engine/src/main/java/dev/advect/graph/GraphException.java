package dev.advect.graph;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A graph that makes no sense: names the operation, the argument types, and the lines of the
 * program that made them.
 */
public final class GraphException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with applying {@code op} to the arguments. */
  public GraphException(String problem, Op op, List<Value> args) {
    super(message(problem, op, args));
  }

  /** What is wrong with a whole graph. */
  public GraphException(String problem) {
    super(problem);
  }

  private static String message(String problem, Op op, List<Value> args) {
    var text = new StringBuilder();
    text.append(GraphPrinter.name(op)).append(": ").append(problem);
    text.append(" (arguments ");
    text.append(args.stream().map(a -> a.type().toString()).collect(Collectors.joining(", ")));
    text.append(")");
    for (Value a : args) {
      text.append("\n  ").append(GraphPrinter.name(a.op())).append(" : ").append(a.type());
      text.append(" made at ").append(a.origin());
    }
    return text.toString();
  }
}
