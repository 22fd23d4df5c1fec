package dev.advect.path;

import dev.advect.AdvectException;
import dev.advect.path.Expression.Binary;
import dev.advect.path.Expression.Call;
import dev.advect.path.Expression.Function;
import dev.advect.path.Expression.Number;
import dev.advect.path.Expression.Variable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Recursive descent over
 *
 * <pre>
 *   sum     = product (("+" | "-") product)*
 *   product = signed (("*" | "/") signed)*
 *   signed  = ("+" | "-") signed | power
 *   power   = atom ("^" signed)?
 *   atom    = number | name | name "(" sum ")" | "(" sum ")"
 * </pre>
 */
final class ExpressionParser {
  private static final int MAX_LENGTH = 1000;

  private final String what;
  private final String text;
  private final Set<String> variables;
  private int at;

  ExpressionParser(String what, String text, Set<String> variables) {
    this.what = what;
    this.text = text;
    this.variables = variables;
  }

  Expression parse() {
    if (text.length() > MAX_LENGTH) {
      throw new AdvectException(
          "the %s has %d characters; at most %d are read"
              .formatted(what, text.length(), MAX_LENGTH),
          "write a shorter formula");
    }
    Expression whole = sum();
    if (peek() != 0) {
      throw problem("'" + peek() + "' is not expected");
    }
    return whole;
  }

  private Expression sum() {
    Expression left = product();
    while (peek() == '+' || peek() == '-') {
      left = new Binary(take(), left, product());
    }
    return left;
  }

  private Expression product() {
    Expression left = signed();
    while (peek() == '*' || peek() == '/') {
      left = new Binary(take(), left, signed());
    }
    return left;
  }

  private Expression signed() {
    return switch (peek()) {
      case '-' -> {
        take();
        yield new Call(Function.NEG, signed());
      }
      case '+' -> {
        take();
        yield signed();
      }
      default -> power();
    };
  }

  private Expression power() {
    Expression base = atom();
    return peek() == '^' ? new Binary(take(), base, signed()) : base;
  }

  private Expression atom() {
    char c = peek();
    if (c == '(') {
      return bracket();
    }
    int from = at;
    if (Character.isDigit(c) || c == '.') {
      while (isPartOfNumber()) {
        at++;
      }
      return number(text.substring(from, at));
    }
    while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
      at++;
    }
    if (from == at) {
      throw problem(c == 0 ? "it ends too early" : "'" + c + "' is not expected");
    }
    String name = text.substring(from, at);
    if (peek() == '(') {
      return new Call(function(name), bracket());
    }
    if (name.equals("pi")) {
      return new Number(Math.PI);
    }
    if (!variables.contains(name)) {
      throw problem("there is no variable '" + name + "'");
    }
    return new Variable(name);
  }

  private boolean isPartOfNumber() {
    if (at >= text.length()) {
      return false;
    }
    char c = text.charAt(at);
    boolean sign = (c == '+' || c == '-') && "eE".indexOf(text.charAt(at - 1)) >= 0;
    return Character.isDigit(c) || c == '.' || c == 'e' || c == 'E' || sign;
  }

  private Expression number(String digits) {
    try {
      return new Number(Double.parseDouble(digits));
    } catch (NumberFormatException _) {
      throw problem("'" + digits + "' is no number");
    }
  }

  private Function function(String name) {
    for (Function f : Function.values()) {
      if (f != Function.NEG && f.name().toLowerCase(Locale.ROOT).equals(name)) {
        return f;
      }
    }
    throw problem("there is no function '" + name + "'");
  }

  private Expression bracket() {
    take();
    Expression inside = sum();
    if (peek() != ')') {
      throw problem("a ')' is missing");
    }
    take();
    return inside;
  }

  /** The next character that is not a blank; 0 at the end. */
  private char peek() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    return at < text.length() ? text.charAt(at) : 0;
  }

  private char take() {
    char c = peek();
    at++;
    return c;
  }

  private AdvectException problem(String problem) {
    String functions =
        Arrays.stream(Function.values())
            .filter(f -> f != Function.NEG)
            .map(f -> f.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    return new AdvectException(
        "the %s '%s' cannot be read at character %d: %s".formatted(what, text, at + 1, problem),
        "it may use numbers, pi, %s, + - * / ^ ( ) and %s"
            .formatted(String.join(", ", variables.stream().sorted().toList()), functions));
  }
}
