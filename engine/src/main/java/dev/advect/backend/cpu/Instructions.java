package dev.advect.backend.cpu;

import dev.advect.backend.cpu.Region.Instruction;
import dev.advect.backend.cpu.Region.Ref;
import dev.advect.graph.Op.Elementwise;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Emits the instructions of a region. */
final class Instructions {
  private final Primitives p;
  private final ElementaryFunctions functions;

  Instructions(Primitives primitives) {
    p = primitives;
    functions = new ElementaryFunctions(primitives);
  }

  /** Emits them; answers the local variable of each result. */
  int[] emit(Region region, Map<Integer, Integer> loaded) {
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
      return p.fma(factors[0], factors[1], args[1 - i]);
    }
    if (instruction.op() == Elementwise.SELECT
        && instruction.args().getFirst() instanceof Ref.Result(int c)
        && absorbed.contains(c)) {
      int[] compared = locals(body.get(c), loaded, results);
      return p.blend(args[2], args[1], p.compare("LT", compared[0], compared[1]));
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
                  case Ref.Literal(float c) -> p.literal(c);
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
      case NEG -> p.neg(x[0]);
      case ABS -> p.abs(x[0]);
      case SQRT -> p.sqrt(x[0]);
      case ADD -> p.add(x[0], x[1]);
      case SUB -> p.sub(x[0], x[1]);
      case MUL -> p.mul(x[0], x[1]);
      case DIV -> p.div(x[0], x[1]);
      case MAX -> p.max(x[0], x[1]);
      case MIN -> p.min(x[0], x[1]);
      case RECIP -> p.div(p.literal(1), x[0]);
      case LESS -> p.blend(p.literal(0), p.literal(1), p.compare("LT", x[0], x[1]));
      case EQUAL -> p.blend(p.literal(0), p.literal(1), p.compare("EQ", x[0], x[1]));
      case SELECT -> p.blend(x[2], x[1], p.compare("NE", x[0], p.literal(0)));
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
}
