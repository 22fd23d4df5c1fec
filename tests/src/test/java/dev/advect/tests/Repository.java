package dev.advect.tests;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the sources are that are being tested. */
final class Repository {
  private Repository() {}

  /** The folder of the launcher, at or above this module's. */
  static Path root() {
    // Maven says the first; a program that a test starts elsewhere is told the second.
    String told = System.getProperty("basedir", System.getProperty("advect.home", ""));
    Path module = Path.of(told).toAbsolutePath();
    for (Path folder = module; folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve("advect"))
          && Files.isDirectory(folder.resolve("cli"))) {
        return folder;
      }
    }
    throw new AssertionError("no launcher at or above " + module);
  }
}
