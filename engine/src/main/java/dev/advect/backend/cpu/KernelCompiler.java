package dev.advect.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Writes micro-kernels as hidden classes of Vector API calls, one for each number of rows, so that
 * no row that does not exist is ever multiplied.
 *
 * <p>The accumulators of R rows by two vectors are local variables, which the just-in-time compiler
 * keeps in registers as long as there are enough: 2 R + 3 of them.
 */
final class KernelCompiler {
  private static final ClassDesc FLOATS = CD_float.arrayType();
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          CD_void,
          FLOATS,
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
  private static final int A0 = 2;
  private static final int A_STRIDE = 3;
  private static final int B = 4;
  private static final int B0 = 5;
  private static final int PANELS = 6;
  private static final int LENGTH = 7;
  private static final int LAST = 8;
  private static final int C = 9;
  private static final int C0 = 10;
  private static final int FRESH = 11;
  private static final int FIRST_FREE = 12;

  /**
   * What a kernel is like.
   *
   * @param rows how many rows of the result it makes
   * @param pitch floats from an element of a to that of the next row
   * @param step floats from an element of a to the next that is summed
   */
  record Shape(int rows, int pitch, int step) {}

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
    byte[] bytes =
        GeneratedClass.bytes(MicroKernel.class, RUN, b -> new KernelCompiler(shape, b).emit());
    return GeneratedClass.load(MicroKernel.class, bytes);
  }

  private int fresh() {
    return next++;
  }

  private void emit() {
    int[][] sums = begin();
    int panel = fresh();
    int rows = fresh();
    Label top = code.newLabel();
    Label end = code.newLabel();
    Label full = code.newLabel();
    code.iconst_0().istore(panel);
    code.labelBinding(top).iload(panel).iload(PANELS).if_icmpge(end);
    code.iload(LENGTH).istore(rows);
    code.iload(panel).iconst_1().iadd().iload(PANELS).if_icmplt(full);
    code.iload(LAST).istore(rows).labelBinding(full);
    sum(sums, rows);
    code.iload(A0).iload(A_STRIDE).iadd().istore(A0);
    code.iload(B0).iload(LENGTH).loadConstant(2 * lanes).imul().iadd().istore(B0);
    code.iinc(panel, 1).goto_(top).labelBinding(end);
    for (int r = 0; r < shape.rows(); r++) {
      for (int half = 0; half < 2; half++) {
        int offset = (2 * r + half) * lanes;
        vectors.store(sums[r][half], C, () -> index(C0, offset));
      }
    }
    code.return_();
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

  private void sum(int[][] sums, int rows) {
    int i = fresh();
    int a = fresh();
    int b = fresh();
    Label top = code.newLabel();
    Label end = code.newLabel();
    code.iconst_0().istore(i).labelBinding(top).iload(i).iload(rows).if_icmpge(end);
    code.iload(A0).iload(i);
    if (shape.step() != 1) {
      code.loadConstant(shape.step()).imul();
    }
    code.iadd().istore(a);
    code.iload(B0).iload(i).loadConstant(2 * lanes).imul().iadd().istore(b);
    int[] x = new int[2];
    for (int half = 0; half < 2; half++) {
      int offset = half * lanes;
      x[half] = vectors.load(B, () -> index(b, offset));
    }
    for (int r = 0; r < shape.rows(); r++) {
      int offset = r * shape.pitch();
      int factor = vectors.broadcast(A, () -> index(a, offset));
      for (int half = 0; half < 2; half++) {
        vectors.move(vectors.fma(factor, x[half], sums[r][half]), sums[r][half]);
      }
    }
    code.iinc(i, 1).goto_(top).labelBinding(end);
  }

  private void index(int base, int offset) {
    code.iload(base);
    if (offset > 0) {
      code.loadConstant(offset).iadd();
    }
  }
}
