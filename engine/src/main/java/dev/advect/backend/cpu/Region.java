package dev.advect.backend.cpu;

import dev.advect.graph.Op.Elementwise;
import java.util.List;

/**
 * A fused group without its addresses: straight-line code over one feature of a panel of samples.
 * Equal regions share one compiled loop.
 *
 * @param flat true for shared values: one loop over consecutive floats; false for samples: features
 *     by panels
 * @param operands where each operand lies
 * @param body the instructions
 * @param outs what leaves the registers
 */
record Region(boolean flat, List<Operand> operands, List<Instruction> body, List<Out> outs) {
  Region {
    operands = List.copyOf(operands);
    body = List.copyOf(body);
    outs = List.copyOf(outs);
  }

  /** How an operand is addressed for feature f of a panel. */
  enum Operand {
    /** Row f. */
    ROW,
    /** Row map[f]. */
    MAPPED_ROW,
    /** The one row of a per-sample scalar. */
    ONLY_ROW,
    /** Element f of a shared value, the same for all samples. */
    ELEMENT,
    /** Element map[f] of a shared value. */
    MAPPED_ELEMENT,
    /** A shared scalar. */
    SCALAR
  }

  /** Where an instruction takes an argument from. */
  sealed interface Ref {
    /** An operand. */
    record Load(int operand) implements Ref {}

    /** An earlier instruction. */
    record Result(int instruction) implements Ref {}

    /** A literal. */
    record Literal(float value) implements Ref {}
  }

  /** One operation; {@code op} is null for a copy. */
  record Instruction(Elementwise op, List<Ref> args) {
    Instruction {
      args = List.copyOf(args);
    }
  }

  /** What happens to an instruction's value. */
  enum Effect {
    /** Stored to its operand. */
    STORE,
    /** Added to its operand: a sum over axes. */
    ADD,
    /** Added to its operand for those samples of the panel that exist: a sum over samples. */
    ADD_VALID
  }

  /** An effect of an instruction on an operand. */
  record Out(Effect effect, int instruction, int operand) {}
}
