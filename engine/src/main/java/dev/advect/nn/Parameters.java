package dev.advect.nn;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.WeakHashMap;

/**
 * The parameters of a network, collected while its equations are traced: shared inputs named by
 * scope, each with the law of its initial values.
 *
 * <p>Asking twice for a name gives the same value: a network evaluated at several points has one
 * set of weights. Names begin with the scope of the whole, {@code field} unless told otherwise.
 */
public final class Parameters {
  private record Entry(Value value, Initial initial) {}

  /** Of the fields that somebody still has. */
  private static final Map<Field, SequencedMap<String, ValueType>> TYPES =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final Trace trace;
  private final String scope;
  private final SequencedMap<String, Entry> entries;

  /** No parameters yet; names will begin with {@code field}. */
  public Parameters(Trace trace) {
    this(trace, "field");
  }

  /** No parameters yet; names will begin with the scope. */
  public Parameters(Trace trace, String scope) {
    this(trace, scope, new LinkedHashMap<>());
  }

  private Parameters(Trace trace, String scope, SequencedMap<String, Entry> entries) {
    this.trace = trace;
    this.scope = scope;
    this.entries = entries;
  }

  /** The parameters that {@code field} has, found by tracing its velocity once. */
  public static Parameters of(Field field) {
    var trace = new Trace();
    var parameters = new Parameters(trace);
    Value x = trace.input("x", ValueType.sample(field.dim()));
    Value t = trace.input("t", ValueType.sample());
    field.velocity(parameters, x, t);
    return parameters;
  }

  /**
   * The types of the parameters that {@code field} has, by full name, in the order of their first
   * use. Fields do not change, so each is traced once.
   */
  public static SequencedMap<String, ValueType> types(Field field) {
    return TYPES.computeIfAbsent(
        field,
        f -> {
          var types = new LinkedHashMap<String, ValueType>();
          of(f).values().forEach((name, v) -> types.put(name, v.type()));
          return Collections.unmodifiableSequencedMap(types);
        });
  }

  /** The same collection seen from an inner scope: {@code in("layers.0").get("weight", ..)}. */
  public Parameters in(String inner) {
    return new Parameters(trace, scope + "." + inner, entries);
  }

  /** The trace they live in. */
  public Trace trace() {
    return trace;
  }

  /**
   * shared[dims]: the weight or bias of a layer of {@code fanIn} inputs, initially uniform within
   * 1/sqrt(fanIn) as in PyTorch's Linear.
   */
  public Value get(String name, int fanIn, int... dims) {
    return get(name, Initial.fanIn(fanIn), dims);
  }

  /** shared[dims]: a parameter with the given initial law. */
  public Value get(String name, Initial initial, int... dims) {
    ValueType type = ValueType.shared(dims);
    String full = scope + "." + name;
    Entry entry = entries.computeIfAbsent(full, n -> new Entry(trace.input(n, type), initial));
    if (!entry.value().type().equals(type)) {
      throw new IllegalArgumentException(
          "parameter %s is %s and is asked for as %s".formatted(full, entry.value().type(), type));
    }
    return entry.value();
  }

  /** All collected so far, by full name, in the order of their first use. */
  public SequencedMap<String, Value> values() {
    var values = new LinkedHashMap<String, Value>();
    entries.forEach((name, entry) -> values.put(name, entry.value()));
    return values;
  }

  /** How many numbers they are. */
  public long count() {
    return entries.values().stream().mapToLong(entry -> entry.value().size()).sum();
  }

  /**
   * Initial values by full name, row-major: a function of seed, name and dims alone, so adding a
   * layer changes no other.
   */
  public SequencedMap<String, float[]> initial(long seed) {
    var initial = new LinkedHashMap<String, float[]>();
    entries.forEach(
        (name, entry) ->
            initial.put(name, entry.initial().draw(key(seed, name), entry.value().size())));
    return initial;
  }

  /** FNV-1a of the name, mixed with the seed by the finaliser of SplitMix64. */
  private static long key(long seed, String name) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    long z = hash + seed * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
