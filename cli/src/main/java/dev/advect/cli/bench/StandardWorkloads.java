package dev.advect.cli.bench;

import dev.advect.cli.Suggest;
import dev.advect.cli.UsageException;
import dev.advect.cli.bench.Workload.ExactOt;
import dev.advect.cli.bench.Workload.LogLikelihood;
import dev.advect.cli.bench.Workload.Net;
import dev.advect.cli.bench.Workload.Sample;
import dev.advect.cli.bench.Workload.Train;
import dev.advect.nn.Activation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The workloads that are measured unless others are asked for, from points to images. */
public final class StandardWorkloads {
  private static final Net PLANE = new Net(2, 64, 3, Activation.SELU);
  private static final Net WIDE_PLANE = new Net(2, 256, 4, Activation.SILU);
  private static final Net TABLE = new Net(64, 512, 5, Activation.SILU);
  private static final Net SMALL_TABLE = new Net(64, 512, 3, Activation.SILU);
  private static final Net IMAGES = new Net(784, 1024, 4, Activation.SILU);

  private StandardWorkloads() {}

  /** All of them. */
  public static List<Workload> all() {
    var all = new ArrayList<Workload>();
    for (Net net : List.of(PLANE, WIDE_PLANE, TABLE, IMAGES)) {
      all.add(new Train(net, 256));
      all.add(new Train(net, 2048));
    }
    all.add(new Sample(PLANE, 10_000));
    all.add(new Sample(WIDE_PLANE, 10_000));
    all.add(new LogLikelihood(PLANE, 10_000));
    all.add(new LogLikelihood(WIDE_PLANE, 10_000));
    all.add(new LogLikelihood(SMALL_TABLE, 2_000));
    all.add(new ExactOt(256, 2));
    return List.copyOf(all);
  }

  /**
   * Those of some workloads that are asked for, in their own order.
   *
   * @param names names or how names begin; all workloads are chosen if there are none
   * @throws UsageException if no workload answers to one of the names
   */
  public static List<Workload> named(List<String> names, List<Workload> workloads) {
    for (String asked : names) {
      if (asked.isBlank() || workloads.stream().noneMatch(w -> w.name().startsWith(asked))) {
        throw unknown(asked, workloads);
      }
    }
    return workloads.stream()
        .filter(w -> names.isEmpty() || names.stream().anyMatch(w.name()::startsWith))
        .toList();
  }

  private static UsageException unknown(String asked, List<Workload> workloads) {
    Set<String> known = new LinkedHashSet<>();
    workloads.forEach(w -> known.add(w.name().substring(0, w.name().indexOf('-'))));
    workloads.forEach(w -> known.add(w.name()));
    return new UsageException(
        "there is no workload '%s'".formatted(asked),
        Suggest.from(asked, "the workloads are", known));
  }
}
