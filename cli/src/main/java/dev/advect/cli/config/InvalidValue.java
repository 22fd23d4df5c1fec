package dev.advect.cli.config;

/** A value that a configuration record refuses; the reader adds where it stands. */
final class InvalidValue extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final String hint;

  /**
   * @param key the key within its section, such as {@code hidden[1]}; empty for the section
   * @param problem how the sentence goes on after the key: {@code must be ..., not -64}
   * @param hint the remedy, or an empty string
   */
  InvalidValue(String key, String problem, String hint) {
    super(problem);
    this.key = key;
    this.hint = hint;
  }

  InvalidValue(String key, String problem) {
    this(key, problem, "");
  }

  String key() {
    return key;
  }

  String hint() {
    return hint;
  }
}
