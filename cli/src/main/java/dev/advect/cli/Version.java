package dev.advect.cli;

import picocli.CommandLine;

/** Which advect this is. */
public final class Version implements CommandLine.IVersionProvider {
  /** The name and the version. */
  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return "advect " + (version == null ? "(unpackaged)" : version);
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      text(), "Java %s, %s".formatted(Runtime.version(), System.getProperty("os.name"))
    };
  }
}
