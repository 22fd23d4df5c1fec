package dev.advect.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * Emits arithmetic on vectors, as calls of the Vector API.
 *
 * <p>The just-in-time compiler knows the class of a vector that has just been made, and so which
 * methods a call on it is. What a loop carries is a {@code FloatVector} to it, unless it has seen
 * enough calls to guess; where it guesses amiss it makes objects of the vectors, for good. So a
 * method is called on new vectors only, and what a loop carries is an argument.
 */
final class VectorCode implements Primitives {
  private static final String PACKAGE = "jdk.incubator.vector";
  private static final ClassDesc KERNELS = VectorKernels.class.describeConstable().orElseThrow();
  private static final ClassDesc BUTTERFLY = Butterfly.class.describeConstable().orElseThrow();
  private static final ClassDesc FLOAT_VECTOR = ClassDesc.of(PACKAGE, "FloatVector");
  private static final ClassDesc INT_VECTOR = ClassDesc.of(PACKAGE, "IntVector");
  private static final ClassDesc VECTOR = ClassDesc.of(PACKAGE, "Vector");
  private static final ClassDesc MASK = ClassDesc.of(PACKAGE, "VectorMask");
  private static final ClassDesc SPECIES = ClassDesc.of(PACKAGE, "VectorSpecies");
  private static final ClassDesc OPERATORS = ClassDesc.of(PACKAGE, "VectorOperators");
  private static final ClassDesc ASSOCIATIVE = ClassDesc.of(PACKAGE, "VectorOperators$Associative");
  private static final ClassDesc CONVERSION = ClassDesc.of(PACKAGE, "VectorOperators$Conversion");
  private static final ClassDesc BINARY = ClassDesc.of(PACKAGE, "VectorOperators$Binary");
  private static final ClassDesc COMPARISON = ClassDesc.of(PACKAGE, "VectorOperators$Comparison");
  private static final ClassDesc FLOATS = CD_float.arrayType();

