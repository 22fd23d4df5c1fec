package dev.advect.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

/** Emits arithmetic on one sample at a time. A mask is an int that is 0 or 1. */
final class ScalarCode implements Primitives {
  private static final ClassDesc MATH = ClassDesc.of("java.lang", "Math");
  private static final ClassDesc FLOAT = ClassDesc.of("java.lang", "Float");
  private static final MethodTypeDesc UNARY = MethodTypeDesc.of(CD_float, CD_float);
  private static final MethodTypeDesc BINARY = MethodTypeDesc.of(CD_float, CD_float, CD_float);
  private static final MethodTypeDesc TERNARY =
      MethodTypeDesc.of(CD_float, CD_float, CD_float, CD_float);

  private final CodeBuilder code;
  private final IntSupplier fresh;
  private final Map<Float, Integer> literals = new HashMap<>();
  private final Set<Float> wanted = new LinkedHashSet<>();

  ScalarCode(CodeBuilder code, IntSupplier fresh) {
    this.code = code;
    this.fresh = fresh;
  }

  private int save() {
    int v = fresh.getAsInt();
    code.fstore(v);
    return v;
  }

  private int saveInt() {
    int v = fresh.getAsInt();
    code.istore(v);
    return v;
  }

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public int load(int array, Index index) {
    code.aload(array);
    index.push();
    code.faload();
    return save();
  }

  @Override
  public int broadcast(int array, Index index) {
    return load(array, index);
  }

  @Override
  public void store(int value, int array, Index index) {
    code.aload(array);
    index.push();
    code.fload(value).fastore();
  }

  @Override
  public int variable() {
    return fresh.getAsInt();
  }

  @Override
  public void move(int from, int to) {
    code.fload(from).fstore(to);
  }

  @Override
  public int carried(int x) {
    return x;
  }

  @Override
  public void hoist(Set<Float> values) {
    for (float c : values) {
      code.loadConstant(c);
      literals.put(c, save());
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
      code.loadConstant(c);
      return save();
    }
    return known;
  }

  @Override
  public int neg(int x) {
    code.fload(x).fneg();
    return save();
  }

  @Override
  public int abs(int x) {
    code.fload(x).invokestatic(MATH, "abs", UNARY);
    return save();
  }

  /** The root in double, rounded to float, is the float root. */
  @Override
  public int sqrt(int x) {
    code.fload(x).f2d();
    code.invokestatic(MATH, "sqrt", MethodTypeDesc.of(CD_double, CD_double));
    code.d2f();
    return save();
  }

  @Override
  public int add(int x, int y) {
    code.fload(x).fload(y).fadd();
    return save();
  }

  @Override
  public int sub(int x, int y) {
    code.fload(x).fload(y).fsub();
    return save();
  }

  @Override
  public int mul(int x, int y) {
    code.fload(x).fload(y).fmul();
    return save();
  }

  @Override
  public int div(int x, int y) {
    code.fload(x).fload(y).fdiv();
    return save();
  }

  @Override
  public int max(int x, int y) {
    code.fload(x).fload(y).invokestatic(MATH, "max", BINARY);
    return save();
  }

  @Override
  public int min(int x, int y) {
    code.fload(x).fload(y).invokestatic(MATH, "min", BINARY);
    return save();
  }

  @Override
  public int fma(int x, int y, int z) {
    code.fload(x).fload(y).fload(z).invokestatic(MATH, "fma", TERNARY);
    return save();
  }

  @Override
  public int mask(Index first, int limit) {
    int v = fresh.getAsInt();
    Label no = code.newLabel();
    code.iconst_0().istore(v);
    first.push();
    code.iload(limit).if_icmpge(no).iconst_1().istore(v).labelBinding(no);
    return v;
  }

  @Override
  public int addMasked(int x, int y, int mask) {
    return blend(x, add(x, y), mask);
  }

  /** Comparisons with NaN are false, but NE is true. */
  @Override
  public int compare(String comparison, int x, int y) {
    int v = fresh.getAsInt();
    Label yes = code.newLabel();
    Label done = code.newLabel();
    code.fload(x).fload(y);
    switch (comparison) {
      case "LT" -> code.fcmpg().iflt(yes);
      case "GT" -> code.fcmpl().ifgt(yes);
      case "EQ" -> code.fcmpl().ifeq(yes);
      case "NE" -> code.fcmpl().ifne(yes);
      default -> throw new IllegalArgumentException(comparison);
    }
    code.iconst_0().istore(v).goto_(done);
    code.labelBinding(yes).iconst_1().istore(v).labelBinding(done);
    return v;
  }

  @Override
  public int blend(int x, int y, int mask) {
    int v = fresh.getAsInt();
    Label no = code.newLabel();
    code.fload(x).fstore(v).iload(mask).ifeq(no).fload(y).fstore(v).labelBinding(no);
    return v;
  }

  @Override
  public int bits(int x) {
    code.fload(x).invokestatic(FLOAT, "floatToRawIntBits", MethodTypeDesc.of(CD_int, CD_float));
    return saveInt();
  }

  @Override
  public int floats(int bits) {
    code.iload(bits).invokestatic(FLOAT, "intBitsToFloat", MethodTypeDesc.of(CD_float, CD_int));
    return save();
  }

  @Override
  public int ints(String operation, int x, int number) {
    code.iload(x).loadConstant(number);
    switch (operation) {
      case "ADD" -> code.iadd();
      case "AND" -> code.iand();
      case "OR" -> code.ior();
      case "LSHL" -> code.ishl();
      case "ASHR" -> code.ishr();
      default -> throw new IllegalArgumentException(operation);
    }
    return saveInt();
  }

  @Override
  public int intsBoth(String operation, int x, int y) {
    code.iload(x).iload(y);
    switch (operation) {
      case "ADD" -> code.iadd();
      case "SUB" -> code.isub();
      default -> throw new IllegalArgumentException(operation);
    }
    return saveInt();
  }

  @Override
  public int converted(int x) {
    code.iload(x).i2f();
    return save();
  }
}
