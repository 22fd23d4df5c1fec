package dev.advect.cli.run;

import dev.advect.AdvectException;
import dev.advect.cli.UsageException;
import dev.advect.cli.config.Config;
import dev.advect.cli.config.DataConfig;
import dev.advect.data.DataSet;
import dev.advect.data.DataSets;
import dev.advect.data.Generator;
import dev.advect.data.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Rows that a model is compared with, and as many others of the same law, which say how far apart
 * two such sets are by chance.
 *
 * @param reference for each draw the rows to compare with, all of one size
 * @param others for each draw as many rows that are not among them; empty if the data have no more
 * @param source where they come from
 * @param description which rows they are, for a person
 */
public record ReferenceSets(
    List<Table> reference, List<Table> others, DataSet source, String description) {
  /** The rows of a set unless told otherwise: an assignment of so many takes about a second. */
  public static final int ROWS = 4000;

  /** The most rows of a set. */
  public static final int MOST_ROWS = 20_000;

  private static final int FEWEST_ROWS = 2;

  /**
   * Finds the rows.
   *
   * @param data a name or a file; null for the run's own data
   * @param count how many rows a set has; null for a sensible number
   * @param draws how many sets there are of a generator's points; of finite data there is one
   *     reference, and its other rows are drawn so often
   * @param seed of the draws from finite data
   */
  public static ReferenceSets find(
      TrainedRun trained, String data, Integer count, int draws, long seed) {
    requireCount(count);
    Optional<DataConfig> own = trained.config().map(Config::data);
    boolean isOwn = own.filter(config -> data == null || config.isNamed(data)).isPresent();
    if (data == null && !isOwn) {
      throw new UsageException(
          "%s does not say what it was trained on".formatted(trained.file()),
          "name what to compare with: --data FILE or a built-in name");
    }
    ReferenceSets sets =
        isOwn
            ? own(trained.config().orElseThrow(), count, draws, seed)
            : other(own, trained.model().dim(), data, count, draws, seed);
    int columns = sets.reference.getFirst().columns();
    if (columns != trained.model().dim()) {
      throw new AdvectException(
          "%s has %d columns where the model has %d"
              .formatted(sets.source.name(), columns, trained.model().dim()),
          "compare with data of the columns that the model was trained on");
    }
    return sets;
  }

  private static void requireCount(Integer count) {
    if (count != null && (count < FEWEST_ROWS || count > MOST_ROWS)) {
      throw new UsageException(
          "-n %d: sets of %d to %,d rows can be compared".formatted(count, FEWEST_ROWS, MOST_ROWS),
          "%,d rows take about a second for each exact distance".formatted(ROWS));
    }
  }

  private static ReferenceSets own(Config config, Integer count, int draws, long seed) {
    DataConfig own = config.data();
    TrainingData data = TrainingData.load(own, config.training().seed());
    if (data.source() instanceof Generator generator) {
      UnaryOperator<Table> known = rows -> TrainingData.rows(own, rows);
      return generated(generator, known, config.training().seed(), own.points(), count, draws);
    }
    Table test = data.split().test();
    if (test.rows() >= FEWEST_ROWS) {
      return divided(data.source(), test, data.train(), count, draws, seed);
    }
    Table all = Part.ALL.of(data);
    return halved(data.source(), all, ", the training rows among them", count, draws, seed);
  }

  private static ReferenceSets other(
      Optional<DataConfig> own, int dim, String data, Integer count, int draws, long seed) {
    DataSet set;
    try {
      set = DataSets.open(data);
    } catch (AdvectException e) {
      if (DataSets.names().contains(data) || Path.of(data).toFile().exists()) {
        throw e;
      }
      throw new UsageException("--data: ", e);
    }
    UnaryOperator<Table> known =
        rows -> own.map(config -> ConditionColumns.attachIfThere(config, rows, dim)).orElse(rows);
    return switch (set) {
      case Generator generator -> generated(generator, known, 0, 0, count, draws);
      case DataSet.Finite finite ->
          halved(finite, known.apply(finite.table()), "", count, draws, seed);
    };
  }

  /** Points that follow those of the training. */
  private static ReferenceSets generated(
      Generator generator,
      UnaryOperator<Table> known,
      long seed,
      long first,
      Integer count,
      int draws) {
    int n = count == null ? ROWS : count;
    var reference = new ArrayList<Table>();
    var others = new ArrayList<Table>();
    for (int d = 0; d < draws; d++) {
      reference.add(known.apply(generator.rows(seed, first + 2L * d * n, n)));
      others.add(known.apply(generator.rows(seed, first + (2L * d + 1) * n, n)));
    }
    return new ReferenceSets(
        reference,
        others,
        generator,
        "%d sets of %d points, from number %d of seed %d on".formatted(draws, n, first, seed));
  }

  /** Test rows, and training rows beside them. */
  private static ReferenceSets divided(
      DataSet source, Table test, Table train, Integer count, int draws, long seed) {
    Table reference = test.head(limited(count, Math.min(ROWS, test.rows()), test.rows()));
    int n = reference.rows();
    var random = new Random(seed);
    var others = new ArrayList<Table>();
    for (int d = 0; d < draws && train.rows() >= n; d++) {
      others.add(train.take(Arrays.copyOf(shuffled(train.rows(), random), n)));
    }
    return new ReferenceSets(
        List.of(reference), others, source, "%d rows of the test part".formatted(n));
  }

  /** Two halves of all rows, in several ways. */
  private static ReferenceSets halved(
      DataSet source, Table all, String which, Integer count, int draws, long seed) {
    int n = limited(count, Math.clamp(all.rows() / 2, 1, ROWS), all.rows());
    if (n < FEWEST_ROWS) {
      throw new AdvectException(
          "%s has %d rows, too few to compare with".formatted(source.name(), all.rows()),
          "at least %d are needed".formatted(2 * FEWEST_ROWS));
    }
    var random = new Random(seed);
    var reference = new ArrayList<Table>();
    var others = new ArrayList<Table>();
    for (int d = 0; d < draws; d++) {
      int[] order = shuffled(all.rows(), random);
      reference.add(all.take(Arrays.copyOf(order, n)));
      if (all.rows() >= 2 * n) {
        others.add(all.take(Arrays.copyOfRange(order, n, 2 * n)));
      }
    }
    return new ReferenceSets(
        reference,
        others,
        source,
        "%d random sets of %d of the %d rows%s".formatted(draws, n, all.rows(), which));
  }

  private static int limited(Integer count, int usual, int most) {
    if (count != null && count > most) {
      throw new UsageException(
          "-n %d is more than the %d rows there are".formatted(count, most),
          "ask for fewer, or leave -n out");
    }
    return count == null ? usual : count;
  }

  /** The whole numbers below a bound, in random order. */
  private static int[] shuffled(int rows, Random random) {
    int[] order = new int[rows];
    for (int i = 0; i < rows; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** How many rows a set has. */
  public int rows() {
    return reference.getFirst().rows();
  }
}
