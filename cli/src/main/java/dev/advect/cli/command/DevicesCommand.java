package dev.advect.cli.command;

import dev.advect.backend.Availability;
import dev.advect.backend.BackendProvider;
import dev.advect.backend.Backends;
import dev.advect.cli.Console;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says of each device whether it is ready, or why not and what would make it ready. */
@Command(
    name = "devices",
    description = "Lists the devices: ready, or why not and what would make them ready.",
    mixinStandardHelpOptions = true)
final class DevicesCommand implements Runnable {
  private final Console console;
  @Mixin private TalkOptions talk;

  DevicesCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    List<BackendProvider> providers = Backends.providers();
    if (talk.json()) {
      TalkOptions.print(
          console, Map.of("devices", providers.stream().map(DevicesCommand::document).toList()));
      return;
    }
    var lines = new ArrayList<String>();
    for (BackendProvider provider : providers) {
      switch (provider.probe()) {
        case Availability.Ready(String description) ->
            lines.add("%-10s ready: %s".formatted(provider.name(), description));
        case Availability.Missing(String reason, String remedy) -> {
          lines.add("%-10s missing: %s".formatted(provider.name(), reason));
          if (!remedy.isEmpty()) {
            lines.add("%-10s to make it ready: %s".formatted("", remedy));
          }
        }
      }
    }
    console.write(String.join("\n", lines) + "\n");
  }

  private static Map<String, Object> document(BackendProvider provider) {
    var device = new LinkedHashMap<String, Object>();
    device.put("name", provider.name());
    switch (provider.probe()) {
      case Availability.Ready(String description) -> {
        device.put("ready", true);
        device.put("description", description);
      }
      case Availability.Missing(String reason, String remedy) -> {
        device.put("ready", false);
        device.put("reason", reason);
        device.put("remedy", remedy);
      }
    }
    return device;
  }
}
