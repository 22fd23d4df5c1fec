package dev.advect.tests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.advect.file.Safetensors;
import dev.advect.file.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a person gets to see after a mistake: one headline that names the place, a hint, the right
 * exit code, no stack trace, nothing half-written, and a trained run that still works.
 */
@Execution(ExecutionMode.CONCURRENT)
class MistakesTest {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  @TempDir private static Path folder;

  /** A trained run; no mistake may change a byte of it. */
  private static Path run;

  private static Map<String, String> before;

  @BeforeAll
  static void train() throws IOException {
    run = folder.resolve("run");
    Cli.quickIn(folder).done(train(run, 40));
    before = content(run);
  }

  /** Nothing that happened here has harmed the run: it is used and goes on. */
  @AfterAll
  static void theRunStillWorks() throws IOException {
    assertThat(content(run)).isEqualTo(before);
    Cli.quickIn(folder).done("sample", "run", "-n", "3", "--out", "s.npy");
    Cli.quickIn(folder).done("train", "run", "--resume", "--steps", "50");
  }

  private static String[] train(Path out, int steps) {
    return new String[] {
      "train",
      "moons",
      "--out",
      out.toString(),
      "--steps",
      Integer.toString(steps),
      "--set",
      "field.hidden=[40]",
      "--set",
      "training.batch=16",
      "--set",
      "data.points=200",
      "--set",
      "sampling.steps=2"
    };
  }

  /** Puts a file where the command runs. */
  @FunctionalInterface
  private interface Input {
    void write(Path folder) throws IOException;

    default Input and(Input other) {
      return folder -> {
        write(folder);
        other.write(folder);
      };
    }
  }

  /**
   * A command that cannot succeed.
   *
   * @param exit its exit code
   * @param command its arguments; {@code RUN} is the trained run
   * @param input makes the files it uses
   * @param says what must be in its message
   */
  private record Mistake(int exit, String command, Input input, List<String> says) {
    static Mistake of(int exit, String command, Input input, String... says) {
      return new Mistake(exit, command, input, List.of(says));
    }

    static Mistake of(int exit, String command, String... says) {
      return of(exit, command, _ -> {}, says);
    }

    String[] args() {
      return Stream.of(command.split(" "))
          .map(word -> word.equals("RUN") ? run.toString() : word)
          .toArray(String[]::new);
    }

    @Override
    public String toString() {
      return "advect " + command + ": " + says.getFirst();
    }
  }

  private static Input text(String name, String text) {
    return folder -> Files.writeString(folder.resolve(name), text);
  }

  /** A configuration that learns from a file. */
  private static Input learning(String file) {
    return text("c.yaml", "data:\n  file: %s\n".formatted(file));
  }

  private static Input npy(String type, String shape, int dataBytes) {
    return folder -> NpyBytes.write(folder.resolve("a.npy"), type, shape, dataBytes);
  }

  private static Input link(String name, String target) {
    return folder -> Files.createSymbolicLink(folder.resolve(name), Path.of(target));
  }

  /** The trained model with other bytes. */
  private static Input model(UnaryOperator<byte[]> change) {
    return folder -> {
      byte[] good = Files.readAllBytes(run.resolve("model.safetensors"));
      Files.write(folder.resolve("m.safetensors"), change.apply(good));
    };
  }

