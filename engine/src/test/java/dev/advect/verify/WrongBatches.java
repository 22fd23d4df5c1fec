package dev.advect.verify;

import dev.advect.backend.Backend;
import dev.advect.backend.Slice;
import dev.advect.coupling.Coupling;
import dev.advect.coupling.Planner;
import dev.advect.file.Tensor;
import dev.advect.train.TrainingState;
import dev.advect.transport.Assignment;
import dev.advect.transport.Costs;
import dev.advect.transport.EntropicPlan;
import dev.advect.verify.WrongVariants.Variant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Wrong transport plans, couplings and devices. */
final class WrongBatches {
  private final List<Variant> all = new ArrayList<>();

  private WrongBatches() {}

  static List<Variant> all() {
    var variants = new WrongBatches();
    variants.transports();
    variants.couplings();
    variants.devices();
    return variants.all;
  }

  private void add(String mistake, Identity identity) {
    all.add(new Variant(mistake, identity));
  }

  // ------------------------------------------------------------------ transports

  private void transports() {
    add(
        "the pairs as they come, backwards",
        TransportIdentities.permutation(
            costs -> assignment(IntStream.range(0, costs.size()).map(i -> costs.size() - 1 - i))));
    add(
        "each row takes the cheapest column that is left",
        TransportIdentities.bruteForce(WrongBatches::greedy));
    add(
        "a row's potential is 1e-3 too large",
        TransportIdentities.duality(
            costs -> {
              Assignment optimal = Assignment.optimal(costs);
              optimal.u()[7] += 1e-3;
              return optimal;
            }));
    add(
        "a row takes 1e-6 of another's mass",
        TransportIdentities.marginals(
            (costs, epsilon) -> {
              EntropicPlan plan = TransportIdentities.entropic(costs, epsilon);
              plan.conditional()[3][5] += 1e-6;
              return plan;
            }));
    add(
        "epsilon is 10 times too large",
        TransportIdentities.limit(
            (costs, epsilon) -> TransportIdentities.entropic(costs, 10 * epsilon)));
    add(
        "epsilon is sigma^2",
        TransportIdentities.bridge(
            (costs, epsilon) -> TransportIdentities.entropic(costs, epsilon / 2)));
  }

  private static Assignment assignment(IntStream columns) {
    int[] all = columns.toArray();
    return new Assignment(all, new double[all.length], new double[all.length], 0);
  }

  private static Assignment greedy(Costs costs) {
    int n = costs.size();
    var taken = new boolean[n];
    return assignment(
        IntStream.range(0, n)
            .map(
                i -> {
                  float[] c = costs.row(i, new float[n]);
                  int best =
                      IntStream.range(0, n)
                          .filter(j -> !taken[j])
                          .reduce((j, k) -> c[k] < c[j] ? k : j)
                          .orElseThrow();
                  taken[best] = true;
                  return best;
                }));
  }

  // ------------------------------------------------------------------ couplings

  private void couplings() {
    add(
        "pairs are drawn from the plan with replacement",
        CouplingIdentities.exact(
            (data, step) ->
                Planner.of(Coupling.exactOt().resampled(), data, data.length / 2)
                    .plan(4, step, 64)));
    add(
        "each point gets the row of the one before",
        CouplingIdentities.exact(
            (data, step) -> {
              var plan = Planner.of(Coupling.exactOt(), data, data.length / 2).plan(4, step, 64);
              float[] row = plan.row();
              float[] turned = new float[row.length];
              for (int i = 0; i < row.length; i++) {
                turned[i] = row[(i + 1) % row.length];
              }
              return new Planner.Plan(plan.x0(), turned);
            }));
  }

  // ------------------------------------------------------------------ devices

  private void devices() {
    add(
        "the device's numbers are 0.1% too large",
        DeviceIdentities.operations(OpCases.all().subList(0, 20), WrongBatches::enlarged));
    device("gradient", DeviceIdentities::gradient);
    device("gradient.cnf", DeviceIdentities::gradientOfLikelihood);
    device("weights", DeviceIdentities::weights);
    device("samples", DeviceIdentities::samples);
    device("likelihood", DeviceIdentities::likelihood);
    add(
        "a slice begins to count at 0",
        DeviceIdentities.slices(
            (device, slice) ->
                DeviceIdentities.drawn(device, new Slice(0, slice.count(), slice.of(), 0))));
    add(
        "the optimizer's second moments are lost",
        DeviceIdentities.resume(state -> without(state, "optimizer.v.")));
  }

  private void device(String name, Function<Backend, float[]> figure) {
    add(
        "the device's numbers are 0.1% too large",
        DeviceIdentities.agreement(
            name,
            "a figure",
            device -> {
              float[] numbers = figure.apply(device);
              return device.name().equals("reference") ? numbers : enlarged(numbers);
            }));
  }

  private static float[] enlarged(float[] numbers) {
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] *= 1.001f;
    }
    return numbers;
  }

  private static TrainingState without(TrainingState state, String prefix) {
    var tensors = new LinkedHashMap<>(state.tensors());
    tensors.replaceAll(
        (name, tensor) ->
            name.startsWith(prefix)
                ? Tensor.f32(
                    new float[tensor.floats().length],
                    tensor.shape().stream().mapToLong(Long::longValue).toArray())
                : tensor);
    return new TrainingState(state.step(), state.seed(), tensors);
  }
}
