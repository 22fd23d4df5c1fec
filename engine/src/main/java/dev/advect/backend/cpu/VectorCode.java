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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

/** Emits the vector arithmetic of a region: every primitive as Vector API calls. */
final class VectorCode {
  private static final String PACKAGE = "jdk.incubator.vector";
  private static final ClassDesc KERNELS = VectorKernels.class.describeConstable().orElseThrow();
  private static final ClassDesc FLOAT_VECTOR = ClassDesc.of(PACKAGE, "FloatVector");
  private static final ClassDesc INT_VECTOR = ClassDesc.of(PACKAGE, "IntVector");
  private static final ClassDesc VECTOR = ClassDesc.of(PACKAGE, "Vector");
  private static final ClassDesc MASK = ClassDesc.of(PACKAGE, "VectorMask");
  private static final ClassDesc SPECIES = ClassDesc.of(PACKAGE, "VectorSpecies");
  private static final ClassDesc OPERATORS = ClassDesc.of(PACKAGE, "VectorOperators");
  private static final ClassDesc UNARY = ClassDesc.of(PACKAGE, "VectorOperators$Unary");
  private static final ClassDesc BINARY = ClassDesc.of(PACKAGE, "VectorOperators$Binary");
  private static final ClassDesc COMPARISON = ClassDesc.of(PACKAGE, "VectorOperators$Comparison");
  private static final ClassDesc FLOATS = CD_float.arrayType();

