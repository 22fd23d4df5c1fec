package dev.advect.cli.command;

import dev.advect.cli.Console;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.Config;
import dev.advect.cli.config.ConfigText;
import dev.advect.cli.run.Metrics;
import dev.advect.cli.run.RunDirectory;
import dev.advect.file.Safetensors;
import dev.advect.file.SafetensorsFile;
import dev.advect.file.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows what is inside a run or a safetensors file. */
@Command(
    name = "inspect",
    description = "Shows what is inside a run or a file: configuration, tensors, provenance.",
    mixinStandardHelpOptions = true)
final class InspectCommand implements Runnable {
  private static final String CONFIGURATION = "configuration";

  private final Console console;
  @Mixin private TalkOptions talk;

  @Parameters(paramLabel = "RUN|FILE", description = "A run directory or any safetensors file.")
  private Path path;

  InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    if (!Files.exists(path)) {
      throw new UsageException(
          "there is no run or file " + path, "name a run directory or a safetensors file");
    }
    var document = new LinkedHashMap<String, Object>();
    if (Files.isDirectory(path)) {
      run(new RunDirectory(path), document);
    } else {
      file(path, document);
    }
    if (talk.json()) {
      TalkOptions.print(console, document);
    } else {
      var text = new StringBuilder();
      print("", document, text);
      console.write(text.toString());
    }
  }

  private static void run(RunDirectory directory, SequencedMap<String, Object> document) {
    if (!directory.holdsRun()) {
      throw new UsageException(
          directory + " is a folder without a run", "name a folder that advect train wrote");
    }
    document.put("run", directory.toString());
    Optional<Config> config =
        Files.exists(directory.config()) ? Optional.of(directory.readConfig()) : Optional.empty();
    config.ifPresent(c -> document.put(CONFIGURATION, ConfigText.tree(c)));
    List<Metrics.Line> lines = Metrics.read(directory.metrics());
    if (!lines.isEmpty()) {
      Metrics.Line last = lines.getLast();
      var report = new LinkedHashMap<String, Object>();
      report.put("step", last.step());
      config.ifPresent(c -> report.put("of", c.training().steps()));
      report.put("loss", last.loss());
      report.put("seconds", last.seconds());
      document.put("last_report", report);
    }
    for (Path file : List.of(directory.model(), directory.checkpoint())) {
      if (Files.exists(file)) {
        var inside = new LinkedHashMap<String, Object>();
        file(file, inside);
        // It is that of the run, shown above.
        ((Map<?, ?>) inside.get("metadata")).remove(CONFIGURATION);
        document.put(file.getFileName().toString(), inside);
      }
    }
  }

  private static void file(Path path, SequencedMap<String, Object> document) {
    SafetensorsFile file = Safetensors.read(path);
    document.put("file", path.toString());
    document.put("metadata", new LinkedHashMap<>(file.metadata()));
    var tensors = new LinkedHashMap<String, Object>();
    file.tensors().forEach((name, tensor) -> tensors.put(name, describe(tensor)));
    document.put("tensors", tensors);
  }

  private static SequencedMap<String, Object> describe(Tensor tensor) {
    var description = new LinkedHashMap<String, Object>();
    description.put("dtype", tensor.dtype().name());
    description.put("shape", tensor.shape());
    boolean floating =
        switch (tensor.dtype()) {
          case F16, BF16, F32, F64 -> true;
          case BOOL, U8, I8, U16, I16, U32, I32, U64, I64 -> false;
        };
    if (floating && tensor.elements() > 0) {
      double sum = 0;
      double squares = 0;
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      float[] values = tensor.floats();
      for (float value : values) {
        sum += value;
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
      double mean = sum / values.length;
      for (float value : values) {
        squares += (value - mean) * (value - mean);
      }
      description.put("mean", TalkOptions.finite(mean));
      description.put("std", TalkOptions.finite(Math.sqrt(squares / values.length)));
      description.put("min", TalkOptions.finite(min));
      description.put("max", TalkOptions.finite(max));
    }
    return description;
  }

  private static void print(String indent, Map<?, ?> map, StringBuilder text) {
    map.forEach(
        (key, value) -> {
          switch (value) {
            case Map<?, ?> tensor when tensor.containsKey("dtype") ->
                text.append("%s%-28s %s%n".formatted(indent, key, line(tensor)));
            case Map<?, ?> inner -> {
              text.append("%s%s:%n".formatted(indent, key));
              print(indent + "  ", inner, text);
            }
            case null -> text.append("%s%s: none%n".formatted(indent, key));
            default -> text.append("%s%s: %s%n".formatted(indent, key, value));
          }
        });
  }

  private static String line(Map<?, ?> tensor) {
    var words = new ArrayList<String>();
    words.add(String.valueOf(tensor.get("dtype")));
    words.add("%-12s".formatted(tensor.get("shape")));
    for (String key : List.of("mean", "std", "min", "max")) {
      if (tensor.containsKey(key)) {
        words.add(
            tensor.get(key) instanceof Double number
                ? String.format(Locale.ROOT, "%s %10.4g", key, number)
                : key + " not finite");
      }
    }
    return String.join("  ", words).stripTrailing();
  }
}
