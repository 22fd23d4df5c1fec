package dev.advect.cli.command;

import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.BackendProvider;
import dev.advect.backend.Backends;
import dev.advect.cli.Console;
import dev.advect.cli.Suggest;
import dev.advect.cli.UsageException;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What a command computes on. */
final class DeviceOptions {
  private static final String AUTO = "auto";

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = AUTO,
      description = "auto, cpu, cuda or reference; auto takes the best that is ready.")
  private String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = Numbers.Threads.class,
      description = "Threads of the cpu; one a core unless given.")
  private Integer threads;

  /** Opens the device, and says which one it is and why not the others. */
  Backend open(Console console) {
    requireKnown();
    Backends.Choice choice = Backends.open(device, options());
    Backend backend = choice.backend();
    String reasons = choice.reasons().isEmpty() ? "" : "; " + String.join("; ", choice.reasons());
    console.say(
        "device: %s, %s%s"
            .formatted(backend.name(), backend.description(), device.equals(AUTO) ? reasons : ""));
    return backend;
  }

  /** Opens the device without a word, to look after every step for numbers that are not finite. */
  Backend openChecking() {
    return Backends.open(device, options().checkingFinite()).backend();
  }

  private BackendOptions options() {
    BackendOptions options = BackendOptions.standard();
    return threads == null ? options : options.withThreads(threads);
  }

  /** Complains early about a name that is no device. */
  void requireKnown() {
    List<String> names =
        Stream.concat(Stream.of(AUTO), Backends.providers().stream().map(BackendProvider::name))
            .toList();
    if (!names.contains(device)) {
      throw new UsageException(
          "there is no device '%s'".formatted(device),
          Suggest.from(device, "the devices are", names));
    }
  }
}