  private static final MethodTypeDesc UNARY_METHOD = MethodTypeDesc.of(FLOAT_VECTOR);
  private static final MethodTypeDesc BINARY_METHOD = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR);
  private static final MethodTypeDesc FMA = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR, VECTOR);
  private static final MethodTypeDesc BLEND = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR, MASK);

  /** Coefficients of Cephes' expf after 1/ln 2, the rounding constant and ln 2 in two parts. */
  private static final float[] EXP = {
    1.9875691500E-4f, 1.3981999507E-3f, 8.3334519073E-3f, 4.1665795894E-2f, 1.6666665459E-1f,
    5.0000001201E-1f
  };

  private static final float ROUND = 12582912f;
  private static final float EXP_MIN = -87.3f;
  private static final float EXP_MAX = 88.37f;

  private final CodeBuilder code;
  private final IntSupplier fresh;
  private final Map<Float, Integer> literals = new HashMap<>();

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

  void add() {
    binary("add");
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

  /** Puts the literals of a region into local variables, before its loop. */
  void hoist(Region region) {
    for (Instruction k : region.body()) {
      for (Ref r : k.args()) {
        if (r instanceof Ref.Literal(float c)) {
          literal(c);
        }
      }
      if (k.op() != null) {
        switch (k.op()) {
          case EXP -> hoistExp();
          case SIGMOID, RECIP, LESS, EQUAL, SIGN -> {
            literal(1);
            literal(0);
            literal(-1);
            hoistExp();
          }
          case SELECT -> literal(0);
          case ERF -> {
            hoistExp();
            for (float c : ERF_NEAR) {
              literal(c);
            }
            for (float c : ERF_FAR) {
              literal(c);
            }
            literal(ERF_RATE);
            literal(1);
            literal(0);
            literal(-1);
            literal(0.5f);
          }
          default -> {}
        }
      }
    }
  }

  private void hoistExp() {
    for (float c : EXP) {
      literal(c);
    }
    for (float c :
        new float[] {1.44269504f, ROUND, -0.693359375f, 2.12194440e-4f, 1, 0, EXP_MIN, EXP_MAX,
            Float.POSITIVE_INFINITY}) {
      literal(c);
    }
  }

  private int literal(float c) {
    Integer known = literals.get(c);
    if (known == null) {
      code.loadConstant(c);
      known = broadcast();
      literals.put(c, known);
    }
    return known;
  }

  private CodeBuilder push(float c) {
    Integer known = literals.get(c);
    if (known == null) {
      throw new IllegalStateException("the literal " + c + " was not hoisted");
    }
    return code.aload(known);
  }

  // ------------------------------------------------------------------ instructions

  /** Emits the instructions; answers the local variable of each result. */
  int[] instructions(Region region, Map<Integer, Integer> loaded) {
    List<Instruction> body = region.body();
    Set<Integer> absorbed = absorbed(region);
    int[] results = new int[body.size()];
    for (int k = 0; k < results.length; k++) {
      if (absorbed.contains(k)) {
        continue;
      }
      Instruction instruction = body.get(k);
      if (instruction.op() == Elementwise.ADD && absorbedFactor(instruction, absorbed) >= 0) {
        multiplyAdd(body, instruction, absorbedFactor(instruction, absorbed), loaded, results);
      } else if (instruction.op() == Elementwise.SELECT
          && instruction.args().getFirst() instanceof Ref.Result(int c)
          && absorbed.contains(c)) {
        push(instruction.args().get(2), loaded, results);
        push(instruction.args().get(1), loaded, results);
        body.get(c).args().forEach(r -> push(r, loaded, results));
        compare("LT");
        code.invokevirtual(FLOAT_VECTOR, "blend", BLEND);
      } else {
        instruction.args().forEach(r -> push(r, loaded, results));
        if (instruction.op() != null) {
          apply(instruction.op());
        }
      }
      results[k] = fresh.getAsInt();
      code.astore(results[k]);
    }
    return results;
  }

  private void push(Ref r, Map<Integer, Integer> loaded, int[] results) {
    switch (r) {
      case Ref.Load(int operand) -> code.aload(loaded.get(operand));
      case Ref.Result(int k) -> code.aload(results[k]);
      case Ref.Literal(float c) -> push(c);
    }
  }

  /** Products that one sum takes in as a fused multiply-add, and comparisons that only select. */
  private static Set<Integer> absorbed(Region region) {
    List<Instruction> body = region.body();
    int[] uses = new int[body.size()];
    body.forEach(
        k ->
            k.args().forEach(
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

  private void multiplyAdd(
      List<Instruction> body, Instruction add, int i, Map<Integer, Integer> loaded, int[] results) {
    Instruction product = body.get(((Ref.Result) add.args().get(i)).instruction());
    product.args().forEach(r -> push(r, loaded, results));
    push(add.args().get(1 - i), loaded, results);
    code.invokevirtual(FLOAT_VECTOR, "fma", FMA);
  }

  private void apply(Elementwise op) {
    switch (op) {
      case NEG -> unary("neg");
      case ABS -> unary("abs");
      case SQRT -> unary("sqrt");
      case ADD -> binary("add");
      case SUB -> binary("sub");
      case MUL -> binary("mul");
      case DIV -> binary("div");
      case MAX -> binary("max");
      case MIN -> binary("min");
      case LOG, LOG1P, EXPM1, SIN, COS, TANH -> {
        code.getstatic(OPERATORS, op.name(), UNARY);
        code.invokevirtual(FLOAT_VECTOR, "lanewise", MethodTypeDesc.of(FLOAT_VECTOR, UNARY));
      }
      case POW -> {
        int y = save();
        code.getstatic(OPERATORS, "POW", BINARY).aload(y);
        code.invokevirtual(
            FLOAT_VECTOR, "lanewise", MethodTypeDesc.of(FLOAT_VECTOR, BINARY, VECTOR));
      }
      case RECIP -> {
        int x = save();
        push(1).aload(x);
        binary("div");
      }
      case EXP -> exp();
      case SIGMOID -> {
        unary("neg");
        exp();
        push(1);
        binary("add");
        int denominator = save();
        push(1).aload(denominator);
        binary("div");
      }
      case LESS -> choose("LT", 1);
      case EQUAL -> choose("EQ", 1);
      case SIGN -> {
        int x = save();
        push(0).aload(x);
        binary("mul"); // keeps NaN
        push(1).aload(x);
        push(0);
        compare("GT");
        code.invokevirtual(FLOAT_VECTOR, "blend", BLEND);
        push(-1).aload(x);
        push(0);
        compare("LT");
        code.invokevirtual(FLOAT_VECTOR, "blend", BLEND);
      }
      case SELECT -> {
        int b = save();
        int a = save();
        int c = save();
        code.aload(b).aload(a).aload(c);
        push(0);
        compare("NE");
        code.invokevirtual(FLOAT_VECTOR, "blend", BLEND);
      }
      case ERF -> erf();
    }
  }

  private void unary(String name) {
    code.invokevirtual(FLOAT_VECTOR, name, UNARY_METHOD);
  }

  private void binary(String name) {
    code.invokevirtual(FLOAT_VECTOR, name, BINARY_METHOD);
  }

  private void fma() {
    code.invokevirtual(FLOAT_VECTOR, "fma", FMA);
  }

  private int save() {
    int v = fresh.getAsInt();
    code.astore(v);
    return v;
  }

  /** Two vectors are on the stack; leaves their comparison. */
  private void compare(String comparison) {
    int y = save();
    code.getstatic(OPERATORS, comparison, COMPARISON).aload(y);
    code.invokevirtual(FLOAT_VECTOR, "compare", MethodTypeDesc.of(MASK, COMPARISON, VECTOR));
  }

  /** Two vectors are on the stack; leaves a number where they compare so, else 0. */
  private void choose(String comparison, float then) {
    int y = save();
    int x = save();
    push(0);
    push(then).aload(x).aload(y);
    compare(comparison);
    code.invokevirtual(FLOAT_VECTOR, "blend", BLEND);
  }

  /**
   * e to the vector on the stack, within 2 ulp: 2^n e^r with |r| &lt;= ln 2 / 2. Below -87.3 it is
   * 0, above 88.37 infinite.
   */
  private void exp() {
    int x = save();
    code.aload(x);
    push(EXP_MIN);
    binary("max");
    push(EXP_MAX);
    binary("min");
    int inside = save();
    code.aload(inside);
    push(1.44269504f);
    push(ROUND);
    fma();
    int t = save();
    code.aload(t);
    push(ROUND);
    binary("sub");
    int n = save();
    code.aload(n);
    push(-0.693359375f).aload(inside);
    fma();
    int r = save();
    code.aload(n);
    push(2.12194440e-4f).aload(r);
    fma();
    r = save();
    push(EXP[0]);
    for (int i = 1; i < EXP.length; i++) {
      code.aload(r);
      push(EXP[i]);
      fma();
    }
    code.aload(r).aload(r);
    binary("mul");
    code.aload(r);
    push(1);
    binary("add");
    fma();
    toInts();
    code.aload(t);
    toInts();
    code.getstatic(OPERATORS, "LSHL", BINARY).loadConstant(23);
    code.invokevirtual(INT_VECTOR, "lanewise", MethodTypeDesc.of(INT_VECTOR, BINARY, CD_int));
    code.invokevirtual(INT_VECTOR, "add", MethodTypeDesc.of(INT_VECTOR, VECTOR));
    code.invokevirtual(INT_VECTOR, "reinterpretAsFloats", UNARY_METHOD);
    push(0).aload(x);
    push(EXP_MIN);
    compare("LT");
    code.invokevirtual(FLOAT_VECTOR, "blend", BLEND);
    push(Float.POSITIVE_INFINITY).aload(x);
    push(EXP_MAX);
    compare("GT");
    code.invokevirtual(FLOAT_VECTOR, "blend", BLEND);
  }

  private void toInts() {
    code.invokevirtual(FLOAT_VECTOR, "reinterpretAsInts", MethodTypeDesc.of(INT_VECTOR));
  }

  /** Taylor coefficients of erf(x)/x in x^2, highest first, for |x| &lt; 1/2. */
  private static final float[] ERF_NEAR = {
    1.2055333e-4f, -8.5483270e-4f, 5.2239776e-3f, -2.6866171e-2f, 1.1283792e-1f, -3.7612639e-1f,
    1.1283792f
  };

  /** Abramowitz and Stegun 7.1.26, highest first: absolute error below 2e-7 for |x| &gt;= 1/2. */
  private static final float[] ERF_FAR = {
    1.061405429f, -1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f
  };

  private static final float ERF_RATE = 0.3275911f;

  private void erf() {
    int x = save();
    code.aload(x);
    unary("abs");
    int a = save();
    code.aload(x).aload(x);
    binary("mul");
    int square = save();
    code.aload(a);
    push(ERF_RATE);
    push(1);
    fma();
    int denominator = save();
    push(1).aload(denominator);
    binary("div");
    int t = save();
    polynomial(ERF_FAR, t);
    code.aload(t);
    binary("mul");
    code.aload(square);
    unary("neg");
    exp();
    binary("mul");
    unary("neg");
    push(1);
    binary("add");
    int far = save();
    code.aload(far).aload(far);
    unary("neg");
    code.aload(x);
    push(0);
    compare("LT");
    code.invokevirtual(FLOAT_VECTOR, "blend", BLEND);
    polynomial(ERF_NEAR, square);
    code.aload(x);
    binary("mul");
    code.aload(a);
    push(0.5f);
    compare("LT");
    code.invokevirtual(FLOAT_VECTOR, "blend", BLEND);
  }

  private void polynomial(float[] highestFirst, int x) {
    push(highestFirst[0]);
    for (int i = 1; i < highestFirst.length; i++) {
      code.aload(x);
      push(highestFirst[i]);
      fma();
    }
  }
}
