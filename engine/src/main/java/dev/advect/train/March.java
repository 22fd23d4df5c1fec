package dev.advect.train;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * Runs a program again and again for those samples of a chunk that are not through, so that a
 * sample that is costs nothing.
 *
 * <p>The program takes what a sample carries as per-sample inputs and gives it back, changed, as
 * results of the same names. One of them is the {@link #STATUS}. As each sample is on its own, the
 * company it is computed in changes no bit of it.
 *
 * @param program the program
 * @param given what else it takes of every sample, by name: rows of the chunk
 * @param carried what every sample carries, by name: rows of the chunk, replaced as it goes on
 * @param count how many samples the chunk has
 */
record March(
    ModelProgram program,
    Map<String, float[]> given,
    SequencedMap<String, float[]> carried,
    int count) {
  /** The carried value that is 0 while a sample is going, 1 when it has arrived, else a failure. */
  static final String STATUS = "status";

  private static final int GOING = 0;
  private static final int ARRIVED = 1;

  /**
   * Runs until every sample has arrived or one has failed.
   *
   * @param afterEach what is done after every run
   */
  void run(Runnable afterEach) {
    for (int[] going = withStatus(GOING); going.length > 0; going = withStatus(GOING)) {
      boolean all = going.length == count;
      var executable = program.executable();
      for (Map<String, float[]> inputs : List.of(given, carried)) {
        for (var input : inputs.entrySet()) {
          executable.bind(input.getKey(), all ? input.getValue() : rows(input.getValue(), going));
        }
      }
      program.run(going.length);
      for (var output : carried.entrySet()) {
        float[] rows = executable.result(output.getKey());
        if (all) {
          output.setValue(rows);
        } else {
          scatter(rows, going, output.getValue());
        }
      }
      afterEach.run();
      if (failed() > 0) {
        return;
      }
    }
  }

  /** How many samples have failed. */
  int failed() {
    int failed = 0;
    for (float status : carried.get(STATUS)) {
      failed += status > ARRIVED ? 1 : 0;
    }
    return failed;
  }

  private int[] withStatus(int wanted) {
    float[] status = carried.get(STATUS);
    return IntStream.range(0, count).filter(i -> status[i] == wanted).toArray();
  }

  private float[] rows(float[] all, int[] chosen) {
    int width = all.length / count;
    float[] rows = new float[chosen.length * width];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(all, chosen[i] * width, rows, i * width, width);
    }
    return rows;
  }

  private void scatter(float[] rows, int[] chosen, float[] all) {
    int width = all.length / count;
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(rows, i * width, all, chosen[i] * width, width);
    }
  }
}
