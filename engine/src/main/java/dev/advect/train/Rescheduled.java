package dev.advect.train;

import dev.advect.graph.Value;
import dev.advect.nn.Condition;
import dev.advect.nn.Field;
import dev.advect.nn.Parameters;
import dev.advect.path.ScheduleChange;
import java.util.Optional;

/**
 * The velocity of a flow on another schedule.
 *
 * @param flow the flow, with its own schedule
 * @param change from its schedule to the other
 */
record Rescheduled(Flow flow, ScheduleChange change) implements Field {
  @Override
  public int dim() {
    return flow.dim();
  }

  @Override
  public Condition condition() {
    return flow.field().condition();
  }

  @Override
  public Value velocity(Parameters parameters, Value x, Value t) {
    return velocity(parameters, x, t, Optional.empty());
  }

  @Override
  public Value velocity(Parameters parameters, Value x, Value t, Optional<Value> condition) {
    return change.velocity((y, s) -> flow.velocity(parameters, y, s, condition), x, t);
  }

  @Override
  public String json() {
    throw new UnsupportedOperationException(
        "a flow on another schedule is for sampling; save the flow it was made of");
  }
}
