package dev.advect.path;

import dev.advect.AdvectException;
import dev.advect.path.Expression.Binary;
import dev.advect.path.Expression.Call;
import dev.advect.path.Expression.Function;
import dev.advect.path.Expression.Number;
import dev.advect.path.Expression.Operator;
import dev.advect.path.Expression.Variable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Recursive descent over
 *
 * <pre>
 *   sum     = product (("+" | "-") product)*
 *   product = signed (("*" | "/") signed)*
 *   signed  = ("+" | "-") signed | power
 *   power   = atom (("^" | "**") signed)?
 *   atom    = number | name | name "(" sum ("," sum)? ")" | "(" sum ")"
 * </pre>
 *
 * <p>A product must be written with its sign. Length and depth are bounded, so that no text can
 * exhaust the stack.
 */
final class ExpressionParser {
  private static final int MAX_LENGTH = 1000;
  private static final int MAX_DEPTH = 100;
  private static final Pattern NUMBER = Pattern.compile("[0-9.]+([eE][+-]?[0-9]+|[eE](?![a-z]))?");
  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{Nd}_]*");

  private final String text;
  private final Set<String> variables;
  private int at;
  private int depth;

  ExpressionParser(String text, Set<String> variables) {
    this.text = text;
    this.variables = variables;
  }

  Expression parse() {
    if (text.length() > MAX_LENGTH) {
      throw new AdvectException(
          "has %d characters; at most %d are read".formatted(text.length(), MAX_LENGTH),
          "write a shorter formula");
    }
    if (text.isBlank()) {
      throw new AdvectException("is empty", "write a formula, for example " + example());
    }
    Expression whole = sum();
    return switch (peek()) {
      case 0 -> whole;
      case ')' -> throw problem(at, "this ')' closes nothing");
      case ',' -> throw problem(at, "',' is not expected; decimals have a point, as in 0.5");
      case '=' -> throw problem(at, "'=' is not expected; write the right-hand side alone");
      default -> throw unexpected();
    };
  }

  private String example() {
    return variables.contains("x1") ? "t*x1" : "1-(1-0.01)*t";
  }

  private Expression sum() {
    Expression left = product();
    while (peek() == '+' || peek() == '-') {
      Operator operator = text.charAt(at++) == '+' ? Operator.ADD : Operator.SUB;
      left = new Binary(operator, left, product());
    }
    return left;
  }

  private Expression product() {
    Expression left = signed();
    while (peek() == '*' || peek() == '/') {
      Operator operator = text.charAt(at++) == '*' ? Operator.MUL : Operator.DIV;
      left = new Binary(operator, left, signed());
    }
    return left;
  }

  /** Whatever nests passes here. */
  private Expression signed() {
    char sign = peek();
    if (++depth > MAX_DEPTH) {
      throw problem(at, "it is nested more than %d deep".formatted(MAX_DEPTH));
    }
    Expression signed;
    if (sign == '-' || sign == '+') {
      at++;
      Expression argument = signed();
      signed = sign == '-' ? new Call(Function.NEG, argument) : argument;
    } else {
      signed = power();
    }
    depth--;
    return signed;
  }

  private Expression power() {
    int start = skipBlanks();
    Expression base = atom();
    requireNoProductSign(start);
    if (peek() == '^') {
      at++;
    } else if (text.startsWith("**", at)) {
      at += 2;
    } else {
      return base;
    }
    return new Binary(Operator.POW, base, signed());
  }

  private Expression atom() {
    int start = skipBlanks();
    if (peek() == '(') {
      at++;
      Expression inside = sum();
      close(start);
      return inside;
    }
    Optional<String> number = take(NUMBER);
    if (number.isPresent()) {
      return number(start, number.get());
    }
    String name = take(NAME).orElseThrow(this::unexpected);
    if (name.equals("pi")) {
      return new Number(Math.PI);
    }
    if (variables.contains(name)) {
      return new Variable(name);
    }
    return peek() == '(' ? call(start, name) : unknown(start, name);
  }

  private Expression number(int start, String digits) {
    try {
      double value = Double.parseDouble(digits);
      if (Double.isFinite(value)) {
        return new Number(value);
      }
    } catch (NumberFormatException _) {
      throw problem(start, "'%s' is no number".formatted(digits));
    }
    throw problem(start, "%s is too large".formatted(digits));
  }

  private Expression call(int start, String name) {
    Optional<Function> function = function(name);
    Optional<Operator> pair =
        Stream.of(Operator.MIN, Operator.MAX).filter(o -> word(o).equals(name)).findFirst();
    if (function.isEmpty() && pair.isEmpty()) {
      throw problem(start, "there is no function '%s'".formatted(name));
    }
    int open = at++;
    Expression first = sum();
    if (function.isPresent()) {
      if (peek() == ',') {
        throw problem(at, "%s takes one argument; decimals have a point".formatted(name));
      }
      close(open);
      return new Call(function.get(), first);
    }
    if (peek() != ',') {
      throw problem(at, "%s takes two arguments, as in %s(t, 0.5)".formatted(name, name));
    }
    at++;
    Expression second = sum();
    close(open);
    return new Binary(pair.get(), first, second);
  }

  private Expression unknown(int start, String name) {
    boolean function = function(name).isPresent() || Stream.of("min", "max").anyMatch(name::equals);
    throw problem(
        start,
        function
            ? "%s is a function: write %s(...)".formatted(name, name)
            : "there is no variable '%s'".formatted(name));
  }

  private static Optional<Function> function(String name) {
    return Arrays.stream(Function.values())
        .filter(f -> f != Function.NEG && word(f).equals(name))
        .findFirst();
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private void close(int open) {
    if (peek() == 0) {
      throw problem(at, "the '(' at character %d is not closed".formatted(open + 1));
    }
    if (peek() != ')') {
      throw peek() == ','
          ? problem(at, "',' is not expected; decimals have a point, as in 0.5")
          : unexpected();
    }
    at++;
  }

  /** Refuses 2t, 2(1-t), t x1: what follows a whole factor begins another. */
  private void requireNoProductSign(int start) {
    String factor = text.substring(start, at).strip();
    char next = peek();
    if (next == '(' || next == '.' || Character.isLetterOrDigit(next) || next == '_') {
      int from = at;
      String other = take(NUMBER).or(() -> take(NAME)).orElse("(...)");
      String written = factor.length() <= 12 ? factor : "(...)";
      throw problem(from, "a product needs its sign: write %s*%s".formatted(written, other));
    }
  }

  /** The text at this place that matches. */
  private Optional<String> take(Pattern pattern) {
    skipBlanks();
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      return Optional.empty();
    }
    at = matcher.end();
    return Optional.of(matcher.group());
  }

  private int skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** The next character that is not a blank; 0 at the end. */
  private char peek() {
    skipBlanks();
    return at < text.length() ? text.charAt(at) : 0;
  }

  private AdvectException unexpected() {
    char c = peek();
    if (c == 0) {
      return problem(at, "it ends too early");
    }
    boolean dash = Character.getType(c) == Character.DASH_PUNCTUATION || c == '\u2212';
    String name = c < 128 ? "'%c'".formatted(c) : "'%c' (U+%04X)".formatted(c, (int) c);
    return problem(
        at, name + (dash ? " is no minus sign of a keyboard: write -" : " is not expected"));
  }

  private AdvectException problem(int position, String problem) {
    String functions =
        Arrays.stream(Function.values())
            .filter(f -> f != Function.NEG)
            .map(ExpressionParser::word)
            .collect(Collectors.joining(", "));
    return new AdvectException(
        "'%s' cannot be read at character %d: %s".formatted(shown(), position + 1, problem),
        "it may use numbers, pi, %s, + - * / ^ ( ), %s, min and max"
            .formatted(String.join(", ", variables.stream().sorted().toList()), functions));
  }

  /** The text, cut where it would fill the screen. */
  private String shown() {
    return text.length() <= 120 ? text : text.substring(0, 117) + "...";
  }
}
