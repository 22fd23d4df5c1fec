package dev.advect.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.advect.backend.cpu.Region.Effect;
import dev.advect.backend.cpu.Region.Operand;
import dev.advect.backend.cpu.Region.Out;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compiles a region to one loop of Vector API calls in a hidden class.
 *
 * <p>Everything is written out as Vector API calls, which the just-in-time compiler always inlines;
 * helpers of our own would stop being inlined in a large loop and box their vectors.
 */
final class LoopCompiler {
  private static final ClassDesc FLOATS = CD_float.arrayType();
  private static final ClassDesc INTS = CD_int.arrayType();
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          CD_void,
          FLOATS.arrayType(),
          INTS,
          INTS,
          INTS.arrayType(),
          CD_int,
          CD_int,
          CD_int,
          CD_int,
          CD_int);
  // Parameters of run, by local variable.
  private static final int ARRAYS = 1;
  private static final int OFFSETS = 2;
  private static final int STRIDES = 3;
  private static final int MAPS = 4;
  private static final int Q0 = 5;
  private static final int Q1 = 6;
  private static final int F0 = 7;
  private static final int F1 = 8;
  private static final int VALID = 9;
  private static final int FIRST_FREE = 10;

  private final Region region;
  private final CodeBuilder code;
  private final VectorCode vectors;
  private final int lanes = VectorKernels.SPECIES.length();
  private final int[] array;
  private final int[] base;
  private final int[] map;
  private final Map<Integer, int[]> sums = new HashMap<>(); // out -> accumulators in registers
  private int next = FIRST_FREE;

  private LoopCompiler(Region region, CodeBuilder code) {
    this.region = region;
    this.code = code;
    int n = region.operands().size();
    array = new int[n];
    base = new int[n];
    map = new int[n];
    vectors = new VectorCode(code, this::fresh);
  }

  static FusedLoop compile(Region region) {
    return GeneratedClass.load(FusedLoop.class, bytes(region));
  }

  /** The class file; made twice: the first finds the literals that the second hoists. */
  static byte[] bytes(Region region) {
    Set<Float> literals = new LinkedHashSet<>();
    bytes(region, Set.of(), literals);
    return bytes(region, literals, new LinkedHashSet<>());
  }

  private static byte[] bytes(Region region, Set<Float> hoisted, Set<Float> wanted) {
    return GeneratedClass.bytes(
        FusedLoop.class,
        RUN,
        b -> {
          var compiler = new LoopCompiler(region, b);
          compiler.emit(hoisted);
          wanted.addAll(compiler.vectors.wanted());
        });
  }

  private int fresh() {
    return next++;
  }

  private void emit(Set<Float> literals) {
    for (int i = 0; i < array.length; i++) {
      array[i] = fresh();
      base[i] = fresh();
      code.aload(ARRAYS).loadConstant(i).aaload().astore(array[i]);
      if (isMapped(i)) {
        map[i] = fresh();
        code.aload(MAPS).loadConstant(i).aaload().astore(map[i]);
      }
    }
    vectors.hoist(literals);
    if (region.flat()) {
      flat();
    } else {
      panels();
    }
    code.return_();
  }

  private boolean isMapped(int operand) {
    return switch (region.operands().get(operand)) {
      case MAPPED_ROW, MAPPED_ELEMENT -> true;
      case ROW, ONLY_ROW, ELEMENT, SCALAR -> false;
    };
  }

  private void offset(int operand) {
    code.aload(OFFSETS).loadConstant(operand).iaload();
  }

  private void flat() {
    Map<Integer, Integer> scalars = new HashMap<>();
    for (int i = 0; i < array.length; i++) {
      offset(i);
      code.istore(base[i]);
      hoistScalar(i, scalars);
    }
    int i = fresh();
    Label top = code.newLabel();
    Label end = code.newLabel();
    code.iload(F0).istore(i).labelBinding(top).iload(i).iload(F1).if_icmpge(end);
    int[] results = body(scalars, operand -> code.iload(base[operand]).iload(i).iadd());
    for (Out out : region.outs()) {
      code.aload(results[out.instruction()]).aload(array[out.operand()]);
      code.iload(base[out.operand()]).iload(i).iadd();
      vectors.store();
    }
    code.iinc(i, lanes).goto_(top).labelBinding(end);
  }

  private void panels() {
    int q = fresh();
    Label top = code.newLabel();
    Label end = code.newLabel();
    code.iload(Q0).istore(q).labelBinding(top).iload(q).iload(Q1).if_icmpge(end);
    Map<Integer, Integer> scalars = new HashMap<>();
    for (int i = 0; i < array.length; i++) {
      offset(i);
      code.iload(q).aload(STRIDES).loadConstant(i).iaload().imul().iadd().istore(base[i]);
      hoistScalar(i, scalars);
    }
    List<Map<Integer, Integer>> halves = new ArrayList<>();
    int[] mask = masks(q);
    for (int half = 0; half < 2; half++) {
      halves.add(new HashMap<>(scalars));
      hoistOnlyRows(half, halves.get(half));
    }
    loadSums();
    features(halves, mask);
    storeSums();
    code.iinc(q, 1).goto_(top).labelBinding(end);
  }

  private void hoistScalar(int operand, Map<Integer, Integer> hoisted) {
    if (region.operands().get(operand) == Operand.SCALAR) {
      code.aload(array[operand]).iload(base[operand]).faload();
      hoisted.put(operand, vectors.broadcast());
    }
  }

  private void hoistOnlyRows(int half, Map<Integer, Integer> hoisted) {
    for (int i = 0; i < array.length; i++) {
      if (region.operands().get(i) == Operand.ONLY_ROW && isLoaded(i)) {
        code.iload(base[i]).loadConstant(half * lanes).iadd();
        hoisted.put(i, vectors.load(array[i]));
      }
    }
  }

  private boolean isLoaded(int operand) {
    return region.body().stream()
        .flatMap(k -> k.args().stream())
        .anyMatch(r -> r instanceof Region.Ref.Load(int o) && o == operand);
  }

  /** Which lanes of the panel's two vectors hold samples that exist. */
  private int[] masks(int q) {
    if (region.outs().stream().noneMatch(o -> o.effect() == Effect.ADD_VALID)) {
      return new int[0];
    }
    int valid = fresh();
    Label full = code.newLabel();
    Label done = code.newLabel();
    code.iload(q).iconst_1().iadd().iload(Q1).if_icmplt(full);
    code.iload(VALID).istore(valid).goto_(done).labelBinding(full);
    code.loadConstant(2 * lanes).istore(valid).labelBinding(done);
    return new int[] {vectors.mask(0, valid), vectors.mask(lanes, valid)};
  }

  /** A sum over all features stays in registers while they go by. */
  private void loadSums() {
    for (int k = 0; k < region.outs().size(); k++) {
      Out out = region.outs().get(k);
      if (isSumToOne(out)) {
        int[] halves = new int[2];
        for (int half = 0; half < 2; half++) {
          code.iload(base[out.operand()]).loadConstant(half * lanes).iadd();
          halves[half] = vectors.load(array[out.operand()]);
        }
        sums.put(k, halves);
      }
    }
  }

  private boolean isSumToOne(Out out) {
    return out.effect() == Effect.ADD && region.operands().get(out.operand()) == Operand.ONLY_ROW;
  }

  private void storeSums() {
    sums.forEach(
        (k, halves) -> {
          int operand = region.outs().get(k).operand();
          for (int half = 0; half < 2; half++) {
            code.aload(halves[half]).aload(array[operand]).iload(base[operand]);
            code.loadConstant(half * lanes).iadd();
            vectors.store();
          }
        });
  }

  private void features(List<Map<Integer, Integer>> halves, int[] mask) {
    int f = fresh();
    Label top = code.newLabel();
    Label end = code.newLabel();
    code.iload(F0).istore(f).labelBinding(top).iload(f).iload(F1).if_icmpge(end);
    for (int half = 0; half < 2; half++) {
      int h = half;
      int[] results = body(halves.get(half), operand -> index(operand, f, h));
      for (int k = 0; k < region.outs().size(); k++) {
        effect(k, results, mask, f, half);
      }
    }
    code.iinc(f, 1).goto_(top).labelBinding(end);
  }

  private void effect(int k, int[] results, int[] mask, int f, int half) {
    Out out = region.outs().get(k);
    int value = results[out.instruction()];
    if (sums.containsKey(k)) {
      int sum = sums.get(k)[half];
      code.aload(sum).aload(value);
      vectors.add();
      code.astore(sum);
      return;
    }
    int operand = out.operand();
    if (out.effect() == Effect.STORE) {
      code.aload(value);
    } else {
      index(operand, f, half);
      code.aload(vectors.load(array[operand])).aload(value);
      if (out.effect() == Effect.ADD) {
        vectors.add();
      } else {
        code.aload(mask[half]);
        vectors.addMasked();
      }
    }
    code.aload(array[operand]);
    index(operand, f, half);
    vectors.store();
  }

  /** Pushes the index of an operand for feature f and one half of the panel. */
  private void index(int operand, int f, int half) {
    code.iload(base[operand]);
    switch (region.operands().get(operand)) {
      case ROW -> code.iload(f).loadConstant(2 * lanes).imul().iadd();
      case MAPPED_ROW -> mapped(operand, f).loadConstant(2 * lanes).imul().iadd();
      case ELEMENT -> code.iload(f).iadd();
      case MAPPED_ELEMENT -> mapped(operand, f).iadd();
      case ONLY_ROW, SCALAR -> {}
    }
    boolean row =
        switch (region.operands().get(operand)) {
          case ROW, MAPPED_ROW, ONLY_ROW -> true;
          case ELEMENT, MAPPED_ELEMENT, SCALAR -> false;
        };
    if (row && half > 0) {
      code.loadConstant(half * lanes).iadd();
    }
  }

  private CodeBuilder mapped(int operand, int f) {
    return code.aload(map[operand]).iload(f).iaload();
  }

  /** Pushes the index of an operand. */
  private interface Index {
    void push(int operand);
  }

  /** One pass over the instructions; answers the local variable of each result. */
  private int[] body(Map<Integer, Integer> hoisted, Index index) {
    Map<Integer, Integer> loaded = new HashMap<>(hoisted);
    // Loads first: a result may be stored where an operand ends.
    for (int i = 0; i < array.length; i++) {
      if (isLoaded(i) && !loaded.containsKey(i)) {
        boolean row =
            switch (region.operands().get(i)) {
              case ROW, MAPPED_ROW, ONLY_ROW -> true;
              case ELEMENT, MAPPED_ELEMENT, SCALAR -> false;
            };
        if (row) {
          index.push(i);
          loaded.put(i, vectors.load(array[i]));
        } else {
          code.aload(array[i]);
          index.push(i);
          code.faload();
          loaded.put(i, vectors.broadcast());
        }
      }
    }
    return vectors.instructions(region, loaded);
  }
}
