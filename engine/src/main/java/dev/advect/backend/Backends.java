package dev.advect.backend;

import dev.advect.AdvectException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The one place that chooses a backend, and says why. */
public final class Backends {
  /**
   * A backend that was chosen.
   *
   * @param backend it, open
   * @param reasons one sentence on each of the others: why it was not chosen
   */
  public record Choice(Backend backend, List<String> reasons) {}

  private Backends() {}

  /** All known kinds of device, the ones {@code auto} prefers first. */
  public static List<BackendProvider> providers() {
    return ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(BackendProvider::rank).reversed())
        .toList();
  }

  /**
   * Opens a backend.
   *
   * @param name {@code auto} for the best that is available, or the name of one
   * @throws AdvectException if there is no such backend or it cannot run here
   */
  public static Choice open(String name, BackendOptions options) {
    List<BackendProvider> providers = providers();
    var reasons = new ArrayList<String>();
    for (BackendProvider p : providers) {
      if (!name.equals("auto") && !name.equals(p.name())) {
        continue;
      }
      switch (p.probe()) {
        case Availability.Ready _ -> {
          return new Choice(p.open(options), List.copyOf(reasons));
        }
        case Availability.Missing(String reason, String remedy) -> {
          if (name.equals(p.name())) {
            throw new AdvectException("device '%s' is missing: %s".formatted(name, reason), remedy);
          }
          reasons.add("not %s: %s".formatted(p.name(), reason));
        }
      }
    }
    throw new AdvectException(
        "there is no device '%s'".formatted(name),
        "use auto" + providers.stream().map(p -> ", " + p.name()).collect(Collectors.joining()));
  }
}
