package dev.advect.coupling;

import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.json.JsonObject;
import dev.advect.random.Purpose;

/** q(x0, x1) = N(x0; 0, I) q(x1): nothing ties the noise to the data. */
public record Independent() implements Coupling {
  @Override
  public Pair pair(Value data) {
    Trace g = data.trace();
    int rows = data.type().dim(0);
    int dim = data.type().dim(1);
    Value x0 = g.normal(Purpose.SOURCE, dim);
    Value row = g.index(Purpose.DATA_INDEX, rows);
    return new Pair(x0, data.gather(row), row);
  }

  @Override
  public String json() {
    return JsonObject.kind("coupling", "independent").json();
  }
}
