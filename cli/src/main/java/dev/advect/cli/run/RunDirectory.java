package dev.advect.cli.run;

import dev.advect.cli.config.Config;
import dev.advect.cli.config.ConfigText;
import dev.advect.cli.config.Configs;
import dev.advect.file.AtomicFile;
import dev.advect.file.FileProblems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The folder that a training writes, and the names of the files in it. */
public record RunDirectory(Path path) {
  /** The resolved configuration. */
  public Path config() {
    return path.resolve("config.yaml");
  }

  /** The weights to use. */
  public Path model() {
    return path.resolve("model.safetensors");
  }

  /** Everything to go on from. */
  public Path checkpoint() {
    return path.resolve("checkpoint.safetensors");
  }

  /** One JSON object a report. */
  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  /** What the model makes. */
  public Path samplesPicture() {
    return path.resolve("samples.png");
  }

  /** How the loss went. */
  public Path lossPicture() {
    return path.resolve("loss.png");
  }

  /** The page with both. */
  public Path report() {
    return path.resolve("report.html");
  }

  /** What messages call the run. */
  public String name() {
    return path.toAbsolutePath().normalize().getFileName().toString();
  }

  /** Whether a training has written here. */
  public boolean holdsRun() {
    return Stream.of(config(), checkpoint(), model(), metrics()).anyMatch(Files::exists);
  }

  /** The configuration that the run was started with. */
  public Config readConfig() {
    return Configs.load(config());
  }

  /** Makes the folder and writes the configuration. */
  public void writeConfig(Config config) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw FileProblems.writing(path, e);
    }
    byte[] text = ConfigText.yaml(config).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(config(), out -> out.write(text));
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
