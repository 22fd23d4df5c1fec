package dev.advect.verify;

import java.util.List;
import java.util.stream.Stream;

/** The laws that can be checked without training. */
public final class Identities {
  private Identities() {}

  /** All of them, group by group. Each is independent of the others. */
  public static List<Identity> all() {
    return Stream.of(
            DrawIdentities.all(),
            PathIdentities.all(),
            ScheduleIdentities.all(),
            OracleIdentities.all(),
            DiffusionIdentities.all(),
            SolverIdentities.all(),
            DivergenceIdentities.all(),
            LikelihoodIdentities.all(),
            GaussianIdentities.all(),
            TransportIdentities.all(),
            CouplingIdentities.all(),
            DeviceIdentities.all())
        .flatMap(List::stream)
        .toList();
  }
}
