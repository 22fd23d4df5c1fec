package dev.advect.path;

import dev.advect.AdvectException;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * A formula of a configuration, such as {@code 1 - (1 - 0.01) * t}: numbers, {@code pi}, variables,
 * {@code + - * / ^}, brackets, and a few functions.
 *
 * <p>It can be evaluated in double together with its derivative, and written into a graph, where it
 * can be differentiated. There is nothing in it that could do anything else.
 */
sealed interface Expression {
  /** A number. */
  record Number(double value) implements Expression {}

  /** A variable. */
  record Variable(String name) implements Expression {}

  /** A function of one argument. */
  record Call(Function function, Expression argument) implements Expression {}

  /** Two arguments and what is done with them. */
  record Binary(Operator operator, Expression left, Expression right) implements Expression {}

  /** The functions of one argument. */
  enum Function {
    NEG,
    ABS,
    EXP,
    LOG,
    SQRT,
    SIN,
    COS,
    TAN,
    TANH
  }

  /** What takes two arguments; the last two are written as functions. */
  enum Operator {
    ADD,
    SUB,
    MUL,
    DIV,
    POW,
    MIN,
    MAX
  }

  /** Whole powers up to this are written as products. */
  int LARGEST_PRODUCT = 64;

  /**
   * Reads a formula.
   *
   * @param variables the names it may use
   * @throws AdvectException naming the place where it cannot be read
   */
  static Expression parse(String text, Set<String> variables) {
    return new ExpressionParser(text, variables).parse();
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

  /** Its value and derivative where the variables have theirs. */
  default Dual evaluate(Map<String, Dual> variables) {
    return switch (this) {
      case Number(double value) -> Dual.constant(value);
      case Variable(String name) -> variables.get(name);
      case Call(Function f, Expression argument) -> {
        Dual x = argument.evaluate(variables);
        yield switch (f) {
          case NEG -> x.neg();
          case ABS -> x.abs();
          case EXP -> x.exp();
          case LOG -> x.log();
          case SQRT -> x.sqrt();
          case SIN -> x.sin();
          case COS -> x.cos();
          case TAN -> x.tan();
          case TANH -> x.tanh();
        };
      }
      case Binary(Operator operator, Expression left, Expression right) -> {
        Dual x = left.evaluate(variables);
        Dual y = right.evaluate(variables);
        yield switch (operator) {
          case ADD -> x.plus(y);
          case SUB -> x.minus(y);
          case MUL -> x.times(y);
          case DIV -> x.over(y);
          case POW -> x.pow(y);
          case MIN -> x.min(y);
          case MAX -> x.max(y);
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
          case ABS -> x.abs();
          case EXP -> x.exp();
          case LOG -> x.log();
          case SQRT -> x.sqrt();
          case SIN -> x.sin();
          case COS -> x.cos();
          case TAN -> x.sin().over(x.cos());
          case TANH -> x.tanh();
        };
      }
      case Binary(Operator operator, Expression left, Expression right) -> {
        Value x = left.write(g, variables);
        yield switch (operator) {
          case ADD -> x.plus(right.write(g, variables));
          case SUB -> x.minus(right.write(g, variables));
          case MUL -> x.times(right.write(g, variables));
          case DIV -> x.over(right.write(g, variables));
          case POW -> power(g, x, right, variables);
          case MIN -> x.min(right.write(g, variables));
          case MAX -> x.max(right.write(g, variables));
        };
      }
    };
  }

  /** Whole powers as products, which have values and derivatives at 0 and below. */
  private static Value power(Trace g, Value x, Expression exponent, Map<String, Value> variables) {
    OptionalDouble known = exponent.constant();
    boolean whole =
        known.isPresent()
            && known.getAsDouble() == Math.rint(known.getAsDouble())
            && Math.abs(known.getAsDouble()) <= LARGEST_PRODUCT;
    if (!whole) {
      return x.pow(exponent.write(g, variables));
    }
    int n = (int) known.getAsDouble();
    Value product = g.constant(1);
    Value square = x;
    for (int bits = Math.abs(n); bits > 0; bits >>= 1) {
      product = bits % 2 == 1 ? product.times(square) : product;
      square = bits > 1 ? square.square() : square;
    }
    return n < 0 ? product.recip() : product;
  }

  /** Its value if no variable is in it. */
  private OptionalDouble constant() {
    return variables().isEmpty()
        ? OptionalDouble.of(evaluate(Map.of()).value())
        : OptionalDouble.empty();
  }
}