  private static final MethodTypeDesc UNARY_METHOD = MethodTypeDesc.of(FLOAT_VECTOR);
  private static final MethodTypeDesc BINARY_METHOD = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR);
  private static final MethodTypeDesc FMA = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR, VECTOR);
  private static final MethodTypeDesc BLEND = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR, MASK);

  private final CodeBuilder code;
  private final IntSupplier fresh;
  private final int width;

  /** The JVM's local variables of each value: one for each of its vectors. */
  private final List<int[]> values = new ArrayList<>();

  private final Map<Float, Integer> literals = new HashMap<>();
  private final Set<Float> wanted = new LinkedHashSet<>();

  /**
   * Code for values of some vectors each, which lie side by side in memory. Each operation is
   * emitted for one vector after the other: the processor, which looks only so far ahead, then
   * always finds work that does not wait for what it has just begun.
   */
  VectorCode(CodeBuilder code, IntSupplier fresh, int width) {
    this.code = code;
    this.fresh = fresh;
    this.width = width;
  }

  /** Emits one vector of a value. */
  private interface Part {
    void push(int vector);
  }

  /** A value whose vectors are left on the stack one by one. */
  private int each(Part part) {
    int[] locals = new int[width];
    for (int w = 0; w < width; w++) {
      part.push(w);
      locals[w] = fresh.getAsInt();
      code.astore(locals[w]);
    }
    return value(locals);
  }

  private int value(int[] locals) {
    values.add(locals);
    return values.size() - 1;
  }

  private CodeBuilder push(int value, int vector) {
    return code.aload(values.get(value)[vector]);
  }

  @Override
  public int lanes() {
    return width * VectorKernels.SPECIES.length();
  }

  // ------------------------------------------------------------------ memory

  private void species() {
    code.getstatic(KERNELS, "SPECIES", SPECIES);
  }

  private void index(Index index, int vector) {
    index.push();
    if (vector > 0) {
      code.loadConstant(vector * VectorKernels.SPECIES.length()).iadd();
    }
  }

  @Override
  public int variable() {
    int[] locals = new int[width];
    Arrays.setAll(locals, _ -> fresh.getAsInt());
    return value(locals);
  }

  @Override
  public int load(int array, Index index) {
    return each(
        w -> {
          species();
          code.aload(array);
          index(index, w);
          code.invokestatic(
              FLOAT_VECTOR, "fromArray", MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, FLOATS, CD_int));
        });
  }

  @Override
  public int broadcast(int array, Index index) {
    return same(
        () -> {
          code.aload(array);
          index.push();
          code.faload();
        });
  }

  /** A value whose vectors are one and the same, of one float in all lanes. */
  private int same(Index number) {
    int[] locals = new int[width];
    species();
    number.push();
    code.invokestatic(
        FLOAT_VECTOR, "broadcast", MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, CD_float));
    Arrays.fill(locals, fresh.getAsInt());
    code.astore(locals[0]);
    return value(locals);
  }

  @Override
  public void store(int value, int array, Index index) {
    for (int w = 0; w < width; w++) {
      push(value, w).aload(array);
      index(index, w);
      code.invokevirtual(FLOAT_VECTOR, "intoArray", MethodTypeDesc.of(CD_void, FLOATS, CD_int));
    }
  }

  @Override
  public void move(int from, int to) {
    for (int w = 0; w < width; w++) {
      push(from, w).astore(values.get(to)[w]);
    }
  }

  /** By adding what changes nothing, not even -0. */
  @Override
  public int carried(int x) {
    return add(literal(-0f), x);
  }

  /**
   * By a choice: the API's own masked sum is a call that the just-in-time compiler inlines in some
   * processes and not in others, and a loop with it is three times slower then.
   */
  @Override
  public int addMasked(int x, int y, int mask) {
    return blend(x, add(x, y), mask);
  }

  /** By comparing the numbers of the lanes: {@code indexInRange} goes through memory. */
  @Override
  public int mask(Index first, int limit) {
    return each(
        w -> {
          code.getstatic(KERNELS, "LANES", FLOAT_VECTOR).getstatic(OPERATORS, "LT", COMPARISON);
          code.iload(limit);
          index(first, w);
          code.isub().i2f();
          code.invokevirtual(
              FLOAT_VECTOR, "compare", MethodTypeDesc.of(MASK, COMPARISON, CD_float));
        });
  }

  // ------------------------------------------------------------------ literals

  @Override
  public void hoist(Set<Float> numbers) {
    for (float c : numbers) {
      literals.put(c, same(() -> code.loadConstant(c)));
    }
  }

  @Override
  public Set<Float> wanted() {
    return wanted;
  }

  @Override
  public int literal(float c) {
    Integer known = literals.get(c);
    if (known == null) {
      wanted.add(c);
      return same(() -> code.loadConstant(c));
    }
    return known;
  }

  // ------------------------------------------------------------------ arithmetic

  private int unary(String name, int x) {
    return each(w -> push(x, w).invokevirtual(FLOAT_VECTOR, name, UNARY_METHOD));
  }

  private int binary(String name, int x, int y) {
    return each(
        w -> {
          push(x, w);
          push(y, w).invokevirtual(FLOAT_VECTOR, name, BINARY_METHOD);
        });
  }

  @Override
  public int neg(int x) {
    return unary("neg", x);
  }

  @Override
  public int abs(int x) {
    return unary("abs", x);
  }

  @Override
  public int sqrt(int x) {
    return unary("sqrt", x);
  }

  @Override
  public int add(int x, int y) {
    return binary("add", x, y);
  }

  @Override
  public int sub(int x, int y) {
    return binary("sub", x, y);
  }

  @Override
  public int mul(int x, int y) {
    return binary("mul", x, y);
  }

  @Override
  public int div(int x, int y) {
    return binary("div", x, y);
  }

  @Override
  public int max(int x, int y) {
    return binary("max", x, y);
  }

  @Override
  public int min(int x, int y) {
    return binary("min", x, y);
  }

  @Override
  public int fma(int x, int y, int z) {
    return each(
        w -> {
          push(x, w);
          push(y, w);
          push(z, w).invokevirtual(FLOAT_VECTOR, "fma", FMA);
        });
  }

  @Override
  public int compare(String comparison, int x, int y) {
    return each(
        w -> {
          push(x, w).getstatic(OPERATORS, comparison, COMPARISON);
          push(y, w);
          code.invokevirtual(FLOAT_VECTOR, "compare", MethodTypeDesc.of(MASK, COMPARISON, VECTOR));
        });
  }

  @Override
  public int blend(int x, int y, int mask) {
    return each(
        w -> {
          push(x, w);
          push(y, w);
          push(mask, w).invokevirtual(FLOAT_VECTOR, "blend", BLEND);
        });
  }

  @Override
  public int bits(int x) {
    return each(
        w ->
            push(x, w)
                .invokevirtual(FLOAT_VECTOR, "reinterpretAsInts", MethodTypeDesc.of(INT_VECTOR)));
  }

  @Override
  public int floats(int bits) {
    return each(w -> push(bits, w).invokevirtual(INT_VECTOR, "reinterpretAsFloats", UNARY_METHOD));
  }

  @Override
  public int ints(String operation, int x, int number) {
    return each(
        w -> {
          push(x, w).getstatic(OPERATORS, operation, kind(operation)).loadConstant(number);
          code.invokevirtual(INT_VECTOR, "lanewise", MethodTypeDesc.of(INT_VECTOR, BINARY, CD_int));
        });
  }

  @Override
  public int intsBoth(String operation, int x, int y) {
    return each(
        w -> {
          push(x, w).getstatic(OPERATORS, operation, kind(operation));
          push(y, w);
          code.invokevirtual(INT_VECTOR, "lanewise", MethodTypeDesc.of(INT_VECTOR, BINARY, VECTOR));
        });
  }

  private static ClassDesc kind(String operation) {
    return switch (operation) {
      case "ADD", "AND", "OR" -> ASSOCIATIVE;
      default -> BINARY;
    };
  }

  /** Lanes of two values of bits, by a constant of {@link Butterfly}. */
  int selectFrom(String constant, int x, int y) {
    return each(
        w -> {
          code.getstatic(BUTTERFLY, constant, INT_VECTOR);
          push(x, w);
          push(y, w);
          code.invokevirtual(
              INT_VECTOR, "selectFrom", MethodTypeDesc.of(INT_VECTOR, VECTOR, VECTOR));
        });
  }

  @Override
  public int converted(int x) {
    return each(
        w -> {
          push(x, w).getstatic(OPERATORS, "I2F", CONVERSION).iconst_0();
          code.invokevirtual(INT_VECTOR, "convert", MethodTypeDesc.of(VECTOR, CONVERSION, CD_int));
          code.checkcast(FLOAT_VECTOR);
        });
  }
}
