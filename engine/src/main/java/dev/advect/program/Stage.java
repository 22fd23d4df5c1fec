package dev.advect.program;

import dev.advect.graph.Repeat;
import dev.advect.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A part of a program between two changes of who works together. */
public sealed interface Stage {
  /** All its steps, in their order; those of a loop's body once. */
  default List<Step> steps() {
    return switch (this) {
      case Shared(var steps) -> steps;
      case Sample s -> Stream.of(s.before, s.body, s.after).flatMap(List::stream).toList();
    };
  }

  /** Work on shared values: all workers on one value. */
  record Shared(List<Step> steps) implements Stage {}

  /**
   * Work on samples: every worker on samples of its own, tile by tile.
   *
   * @param before steps before the loop, or all steps if there is none
   * @param loop the loop
   * @param body the loop's steps
   * @param after steps after the loop
   * @param sums the shared values this stage sums up over the samples
   * @param buffers where per-sample values lie
   */
  record Sample(
      List<Step> before,
      Optional<Repeat> loop,
      List<Step> body,
      List<Step> after,
      List<Value> sums,
      BufferPlan buffers)
      implements Stage {}
}
