package dev.advect.path;

import dev.advect.AdvectException;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A formula of a configuration, such as {@code 1 - (1 - 0.01) * t}: numbers, {@code pi}, variables,
 * {@code + - * / ^}, brackets, and functions of one argument.
 *
 * <p>It can be evaluated in double, and written into a graph, where it can be differentiated. There
 * is nothing in it that could do anything else.
 */
sealed interface Expression {
  /** A number. */
  record Number(double value) implements Expression {}

  /** A variable. */
  record Variable(String name) implements Expression {}

  /** A function of one argument. */
  record Call(Function function, Expression argument) implements Expression {}

  /** Two arguments and what is between them. */
  record Binary(char operator, Expression left, Expression right) implements Expression {}

  /** The functions. */
  enum Function {
    NEG,
    EXP,
    LOG,
    SQRT,
    SIN,
    COS,
    TANH
  }

  /**
   * Reads a formula.
   *
   * @param what what it is, for messages
   * @param variables the names it may use
   * @throws AdvectException naming the place where it cannot be read
   */
  static Expression parse(String what, String text, Set<String> variables) {
    return new ExpressionParser(what, text, variables).parse();
  }

  /** The variables it mentions. */
  default Set<String> variables() {
    var found = new TreeSet<String>();
    collect(found);
    return found;
  }

  private void collect(Set<String> found) {
    switch (this) {
      case Number _ -> {}
      case Variable(String name) -> found.add(name);
      case Call(_, Expression argument) -> argument.collect(found);
      case Binary(_, Expression left, Expression right) -> {
        left.collect(found);
        right.collect(found);
      }
    }
  }

  /** Its value where the variables have values. */
  default double evaluate(Map<String, Double> variables) {
    return switch (this) {
      case Number(double value) -> value;
      case Variable(String name) -> variables.get(name);
      case Call(Function f, Expression argument) -> {
        double x = argument.evaluate(variables);
        yield switch (f) {
          case NEG -> -x;
          case EXP -> Math.exp(x);
          case LOG -> Math.log(x);
          case SQRT -> Math.sqrt(x);
          case SIN -> Math.sin(x);
          case COS -> Math.cos(x);
          case TANH -> Math.tanh(x);
        };
      }
      case Binary(char operator, Expression left, Expression right) -> {
        double x = left.evaluate(variables);
        double y = right.evaluate(variables);
        yield switch (operator) {
          case '+' -> x + y;
          case '-' -> x - y;
          case '*' -> x * y;
          case '/' -> x / y;
          default -> Math.pow(x, y);
        };
      }
    };
  }

  /** The same in a graph. */
  default Value write(Trace g, Map<String, Value> variables) {
    return switch (this) {
      case Number(double value) -> g.constant(value);
      case Variable(String name) -> variables.get(name);
      case Call(Function f, Expression argument) -> {
        Value x = argument.write(g, variables);
        yield switch (f) {
          case NEG -> x.neg();
          case EXP -> x.exp();
          case LOG -> x.log();
          case SQRT -> x.sqrt();
          case SIN -> x.sin();
          case COS -> x.cos();
          case TANH -> x.tanh();
        };
      }
      case Binary(char operator, Expression left, Expression right) -> {
        Value x = left.write(g, variables);
        yield switch (operator) {
          case '+' -> x.plus(right.write(g, variables));
          case '-' -> x.minus(right.write(g, variables));
          case '*' -> x.times(right.write(g, variables));
          case '/' -> x.over(right.write(g, variables));
          default -> power(g, x, right, variables);
        };
      }
    };
  }

  /** Small whole powers as products, which have derivatives at 0 and below. */
  private static Value power(Trace g, Value x, Expression exponent, Map<String, Value> variables) {
    if (exponent instanceof Number(double n) && n == Math.rint(n) && n >= 1 && n <= 8) {
      Value product = x;
      for (int i = 1; i < n; i++) {
        product = product.times(x);
      }
      return product;
    }
    return x.pow(exponent.write(g, variables));
  }
}
