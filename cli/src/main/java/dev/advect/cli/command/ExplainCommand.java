package dev.advect.cli.command;

import dev.advect.backend.Backend;
import dev.advect.cli.Console;
import dev.advect.cli.config.Configs;
import dev.advect.cli.run.Setup;
import dev.advect.graph.GraphPrinter;
import dev.advect.train.Trainer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the program that a configuration's training step is compiled to. */
@Command(
    name = "explain",
    description = "Prints the compiled training step: stages, steps, buffers.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Runnable {
  private final Console console;
  @Mixin private TalkOptions talk;
  @Mixin private DeviceOptions device;

  @Parameters(paramLabel = "CONFIG|PRESET", description = "A configuration file or a preset.")
  private String config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets one value, as in --set training.batch=512; may be repeated.")
  private List<String> set = List.of();

  @Option(names = "--graph", description = "Prints the graph before compilation instead.")
  private boolean graph;

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    device.requireKnown();
    var changes = new Configs.Changes(set, OptionalLong.empty(), OptionalLong.empty());
    Setup setup = Setup.of(Configs.load(config, changes).config());
    String text = graph ? GraphPrinter.print(setup.step().graph()) : program(setup);
    if (talk.json()) {
      var document = new LinkedHashMap<String, Object>();
      document.put(graph ? "graph" : "program", text);
      TalkOptions.print(console, document);
    } else {
      console.write(text.endsWith("\n") ? text : text + "\n");
    }
  }

  private String program(Setup setup) {
    try (Backend backend = device.open(talk.on(console));
        Trainer trainer = setup.trainer(backend)) {
      return trainer.explain();
    }
  }
}
