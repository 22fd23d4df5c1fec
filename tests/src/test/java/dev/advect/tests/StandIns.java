package dev.advect.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Programs that take the place of those that the documentation names, in a folder that is like a
 * checkout as far as the pages use one. They run the real ones, with less to do.
 */
final class StandIns {
  /**
   * Of a training's own steps a part, and no fixed number, so that a resumed one has some to do.
   */
  private static final String ADVECT =
      """
      words=()
      command=${1:-}
      while (($#)); do
        case $command$1 in
          train--steps) words+=(--steps "$((($2 + 49) / 50))"); shift ;;
          *) words+=("$1") ;;
        esac
        shift
      done
      case "$command ${words[*]}" in
        train*--steps*) ;;
        train*) words+=(--steps 40) ;;
        bench*--worker*) ;;
        bench*) words=(bench train-2-64x3-256 --seconds 0.01) ;;
        reproduce-2d*) words+=(--steps 40 -n 100 --draws 1) ;;
      esac
      exec %s "${words[@]}"
      """;

  /** Builds nothing: its tests are what runs this. */
  private static final String MAVEN =
      """
      [[ $* == verify || $* == *' package' ]]
      """;

  /** Asks the sources of packages that are there, and once. */
  private static final String PIP =
      """
      exec python3 -m pip --quiet --disable-pip-version-check --retries 0 "$@"
      """;

  private static final String PYTHON =
      """
      words=("$@")
      if [[ ${1:-} == tests/peers/compare.py ]]; then
        echo 'train 2 8 1 selu 16 0.01' >tasks
        words=("$1" --rounds 1 --tasks tasks --peers eager,jit)
      fi
      PATH=${PATH#*:} exec python3 "${words[@]}"
      """;

  /** Gives containers the device in software where they ask for GPUs. */
  private static final String DOCKER =
      """
      words=()
      train=
      while (($#)); do
        case $1 in
          --gpus) words+=(--volume "$SOFTCUDA:/cuda:ro" --env ADVECT_CUDA_PATH=/cuda); shift ;;
          --steps) shift ;;
          train) train=yes; words+=("$1") ;;
          *) words+=("$1") ;;
        esac
        shift
      done
      if [[ -n $train ]]; then words+=(--steps 10); fi
      PATH=${PATH#*:} exec docker "${words[@]}"
      """;

  /** What has built the images runs this. */
  private static final String BUILD =
      """
      docker image inspect advect:cpu advect:gpu >/dev/null
      """;

  /** What of a checkout the pages use. */
  private static final List<String> LINKED = List.of("examples", "native", "tests");

  private StandIns() {}

  /** Puts all of them into an empty folder, beside what the pages use of a checkout. */
  static void putInto(Path folder) throws IOException {
    Path root = Repository.root();
    Path path = Files.createDirectory(folder.resolve("bin"));
    write(folder.resolve("advect"), ADVECT.formatted(root.resolve("advect")));
    write(path.resolve("advect"), "exec " + folder.resolve("advect") + " \"$@\"\n");
    write(path.resolve("mvn"), MAVEN);
    write(path.resolve("pip"), PIP);
    write(path.resolve("python3"), PYTHON);
    write(path.resolve("docker"), DOCKER);
    write(Files.createDirectory(folder.resolve("docker")).resolve("build"), BUILD);
    for (String part : LINKED) {
      Files.createSymbolicLink(folder.resolve(part), root.resolve(part));
    }
  }

  /** Leaves a folder that can be removed with all that is in it. */
  static void unlink(Path folder) throws IOException {
    for (String part : LINKED) {
      Files.delete(folder.resolve(part));
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\nset -euo pipefail\n" + text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
