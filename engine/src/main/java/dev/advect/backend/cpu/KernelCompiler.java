package dev.advect.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.advect.backend.cpu.GeneratedClass.Numbers;
import dev.advect.backend.cpu.Kernels.Shape;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;

/**
 * Writes micro-kernels as hidden classes of Vector API calls, one for each number of rows, so that
 * no row that does not exist is ever multiplied.
 *
 * <p>The accumulators of R rows by two vectors are local variables, which the just-in-time compiler
 * keeps in registers as long as there are enough. It may load all R factors of a term before it
 * uses the first, so that 3 R + 2 of them are wanted, and those of two terms if two were summed in
 * a pass: then some compilations, not all, would put accumulators into memory.
 */
final class KernelCompiler {
  private static final ClassDesc FLOATS = CD_float.arrayType();
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          CD_void,
          FLOATS,
          CD_int.arrayType(),
          CD_int,
          CD_int,
          CD_int,
          CD_int,
          FLOATS,
          CD_int,
          CD_int,
          CD_int,
          CD_int,
          FLOATS,
          CD_int,
          CD_boolean);
  // Parameters of run, by local variable.
  private static final int A = 1;
  private static final int GROUPS = 2;
  private static final int FIRST = 3;
  private static final int END = 4;
  private static final int A0 = 5;
  private static final int A_STRIDE = 6;
  private static final int B = 7;
  private static final int B0 = 8;
  private static final int PANELS = 9;
  private static final int LENGTH = 10;
  private static final int LAST = 11;
  private static final int C = 12;
  private static final int C0 = 13;
  private static final int FRESH = 14;
  private static final int FIRST_FREE = 15;

  private final Shape shape;
  private final CodeBuilder code;
  private final VectorCode vectors;
  private final int lanes = VectorKernels.SPECIES.length();
  private int next = FIRST_FREE;

  private KernelCompiler(Shape shape, CodeBuilder code) {
    this.shape = shape;
    this.code = code;
    vectors = new VectorCode(code, this::fresh, 1);
  }

  static MicroKernel compile(Shape shape) {
    return GeneratedClass.load(MicroKernel.class, bytes(shape));
  }

  /** The class file. */
  static byte[] bytes(Shape shape) {
    return GeneratedClass.bytes(
        MicroKernel.class, Numbers.VECTORS, RUN, b -> new KernelCompiler(shape, b).emit());
  }

  private int fresh() {
    return next++;
  }

  /** Group after group of rows. */
  private void emit() {
    vectors.hoist(Set.of(0f, -0f));
    Label top = code.newLabel();
    Label end = code.newLabel();
    code.labelBinding(top).iload(FIRST).iload(END).if_icmpge(end);
    group();
    code.iload(C0).loadConstant(shape.rows() * 2 * lanes).iadd().istore(C0);
    code.iinc(FIRST, 1).goto_(top).labelBinding(end).return_();
  }

  private void group() {
    int[][] sums = begin();
    int panel = fresh();
    int rows = fresh();
    int from = fresh();
    int b = fresh();
    Label top = code.newLabel();
    Label end = code.newLabel();
    Label full = code.newLabel();
    code.iload(A0).aload(GROUPS).iload(FIRST).iaload().iadd().istore(from);
    code.iload(B0).istore(b).iconst_0().istore(panel);
    code.labelBinding(top).iload(panel).iload(PANELS).if_icmpge(end);
    code.iload(LENGTH).istore(rows);
    code.iload(panel).iconst_1().iadd().iload(PANELS).if_icmplt(full);
    code.iload(LAST).istore(rows).labelBinding(full);
    sum(sums, from, b, rows);
    code.iload(from).iload(A_STRIDE).iadd().istore(from);
    code.iload(b).iload(LENGTH).loadConstant(2 * lanes).imul().iadd().istore(b);
    code.iinc(panel, 1).goto_(top).labelBinding(end);
    for (int r = 0; r < shape.rows(); r++) {
      for (int half = 0; half < 2; half++) {
        int offset = (2 * r + half) * lanes;
        vectors.store(vectors.carried(sums[r][half]), C, () -> index(C0, offset));
      }
    }
  }

  private int[][] begin() {
    int[][] sums = new int[shape.rows()][2];
    for (int[] row : sums) {
      row[0] = vectors.variable();
      row[1] = vectors.variable();
    }
    Label old = code.newLabel();
    Label done = code.newLabel();
    code.iload(FRESH).ifeq(old);
    int zero = vectors.literal(0);
    for (int[] row : sums) {
      vectors.move(zero, row[0]);
      vectors.move(zero, row[1]);
    }
    code.goto_(done).labelBinding(old);
    for (int r = 0; r < sums.length; r++) {
      for (int half = 0; half < 2; half++) {
        int offset = (2 * r + half) * lanes;
        vectors.move(vectors.load(C, () -> index(C0, offset)), sums[r][half]);
      }
    }
    code.labelBinding(done);
    return sums;
  }

  /** Adds the terms of a panel. */
  private void sum(int[][] sums, int from, int b0, int rows) {
    int i = fresh();
    int a = fresh();
    int b = fresh();
    Label top = code.newLabel();
    Label end = code.newLabel();
    code.iconst_0().istore(i);
    code.labelBinding(top).iload(i).iload(rows).if_icmpge(end);
    code.iload(from).iload(i).loadConstant(shape.step()).imul().iadd().istore(a);
    code.iload(b0).iload(i).loadConstant(2 * lanes).imul().iadd().istore(b);
    add(sums, a, b);
    code.iinc(i, 1).goto_(top).labelBinding(end);
  }

  private void add(int[][] sums, int a, int b) {
    int low = vectors.load(B, () -> index(b, 0));
    int high = vectors.load(B, () -> index(b, lanes));
    for (int r = 0; r < shape.rows(); r++) {
      int offset = r * shape.pitch();
      int factor = vectors.broadcast(A, () -> index(a, offset));
      vectors.move(vectors.fma(factor, low, sums[r][0]), sums[r][0]);
      vectors.move(vectors.fma(factor, high, sums[r][1]), sums[r][1]);
    }
  }

  private void index(int base, int offset) {
    code.iload(base);
    if (offset > 0) {
      code.loadConstant(offset).iadd();
    }
  }
}
