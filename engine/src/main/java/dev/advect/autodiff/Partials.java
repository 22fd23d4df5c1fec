package dev.advect.autodiff;

import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;

/** The partial derivatives of the elementwise primitives, on one screen. */
final class Partials {
  private Partials() {}

  /** d out / d arg(i), as a value of the same type as {@code out}; null where it is zero. */
  static Value of(Value out, int i) {
    Trace g = out.trace();
    ValueType type = out.type();
    Value x = out.arg(0);
    Value y = out.args().size() > 1 ? out.arg(1) : null;
    return switch ((Elementwise) out.op()) {
      case NEG -> g.constant(-1, type);
      case ABS -> x.sign();
      case SIGN, LESS, EQUAL -> null;
      case EXP -> out;
      case LOG -> x.recip();
      case LOG1P -> x.plus(1).recip();
      case EXPM1 -> out.plus(1);
      case SQRT -> out.recip().times(0.5);
      case RECIP -> out.square().neg();
      case SIN -> x.cos();
      case COS -> x.sin().neg();
      case TANH -> g.ones(type).minus(out.square());
      case SIGMOID -> out.minus(out.square());
      case ERF -> x.square().neg().exp().times(2 / Math.sqrt(Math.PI));
      case ADD -> g.ones(type);
      case SUB -> g.constant(i == 0 ? 1 : -1, type);
      case MUL -> out.arg(1 - i);
      case DIV -> i == 0 ? y.recip() : out.over(y).neg();
      case MAX -> share(out.arg(1 - i), out.arg(i));
      case MIN -> share(out.arg(i), out.arg(1 - i));
      case POW -> i == 0 ? y.times(x.pow(y.minus(1))) : out.times(x.log());
      case SELECT ->
          switch (i) {
            case 0 -> null;
            case 1 -> x.select(g.ones(type), g.zeros(type));
            default -> x.select(g.zeros(type), g.ones(type));
          };
    };
  }

  /** 1 where lesser is less than greater, 1/2 where they are equal, else 0. */
  private static Value share(Value lesser, Value greater) {
    return lesser.less(greater).plus(lesser.equal(greater).times(0.5));
  }
}
