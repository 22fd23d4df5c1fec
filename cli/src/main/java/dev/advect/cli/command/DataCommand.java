package dev.advect.cli.command;

import dev.advect.AdvectException;
import dev.advect.cli.Console;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.Config;
import dev.advect.cli.config.Configs;
import dev.advect.cli.report.Charts;
import dev.advect.cli.report.ImageGrid;
import dev.advect.cli.report.Png;
import dev.advect.cli.run.Part;
import dev.advect.cli.run.TrainingData;
import dev.advect.data.DataSet;
import dev.advect.data.DataSets;
import dev.advect.data.Generator;
import dev.advect.data.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes points of a built-in generator, or rows of a built-in set. */
@Command(
    name = "data",
    description = "Writes points of a built-in generator or the rows of a built-in set.",
    mixinStandardHelpOptions = true)
final class DataCommand implements Runnable {
  private final Console console;
  @Mixin private TalkOptions talk;

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "What --list lists.")
  private String name;

  @Option(names = "--list", description = "Lists what is built in.")
  private boolean list;

  @Option(
      names = "-n",
      paramLabel = "N",
      converter = Numbers.Count.class,
      description = "How many rows; all of a finite set unless given.")
  private Integer count;

  @Option(
      names = "--seed",
      paramLabel = "N",
      converter = Numbers.Seed.class,
      defaultValue = "0",
      description = "Seed of a generator (default: ${DEFAULT-VALUE}, as trainings have).")
  private long seed;

  @Option(
      names = "--split",
      paramLabel = "PART",
      converter = Words.PartName.class,
      description =
          "Only the train, validation or test rows of a finite set, divided as --config says.")
  private Part part;

  @Option(
      names = "--config",
      paramLabel = "CONFIG|PRESET",
      description = "Whose data.split --split goes by; the preset called NAME unless given.")
  private String config;

  @Option(names = "--labels", description = "Adds a column called label with each row's class.")
  private boolean labels;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = ".npy, .csv, .csv.gz or .png; CSV on stdout unless given.")
  private String out;

  DataCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    if (config != null && part == null) {
      throw new UsageException("--config belongs to --split", "add it, or leave --config out");
    }
    if (list == (name != null)) {
      throw new UsageException(
          list ? "--list takes no NAME" : "no NAME was given",
          "advect data --list, or advect data moons -n 1000 --out moons.csv");
    }
    if (list) {
      list();
      return;
    }
    Output output = Output.of(out);
    output.requireFileWith(talk.json());
    output.requirePlace();
    DataSet set = set(name);
    Table table = part == null ? rows(set) : part();
    if (output instanceof Output.PngFile(var path)) {
      draw(table).write(path);
    } else {
      output.write(labels ? withLabels(table) : table, console);
    }
    String summary = "%d rows of %d columns of %s".formatted(table.rows(), table.columns(), name);
    talk.on(console).say("wrote %s to %s".formatted(summary, output.describe()));
    if (talk.json()) {
      var document = new LinkedHashMap<String, Object>();
      document.put("name", name);
      document.put("rows", table.rows());
      document.put("columns", table.columns());
      document.put("file", output.describe());
      TalkOptions.print(console, document);
    }
  }

  private static DataSet set(String name) {
    try {
      return DataSets.named(name);
    } catch (AdvectException e) {
      throw new UsageException("", e);
    }
  }

  private Table rows(DataSet set) {
    return switch (set) {
      case DataSet.Finite finite -> first(finite.table());
      case Generator generator -> {
        if (count == null) {
          throw new UsageException(
              "%s is a generator: -n says how many points to draw".formatted(name),
              "for example -n 1000");
        }
        if ((long) count * generator.columns() > Integer.MAX_VALUE - 8) {
          throw new UsageException(
              "-n %d is more than fit into one table".formatted(count),
              "at most %d".formatted((Integer.MAX_VALUE - 8) / generator.columns()));
        }
        yield generator.draw(seed, count);
      }
    };
  }

  private Table first(Table all) {
    if (count != null && count > all.rows()) {
      throw new UsageException(
          "-n %d is more than the %d rows there are".formatted(count, all.rows()),
          "ask for fewer, or leave -n out for all");
    }
    return count == null ? all : all.head(count);
  }

  private Table part() {
    String whose = config == null ? name : config;
    Config divided = Configs.load(whose, Configs.Changes.none()).config();
    if (!divided.data().label().equals(name)) {
      throw new UsageException(
          "the configuration %s divides %s, not %s".formatted(whose, divided.data().label(), name),
          "name one that divides it with --config");
    }
    return first(part.of(TrainingData.load(divided.data(), divided.training().seed())));
  }

  /** The columns, then the labels. */
  private Table withLabels(Table table) {
    int[] classes =
        table
            .labels()
            .orElseThrow(
                () ->
                    new UsageException(
                        "the rows of %s have no classes".formatted(name), "leave --labels out"));
    int columns = table.columns();
    float[] values = new float[table.rows() * (columns + 1)];
    for (int row = 0; row < table.rows(); row++) {
      System.arraycopy(table.values(), row * columns, values, row * (columns + 1), columns);
      values[row * (columns + 1) + columns] = classes[row];
    }
    List<String> names =
        Stream.concat(IntStream.range(0, columns).mapToObj(i -> "x" + i), Stream.of("label"))
            .toList();
    return Table.of(values, table.rows(), columns + 1).withNames(names);
  }

  private Png draw(Table table) {
    if (table.image().isEmpty()) {
      return Png.draw(() -> Charts.clouds(List.of(new Charts.Cloud(name, table))));
    }
    if (table.rows() > ImageGrid.MOST) {
      throw new UsageException(
          "%d images are too many for one picture".formatted(table.rows()),
          "at most -n " + ImageGrid.MOST);
    }
    return Png.draw(
        () -> ImageGrid.draw(table, table.image().orElseThrow(), ImageGrid.Range.of(table)));
  }

  private void list() {
    List<DataSet> all = DataSets.all();
    if (talk.json()) {
      TalkOptions.print(console, Map.of("data", all.stream().map(DataCommand::document).toList()));
      return;
    }
    var text = new StringBuilder();
    for (DataSet set : all) {
      text.append("%-14s %s%s%n".formatted(set.name(), set.description(), classes(set)));
    }
    console.write(text.toString());
  }

  private static String classes(DataSet set) {
    return switch (set) {
      case Generator generator when generator.classes() > 0 ->
          "; %d classes".formatted(generator.classes());
      case Generator _, DataSet.Finite _ -> "";
    };
  }

  private static Map<String, Object> document(DataSet set) {
    var document = new LinkedHashMap<String, Object>();
    document.put("name", set.name());
    document.put("description", set.description());
    document.put("columns", set.columns());
    switch (set) {
      case DataSet.Finite finite -> {
        document.put("kind", "finite");
        document.put("rows", finite.table().rows());
      }
      case Generator generator -> {
        document.put("kind", "generator");
        document.put("classes", generator.classes());
      }
    }
    return document;
  }
}
