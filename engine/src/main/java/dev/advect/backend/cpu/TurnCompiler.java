package dev.advect.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.advect.backend.cpu.GeneratedClass.Numbers;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Writes the transposition of L by L floats, all in registers: L loads, log2 L rounds in which
 * pairs of rows trade half their lanes, L stores.
 */
final class TurnCompiler {
  private static final ClassDesc FLOATS = CD_float.arrayType();
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(CD_void, FLOATS, CD_int, CD_int, FLOATS, CD_int, CD_int);
  // Parameters of run, by local variable.
  private static final int FROM = 1;
  private static final int AT = 2;
  private static final int PITCH = 3;
  private static final int TO = 4;
  private static final int TO0 = 5;
  private static final int TO_PITCH = 6;
  private static final int FIRST_FREE = 7;

  private final CodeBuilder code;
  private final VectorCode vectors;
  private int next = FIRST_FREE;

  private TurnCompiler(CodeBuilder code) {
    this.code = code;
    vectors = new VectorCode(code, () -> next++, 1);
  }

  static Turn compile() {
    byte[] bytes =
        GeneratedClass.bytes(Turn.class, Numbers.VECTORS, RUN, b -> new TurnCompiler(b).emit());
    return GeneratedClass.load(Turn.class, bytes);
  }

  private void emit() {
    int lanes = VectorKernels.SPECIES.length();
    int[] row = new int[lanes];
    for (int r = 0; r < lanes; r++) {
      int i = r;
      row[r] = vectors.bits(vectors.load(FROM, () -> index(AT, PITCH, i)));
    }
    for (int d = lanes / 2; d > 0; d /= 2) {
      for (int r = 0; r < lanes; r++) {
        if ((r & d) == 0) {
          int low = vectors.selectFrom("LOW" + d, row[r], row[r + d]);
          row[r + d] = vectors.selectFrom("HIGH" + d, row[r], row[r + d]);
          row[r] = low;
        }
      }
    }
    for (int r = 0; r < lanes; r++) {
      int i = r;
      vectors.store(vectors.floats(row[r]), TO, () -> index(TO0, TO_PITCH, i));
    }
    code.return_();
  }

  private void index(int base, int pitch, int r) {
    code.iload(base).iload(pitch).loadConstant(r).imul().iadd();
  }
}
