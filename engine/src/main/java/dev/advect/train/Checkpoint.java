package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.file.Safetensors;
import dev.advect.file.SafetensorsFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The state of a training in a file, from which it goes on bit for bit.
 *
 * @param state the state
 * @param metadata everything the file says about it, for example the configuration
 */
public record Checkpoint(TrainingState state, Map<String, String> metadata) {
  private static final String KIND_KEY = "kind";
  private static final String KIND = "checkpoint";

  /** Copies the metadata. */
  public Checkpoint {
    metadata = Map.copyOf(metadata);
  }

  /**
   * Writes a state, replacing the file at once or not at all.
   *
   * @param metadata more entries for the metadata
   */
  public static void write(Path file, TrainingState state, Map<String, String> metadata) {
    var all = new TreeMap<>(metadata);
    all.put(ModelFile.VERSION_KEY, ModelFile.VERSION);
    all.put(KIND_KEY, KIND);
    all.put("step", String.valueOf(state.step()));
    all.put("seed", String.valueOf(state.seed()));
    Safetensors.write(file, all, state.tensors());
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws AdvectException if the file is broken or no checkpoint
   */
  public static Checkpoint read(Path path) {
    SafetensorsFile file = Safetensors.read(path);
    ModelFile.requireVersion(file);
    if (!KIND.equals(file.metadata().get(KIND_KEY))) {
      throw new AdvectException(
          path + " is no checkpoint", "training resumes from checkpoint.safetensors");
    }
    long step = ModelFile.number(file, "step");
    if (step < 0) {
      throw new AdvectException(
          "%s: the metadata 'step' is %d, less than 0".formatted(path, step),
          "the file was changed by hand; restore it from a copy");
    }
    var state = new TrainingState(step, ModelFile.number(file, "seed"), file.tensors());
    return new Checkpoint(state, file.metadata());
  }
}