  private static byte[] announcing(byte[] model, long headerBytes) {
    ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN).putLong(0, headerBytes);
    return model;
  }

  /** The header says that the last tensor ends far outside; its length stays the same. */
  private static byte[] reachingOutside(byte[] model) {
    String text = new String(model, ISO_8859_1);
    int at = text.lastIndexOf("\"data_offsets\":[");
    int end = text.indexOf(']', at);
    int comma = text.indexOf(',', at);
    String nines = "9".repeat(end - comma - 1);
    String lying = text.substring(0, comma + 1) + nines + text.substring(end);
    return lying.getBytes(ISO_8859_1);
  }

  /** A copy of a file that says it has format version 99. */
  private static void ofAnotherVersion(Path from, Path to) {
    SafetensorsFile file = Safetensors.read(from);
    var metadata = new TreeMap<>(file.metadata());
    metadata.put("format_version", "99");
    Safetensors.write(to, metadata, file.tensors());
  }

  private static Input runOfAnotherVersion(String changed) {
    return folder -> {
      copy(run, folder.resolve("old"));
      ofAnotherVersion(run.resolve(changed), folder.resolve("old").resolve(changed));
    };
  }

  static Stream<Mistake> data() {
    return Stream.of(
        Mistake.of(FAILED, "train c.yaml --out x", learning("gone.csv"), "gone.csv does not"),
        Mistake.of(
            FAILED,
            "train c.yaml --out x",
            learning("a.csv").and(text("a.csv", "1,2\n3,4\n5,six\n")),
            "a.csv: row 3, column 2 is 'six'"),
        Mistake.of(
            FAILED,
            "train c.yaml --out x",
            learning("a.csv").and(text("a.csv", "x,y\n1,2\n3,nan\n")),
            "a.csv: row 3, column 2 (y) is 'nan'"),
        Mistake.of(
            FAILED, "likelihood RUN a.csv", text("a.csv", "1,2\n3\n"), "a.csv: row 2 has 1 column"),
        Mistake.of(
            FAILED, "likelihood RUN a.npy", npy("<f4", "(2, 2, 2)", 32), "a.npy", "(2, 2, 2)"),
        Mistake.of(
            FAILED,
            "train c.yaml --out x",
            learning("a.npy").and(npy("<i8", "(2, 2)", 32)),
            "a.npy",
            "'<i8'",
            "float32"),
        Mistake.of(
            FAILED,
            "likelihood RUN a.npy",
            npy("<f4", "(10, 2)", 73),
            "a.npy",
            "takes 80 bytes",
            "73 follow"),
        Mistake.of(FAILED, "likelihood RUN a.npy", npy("<f4", "(99999999, 99999999)", 8), "a.npy"),
        Mistake.of(
            FAILED,
            "likelihood RUN a.csv --out scores.csv",
            text("a.csv", "1,2,3\n4,5,6\n"),
            "a.csv has 3 columns where the model has 2"),
        Mistake.of(USAGE, "likelihood RUN gone.csv", "gone.csv does not exist"));
  }

  static Stream<Mistake> models() {
    return Stream.of(
        Mistake.of(USAGE, "sample gone -n 2", "there is no run or model gone"),
        Mistake.of(
            FAILED,
            "sample m.safetensors -n 2 --out s.npy",
            model(bytes -> Arrays.copyOf(bytes, bytes.length - 100)),
            "m.safetensors: byte ",
            "tensor 'field.layers."),
        Mistake.of(
            FAILED,
            "sample m.safetensors -n 2 --out s.npy",
            model(bytes -> announcing(bytes, 1L << 62)),
            "m.safetensors: bytes 0 to 7 announce a header of 4611686018427387904 bytes"),
        Mistake.of(
            FAILED,
            "likelihood m.safetensors moons -n 2",
            model(MistakesTest::reachingOutside),
            "m.safetensors: byte ",
            "tensor 'field.layers.1.bias' ends at byte"),
        Mistake.of(
            FAILED,
            "sample old -n 2 --out s.npy",
            runOfAnotherVersion("model.safetensors"),
            "model.safetensors has the format version '99'",
            "reads version 1"),
        Mistake.of(
            FAILED,
            "train old --resume --steps 60",
            runOfAnotherVersion("checkpoint.safetensors"),
            "checkpoint.safetensors has the format version '99'",
            "reads version 1"),
        Mistake.of(
            FAILED,
            "train old --resume --steps 60",
            folder -> {
              copy(run, folder.resolve("old"));
              Path checkpoint = folder.resolve("old/checkpoint.safetensors");
              byte[] bytes = Files.readAllBytes(checkpoint);
              Files.write(checkpoint, Arrays.copyOf(bytes, bytes.length / 2));
            },
            "checkpoint.safetensors: byte"));
  }

  static Stream<Mistake> configurations() {
    return Stream.of(
        Mistake.of(
            USAGE,
            "train c.yaml --out x",
            text("c.yaml", "data: {name: moons}\nfield:\n  hiden: [16]\n"),
            "c.yaml line 3: unknown key field.hiden",
            "did you mean field.hidden?"),
        Mistake.of(
            USAGE,
            "train c.yaml --out x",
            text("c.yaml", "data: {name: moons}\nfield:\n  hidden: [16, -4]\n"),
            "c.yaml line 3: field.hidden[1]",
            "not -4"),
        Mistake.of(
            USAGE,
            "train c.yaml --out x",
            text("c.yaml", "data: {name: moons}\ntraining:\n  batch: many\n"),
            "c.yaml line 3: training.batch must be a whole number, not 'many'"),
        Mistake.of(
            USAGE, "train c.yaml --out x", text("c.yaml", "data: {name: moons\n"), "c.yaml line "),
        Mistake.of(USAGE, "train gone.yaml --out x", "gone.yaml does not exist"),
        Mistake.of(USAGE, "train mons --out x", "no preset or file 'mons'", "did you mean moons?"),
        Mistake.of(USAGE, "train moons --out x --set path.sigm=1", "path.sigm", "path.sigma"));
  }

  static Stream<Mistake> commands() {
    return Stream.of(
        Mistake.of(USAGE, "trian moons", "'trian'", "did you mean train?"),
        Mistake.of(USAGE, "train moons --out x --steps 0", "--steps", "from 1 to", "'0'"),
        Mistake.of(USAGE, "train moons --out x --device gpu", "there is no device 'gpu'"),
        Mistake.of(
            FAILED,
            "train moons --out a.csv/x --steps 2",
            text("a.csv", "1\n"),
            "cannot write a.csv/x: Not a directory"),
        Mistake.of(
            FAILED,
            "sample RUN -n 2 --out a.csv/s.npy",
            text("a.csv", "1\n"),
            "cannot write a.csv/s.npy"),
        Mistake.of(
            FAILED,
            "sample RUN -n 2 --out gone/s.csv",
            "cannot write gone/s.csv: the folder",
            "mkdir -p"));
  }

  static Stream<Mistake> fullDisks() {
    String noSpace = "No space left on device";
    return Stream.of(
        Mistake.of(
            FAILED, "sample RUN -n 2 --out s.npy", link("s.npy", "/dev/full"), "s.npy", noSpace),
        Mistake.of(
            FAILED, "sample RUN -n 2 --out s.png", link("s.png", "/dev/full"), "s.png", noSpace),
        Mistake.of(
            FAILED,
            "likelihood RUN moons -n 2 --out l.npy",
            link("l.npy", "/dev/full"),
            "l.npy",
            noSpace));
  }

  @ParameterizedTest
  @MethodSource({"data", "models", "configurations", "commands"})
  void aMistakeIsExplained(Mistake mistake, @TempDir Path here) throws IOException {
    mistake.input().write(here);
    Map<String, String> there = content(here);
    Cli.Outcome outcome = Cli.quickIn(here).run(mistake.args());
    assertExplained(outcome, mistake.exit(), mistake.says());
    assertThat(outcome.out()).isEmpty();
    assertThat(content(here)).isEqualTo(there);
    assertThat(content(run)).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("fullDisks")
  void aFullDiskIsExplained(Mistake mistake, @TempDir Path here) throws IOException {
    assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full: not Linux");
    aMistakeIsExplained(mistake, here);
    try (Stream<Path> files = Files.list(here)) {
      // JUnit would warn of links that lead out of its folder.
      for (Path link : files.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }

  @Test
  void stdoutThatTakesNoMoreIsExplained(@TempDir Path here) throws IOException {
    assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full: not Linux");
    Cli.Outcome outcome =
        Cli.start(
                here,
                shell("exec \"$@\" >/dev/full", Cli.quickIn(here), "sample", "" + run, "-n", "9"))
            .end();
    assertExplained(outcome, FAILED, List.of("cannot write to standard output", "--out FILE"));
  }

  @Test
  void aFolderThatMayNotBeWrittenIsExplained(@TempDir Path here) throws IOException {
    Path locked = Files.createDirectory(here.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(locked), "permissions do not bind this user (root?)");
    for (String command :
        List.of("train moons --out locked/x --steps 2", "data moons -n 2 --out locked/d.csv")) {
      Cli.Outcome outcome = Cli.quickIn(here).run(command.split(" "));
      assertExplained(outcome, FAILED, List.of("cannot write locked/", "permission denied"));
      assertThat(content(locked)).isEmpty();
    }
  }

  /** A limit on the size of files stands for a disk that fills up between two checkpoints. */
  @Test
  void aDiskThatFillsUpCostsNoCheckpoint(@TempDir Path here) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash to limit the size of files with");
    Path mine = here.resolve("mine");
    Path checkpoint = mine.resolve("checkpoint.safetensors");
    Path model = mine.resolve("model.safetensors");
    copy(run, mine);
    assertThat(checkpoint.toFile().length()).isGreaterThan(4096);
    byte[] checkpointBefore = Files.readAllBytes(checkpoint);
    byte[] modelBefore = Files.readAllBytes(model);

    Cli cli = Cli.quickIn(here);
    String[] more = {"train", "mine", "--resume", "--steps", "50"};
    Cli.Outcome outcome = Cli.start(here, shell("ulimit -f 4; exec \"$@\"", cli, more)).end();
    assumeFalse(outcome.exit() > 128, "the JVM does not survive the limit");
    assertExplained(
        outcome, FAILED, List.of("cannot write mine/checkpoint.safetensors: File too large"));
    assertThat(checkpoint).hasBinaryContent(checkpointBefore);
    assertThat(model).hasBinaryContent(modelBefore);
    assertThat(content(mine).keySet()).noneMatch(name -> name.endsWith(".tmp"));

    cli.done(more);
    assertThat(Safetensors.read(model).metadata()).containsEntry("step", "50");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    for (String name : List.of("config.yaml", "model.safetensors", "checkpoint.safetensors")) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
  }

  private static List<String> shell(String script, Cli cli, String... args) {
    var words = new ArrayList<>(List.of("/bin/bash", "-c", script, "bash"));
    words.addAll(cli.words());
    words.addAll(List.of(args));
    return words;
  }

  private static void assertExplained(Cli.Outcome outcome, int exit, List<String> says) {
    String err = outcome.err();
    assertThat(outcome.exit()).as(err).isEqualTo(exit);
    assertThat(err)
        .contains(says)
        .doesNotContain("\tat ")
        .doesNotContain("Exception")
        .doesNotContain(".tmp");
    assertThat(err.lines()).as("one screen").hasSizeLessThanOrEqualTo(12);
    assertThat(err.lines().filter(line -> line.startsWith("error: "))).as(err).hasSize(1);
    assertThat(err.lines().filter(line -> line.matches("hint: \\S.*"))).as(err).hasSize(1);
    assertThat(err.lines()).allMatch(line -> line.length() < 400);
  }

  /** The files under a folder with what is in them; of a device, only that it is there. */
  private static Map<String, String> content(Path folder) throws IOException {
    var content = new TreeMap<String, String>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> !f.equals(folder)).toList()) {
        boolean regular = Files.isRegularFile(file);
        byte[] bytes = regular ? Files.readAllBytes(file) : new byte[0];
        content.put(
            folder.relativize(file).toString(),
            regular ? bytes.length + " bytes " + Arrays.hashCode(bytes) : "no file");
      }
    }
    return content;
  }
}
