package dev.advect.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.advect.backend.cpu.GeneratedClass.Numbers;
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
import java.util.Map;
import java.util.Set;

/**
 * Compiles a region to one loop in a hidden class, of Vector API calls or on plain floats.
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
  private final Primitives primitives;
  private final Instructions instructions;
  private final int lanes;
  private final int panel;
  private final int[] array;
  private final int[] base;
  private final int[] map;
  private int next = FIRST_FREE;

  private LoopCompiler(Region region, Target target, CodeBuilder code) {
    this.region = region;
    this.code = code;
    int n = region.operands().size();
    array = new int[n];
    base = new int[n];
    map = new int[n];
    primitives =
        target.numbers() == Numbers.PLAIN
            ? new ScalarCode(code, this::fresh)
            : new VectorCode(code, this::fresh, region.flat() ? 1 : target.width());
    instructions = new Instructions(primitives);
    lanes = primitives.lanes();
    panel = target.panel();
  }

  /**
   * What a loop is compiled to.
   *
   * @param width how many vectors of samples are worked on at a time; 0 for plain floats, which
   *     give the same bits
   * @param panel how many samples lie side by side
   */
  record Target(int width, int panel) {
    Numbers numbers() {
      return width == 0 ? Numbers.PLAIN : Numbers.VECTORS;
    }
  }

  static FusedLoop compile(Region region, Target target) {
    return GeneratedClass.load(FusedLoop.class, bytes(region, target));
  }

  /** The class file; made twice: the first finds the literals that the second hoists. */
  static byte[] bytes(Region region, Target target) {
    Set<Float> literals = new LinkedHashSet<>();
    bytes(region, target, Set.of(), literals);
    return bytes(region, target, literals, new LinkedHashSet<>());
  }

  private static byte[] bytes(Region region, Target target, Set<Float> hoisted, Set<Float> wanted) {
    return GeneratedClass.bytes(
        FusedLoop.class,
        target.numbers(),
        RUN,
        b -> {
          var compiler = new LoopCompiler(region, target, b);
          compiler.emit(hoisted);
          wanted.addAll(compiler.primitives.wanted());
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
    primitives.hoist(literals);
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
      primitives.store(
          results[out.instruction()],
          array[out.operand()],
          () -> code.iload(base[out.operand()]).iload(i).iadd());
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
    int valid = valid(q);
    if (lanes == 1) {
      samples(scalars, valid);
    } else {
      vectors(scalars, valid);
    }
    code.iinc(q, 1).goto_(top).labelBinding(end);
  }

  /** Feature by feature, sample by sample. */
  private void samples(Map<Integer, Integer> scalars, int valid) {
    int sample = fresh();
    loop(
        F0,
        F1,
        f ->
            loop(
                sample,
                panel,
                () -> {
                  Part part = new Part(scalars, () -> code.iload(sample), new HashMap<>());
                  part(part, f, isMasked() ? primitives.mask(part.offset(), valid) : -1);
                }));
  }

  /** Feature by feature the vectors of a panel; what is the same for all features is kept. */
  private void vectors(Map<Integer, Integer> scalars, int valid) {
    var parts = new ArrayList<Part>();
    var masks = new ArrayList<Integer>();
    for (int first = 0; first < panel; first += lanes) {
      int offset = first;
      var part = new Part(new HashMap<>(scalars), () -> code.loadConstant(offset), new HashMap<>());
      masks.add(isMasked() ? primitives.mask(part.offset(), valid) : -1);
      hoistOnlyRows(part);
      parts.add(part);
    }
    parts.forEach(this::loadSums);
    loop(
        F0,
        F1,
        f -> {
          for (int i = 0; i < parts.size(); i++) {
            part(parts.get(i), f, masks.get(i));
          }
        });
    parts.forEach(this::storeSums);
  }

  /**
   * Some samples of a panel.
   *
   * @param hoisted operands that are in local variables already
   * @param offset pushes the first sample's number in the panel
   * @param sums local variables of sums over features, by their place among the outs
   */
  private record Part(
      Map<Integer, Integer> hoisted, Primitives.Index offset, Map<Integer, Integer> sums) {}

  private interface Body {
    void emit(int counter);
  }

  /** A loop whose bounds are in local variables. */
  private void loop(int from, int to, Body body) {
    int i = fresh();
    Label top = code.newLabel();
    Label end = code.newLabel();
    code.iload(from).istore(i).labelBinding(top).iload(i).iload(to).if_icmpge(end);
    body.emit(i);
    code.iinc(i, 1).goto_(top).labelBinding(end);
  }

  /** A loop from 0 to a constant. */
  private void loop(int counter, int count, Runnable body) {
    Label top = code.newLabel();
    Label end = code.newLabel();
    code.iconst_0().istore(counter).labelBinding(top);
    code.iload(counter).loadConstant(count).if_icmpge(end);
    body.run();
    code.iinc(counter, 1).goto_(top).labelBinding(end);
  }

  private void hoistScalar(int operand, Map<Integer, Integer> hoisted) {
    if (region.operands().get(operand) == Operand.SCALAR) {
      hoisted.put(operand, primitives.broadcast(array[operand], () -> code.iload(base[operand])));
    }
  }

  private void hoistOnlyRows(Part part) {
    for (int i = 0; i < array.length; i++) {
      if (region.operands().get(i) == Operand.ONLY_ROW && isLoaded(i)) {
        int operand = i;
        part.hoisted().put(i, primitives.load(array[i], () -> index(operand, -1, part.offset())));
      }
    }
  }

  private boolean isLoaded(int operand) {
    return region.body().stream()
        .flatMap(k -> k.args().stream())
        .anyMatch(r -> r instanceof Region.Ref.Load(int o) && o == operand);
  }

  private boolean isMasked() {
    return region.outs().stream().anyMatch(o -> o.effect() == Effect.ADD_VALID);
  }

  /** How many samples of the panel exist, if it matters. */
  private int valid(int q) {
    int valid = fresh();
    if (isMasked()) {
      Label full = code.newLabel();
      Label done = code.newLabel();
      code.iload(q).iconst_1().iadd().iload(Q1).if_icmplt(full);
      code.iload(VALID).istore(valid).goto_(done).labelBinding(full);
      code.loadConstant(panel).istore(valid).labelBinding(done);
    }
    return valid;
  }

  /** A sum over all features stays in registers while they go by. */
  private void loadSums(Part part) {
    for (int k = 0; k < region.outs().size(); k++) {
      Out out = region.outs().get(k);
      if (out.effect() == Effect.ADD && region.operands().get(out.operand()) == Operand.ONLY_ROW) {
        int operand = out.operand();
        part.sums()
            .put(k, primitives.load(array[operand], () -> index(operand, -1, part.offset())));
      }
    }
  }

  private void storeSums(Part part) {
    part.sums()
        .forEach(
            (k, sum) -> {
              int operand = region.outs().get(k).operand();
              int value = primitives.carried(sum);
              primitives.store(value, array[operand], () -> index(operand, -1, part.offset()));
            });
  }

  private void part(Part part, int f, int mask) {
    int[] results = body(part.hoisted(), operand -> index(operand, f, part.offset()));
    for (int k = 0; k < region.outs().size(); k++) {
      Out out = region.outs().get(k);
      int value = results[out.instruction()];
      if (part.sums().containsKey(k)) {
        int sum = part.sums().get(k);
        primitives.move(primitives.add(value, sum), sum);
        continue;
      }
      int to = array[out.operand()];
      Primitives.Index index = () -> index(out.operand(), f, part.offset());
      int stored =
          switch (out.effect()) {
            case STORE -> value;
            case ADD -> primitives.add(primitives.load(to, index), value);
            case ADD_VALID -> primitives.addMasked(primitives.load(to, index), value, mask);
          };
      primitives.store(stored, to, index);
    }
  }

  /** Pushes the index of an operand for feature f and the first sample of a part. */
  private void index(int operand, int f, Primitives.Index offset) {
    code.iload(base[operand]);
    switch (region.operands().get(operand)) {
      case ROW -> code.iload(f).loadConstant(panel).imul().iadd();
      case MAPPED_ROW -> mapped(operand, f).loadConstant(panel).imul().iadd();
      case ELEMENT -> code.iload(f).iadd();
      case MAPPED_ELEMENT -> mapped(operand, f).iadd();
      case ONLY_ROW, SCALAR -> {}
    }
    if (isRow(operand)) {
      offset.push();
      code.iadd();
    }
  }

  /** Whether an operand is different for every sample. */
  private boolean isRow(int operand) {
    return switch (region.operands().get(operand)) {
      case ROW, MAPPED_ROW, ONLY_ROW -> true;
      case ELEMENT, MAPPED_ELEMENT, SCALAR -> false;
    };
  }

  private CodeBuilder mapped(int operand, int f) {
    return code.aload(map[operand]).iload(f).iaload();
  }

  /** Pushes the index of an operand. */
  private interface OperandIndex {
    void push(int operand);
  }

  /** One pass over the instructions; answers the local variable of each result. */
  private int[] body(Map<Integer, Integer> hoisted, OperandIndex index) {
    Map<Integer, Integer> loaded = new HashMap<>(hoisted);
    // Loads first: a result may be stored where an operand ends.
    for (int i = 0; i < array.length; i++) {
      if (isLoaded(i) && !loaded.containsKey(i)) {
        int operand = i;
        Primitives.Index at = () -> index.push(operand);
        loaded.put(
            i, isRow(i) ? primitives.load(array[i], at) : primitives.broadcast(array[i], at));
      }
    }
    return instructions.emit(region, loaded);
  }
}
