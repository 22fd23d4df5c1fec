package dev.advect.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.advect.backend.cpu.Region.Instruction;
import dev.advect.backend.cpu.Region.Ref;
import dev.advect.graph.Op.Elementwise;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * Emits the vector arithmetic of a region, on vectors in local variables.
 *
 * <p>Only operations whose every bit is defined are used (IEEE arithmetic, fused multiply-add, bit
 * patterns): the JDK's own {@code lanewise} sine or logarithm gives other bits before and after it
 * is compiled, and a resumed training would drift from an uninterrupted one.
 */
final class VectorCode {
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
  private final Map<Float, Integer> literals = new HashMap<>();
  private final Set<Float> wanted = new LinkedHashSet<>();
  private final VectorFunctions functions = new VectorFunctions(this);

  VectorCode(CodeBuilder code, IntSupplier fresh) {
    this.code = code;
    this.fresh = fresh;
  }

  // ------------------------------------------------------------------ memory

  private void species() {
    code.getstatic(KERNELS, "SPECIES", SPECIES);
  }

  /** An index is on the stack; loads from an array into a new local variable. */
  int load(int array) {
    int index = fresh.getAsInt();
    int v = fresh.getAsInt();
    code.istore(index);
    species();
    code.aload(array).iload(index);
    code.invokestatic(
        FLOAT_VECTOR, "fromArray", MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, FLOATS, CD_int));
    code.astore(v);
    return v;
  }

  /** A float is on the stack; broadcasts it into a new local variable. */
  int broadcast() {
    int scalar = fresh.getAsInt();
    int v = fresh.getAsInt();
    code.fstore(scalar);
    species();
    code.fload(scalar);
    code.invokestatic(
        FLOAT_VECTOR, "broadcast", MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, CD_float));
    code.astore(v);
    return v;
  }

  /** Vector, array and index are on the stack. */
  void store() {
    code.invokevirtual(FLOAT_VECTOR, "intoArray", MethodTypeDesc.of(CD_void, FLOATS, CD_int));
  }

  /** Two vectors are on the stack. */
  void add() {
    code.invokevirtual(FLOAT_VECTOR, "add", BINARY_METHOD);
  }

  /** Vector, vector and mask are on the stack. */
  void addMasked() {
    code.invokevirtual(FLOAT_VECTOR, "add", BLEND);
  }

  /**
   * The lanes i with offset + i &lt; the limit in a local variable, by comparing the numbers of the
   * lanes: {@code indexInRange} goes through memory.
   */
  int mask(int offset, int limit) {
    int v = fresh.getAsInt();
    code.getstatic(KERNELS, "LANES", FLOAT_VECTOR);
    code.getstatic(OPERATORS, "LT", COMPARISON);
    code.iload(limit).loadConstant(offset).isub().i2f();
    code.invokevirtual(FLOAT_VECTOR, "compare", MethodTypeDesc.of(MASK, COMPARISON, CD_float));
    code.astore(v);
    return v;
  }

  // ------------------------------------------------------------------ literals

  /** Puts literals into local variables, before the loop. */
  void hoist(Set<Float> values) {
    for (float c : values) {
      literals.put(c, broadcastLiteral(c));
    }
  }

  /** Literals that were asked for and not hoisted. */
  Set<Float> wanted() {
    return wanted;
  }

  private int broadcastLiteral(float c) {
    code.loadConstant(c);
    return broadcast();
  }

  /** The local variable of a literal. */
  int literal(float c) {
    Integer known = literals.get(c);
    if (known == null) {
      wanted.add(c);
      return broadcastLiteral(c);
    }
    return known;
  }

  // ------------------------------------------------------------------ instructions

  /** Emits the instructions; answers the local variable of each result. */
  int[] instructions(Region region, Map<Integer, Integer> loaded) {
    List<Instruction> body = region.body();
    Set<Integer> absorbed = absorbed(region);
    int[] results = new int[body.size()];
    for (int k = 0; k < results.length; k++) {
      if (!absorbed.contains(k)) {
        results[k] = instruction(body, body.get(k), absorbed, loaded, results);
      }
    }
    return results;
  }

  private int instruction(
      List<Instruction> body,
      Instruction instruction,
      Set<Integer> absorbed,
      Map<Integer, Integer> loaded,
      int[] results) {
    int[] args = locals(instruction, loaded, results);
    if (instruction.op() == null) {
      return args[0];
    }
    if (instruction.op() == Elementwise.ADD && absorbedFactor(instruction, absorbed) >= 0) {
      int i = absorbedFactor(instruction, absorbed);
      Instruction product = body.get(((Ref.Result) instruction.args().get(i)).instruction());
      int[] factors = locals(product, loaded, results);
      return fma(factors[0], factors[1], args[1 - i]);
    }
    if (instruction.op() == Elementwise.SELECT
        && instruction.args().getFirst() instanceof Ref.Result(int c)
        && absorbed.contains(c)) {
      int[] compared = locals(body.get(c), loaded, results);
      return blend(args[2], args[1], compare("LT", compared[0], compared[1]));
    }
    return apply(instruction.op(), args);
  }

  private int[] locals(Instruction instruction, Map<Integer, Integer> loaded, int[] results) {
    return instruction.args().stream()
        .mapToInt(
            r ->
                switch (r) {
                  case Ref.Load(int operand) -> loaded.get(operand);
                  case Ref.Result(int k) -> results[k];
                  case Ref.Literal(float c) -> literal(c);
                })
        .toArray();
  }

  /** Products that one sum takes in as a fused multiply-add, and comparisons that only select. */
  private static Set<Integer> absorbed(Region region) {
    List<Instruction> body = region.body();
    int[] uses = new int[body.size()];
    body.forEach(
        k ->
            k.args()
                .forEach(
                    r -> {
                      if (r instanceof Ref.Result(int i)) {
                        uses[i]++;
                      }
                    }));
    region.outs().forEach(o -> uses[o.instruction()]++);
    Set<Integer> absorbed = new HashSet<>();
    for (Instruction k : body) {
      if (k.op() == Elementwise.ADD) {
        for (Ref r : k.args()) {
          if (r instanceof Ref.Result(int i)
              && uses[i] == 1
              && body.get(i).op() == Elementwise.MUL) {
            absorbed.add(i);
            break;
          }
        }
      }
      if (k.op() == Elementwise.SELECT
          && k.args().getFirst() instanceof Ref.Result(int c)
          && body.get(c).op() == Elementwise.LESS
          && uses[c] == 1) {
        absorbed.add(c);
      }
    }
    return absorbed;
  }

  private static int absorbedFactor(Instruction add, Set<Integer> absorbed) {
    for (int i = 0; i < 2; i++) {
      if (add.args().get(i) instanceof Ref.Result(int k) && absorbed.contains(k)) {
        return i;
      }
    }
    return -1;
  }

  private int apply(Elementwise op, int[] x) {
    return switch (op) {
      case NEG -> neg(x[0]);
      case ABS -> abs(x[0]);
      case SQRT -> unary("sqrt", x[0]);
      case ADD -> add(x[0], x[1]);
      case SUB -> sub(x[0], x[1]);
      case MUL -> mul(x[0], x[1]);
      case DIV -> div(x[0], x[1]);
      case MAX -> max(x[0], x[1]);
      case MIN -> min(x[0], x[1]);
      case RECIP -> div(literal(1), x[0]);
      case LESS -> blend(literal(0), literal(1), compare("LT", x[0], x[1]));
      case EQUAL -> blend(literal(0), literal(1), compare("EQ", x[0], x[1]));
      case SELECT -> blend(x[2], x[1], compare("NE", x[0], literal(0)));
      case SIGN -> functions.sign(x[0]);
      case EXP -> functions.exp(x[0]);
      case EXPM1 -> functions.expm1(x[0]);
      case LOG -> functions.log(x[0]);
      case LOG1P -> functions.log1p(x[0]);
      case SIGMOID -> functions.sigmoid(x[0]);
      case TANH -> functions.tanh(x[0]);
      case SIN -> functions.sin(x[0]);
      case COS -> functions.cos(x[0]);
      case ERF -> functions.erf(x[0]);
      case POW -> functions.pow(x[0], x[1]);
    };
  }

  // ------------------------------------------------------------------ arithmetic on locals

  private int save() {
    int v = fresh.getAsInt();
    code.astore(v);
    return v;
  }

  private int unary(String name, int x) {
    code.aload(x).invokevirtual(FLOAT_VECTOR, name, UNARY_METHOD);
    return save();
  }

  private int binary(String name, int x, int y) {
    code.aload(x).aload(y).invokevirtual(FLOAT_VECTOR, name, BINARY_METHOD);
    return save();
  }

  int neg(int x) {
    return unary("neg", x);
  }

  int abs(int x) {
    return unary("abs", x);
  }

  int add(int x, int y) {
    return binary("add", x, y);
  }

  int sub(int x, int y) {
    return binary("sub", x, y);
  }

  int mul(int x, int y) {
    return binary("mul", x, y);
  }

  int div(int x, int y) {
    return binary("div", x, y);
  }

  int max(int x, int y) {
    return binary("max", x, y);
  }

  int min(int x, int y) {
    return binary("min", x, y);
  }

  /** x y + z with one rounding. */
  int fma(int x, int y, int z) {
    code.aload(x).aload(y).aload(z).invokevirtual(FLOAT_VECTOR, "fma", FMA);
    return save();
  }

  /** The lanes where two vectors compare so: LT, GT, EQ or NE. */
  int compare(String comparison, int x, int y) {
    code.aload(x).getstatic(OPERATORS, comparison, COMPARISON).aload(y);
    code.invokevirtual(FLOAT_VECTOR, "compare", MethodTypeDesc.of(MASK, COMPARISON, VECTOR));
    return save();
  }

  /** x, or y in the lanes of the mask. */
  int blend(int x, int y, int mask) {
    code.aload(x).aload(y).aload(mask).invokevirtual(FLOAT_VECTOR, "blend", BLEND);
    return save();
  }

  /** The bits of a float vector. */
  int bits(int x) {
    code.aload(x);
    code.invokevirtual(FLOAT_VECTOR, "reinterpretAsInts", MethodTypeDesc.of(INT_VECTOR));
    return save();
  }

  /** The float vector of some bits. */
  int floats(int bits) {
    code.aload(bits).invokevirtual(INT_VECTOR, "reinterpretAsFloats", UNARY_METHOD);
    return save();
  }

  /** An int vector and a number: ADD, AND, OR, LSHL, ASHR. */
  int ints(String operation, int x, int number) {
    code.aload(x).getstatic(OPERATORS, operation, associative(operation) ? ASSOCIATIVE : BINARY);
    code.loadConstant(number);
    code.invokevirtual(INT_VECTOR, "lanewise", MethodTypeDesc.of(INT_VECTOR, BINARY, CD_int));
    return save();
  }

  /** Two int vectors: ADD or SUB. */
  int intsBoth(String operation, int x, int y) {
    code.aload(x).getstatic(OPERATORS, operation, associative(operation) ? ASSOCIATIVE : BINARY);
    code.aload(y);
    code.invokevirtual(INT_VECTOR, "lanewise", MethodTypeDesc.of(INT_VECTOR, BINARY, VECTOR));
    return save();
  }

  private static boolean associative(String operation) {
    return switch (operation) {
      case "ADD", "AND", "OR" -> true;
      default -> false;
    };
  }

  /** Lanes of two int vectors, by a constant of {@link Butterfly}. */
  int selectFrom(String constant, int x, int y) {
    code.getstatic(BUTTERFLY, constant, INT_VECTOR).aload(x).aload(y);
    code.invokevirtual(INT_VECTOR, "selectFrom", MethodTypeDesc.of(INT_VECTOR, VECTOR, VECTOR));
    return save();
  }

  /** The numbers of an int vector as floats. */
  int converted(int x) {
    code.aload(x).getstatic(OPERATORS, "I2F", CONVERSION).iconst_0();
    code.invokevirtual(INT_VECTOR, "convert", MethodTypeDesc.of(VECTOR, CONVERSION, CD_int));
    code.checkcast(FLOAT_VECTOR);
    return save();
  }
}
