package dev.advect.cuda;

/** How failed calls read, of whatever library. */
final class Failures {
  /** The remedy where there is no better one. */
  static final String REPORT =
      "If nvidia-smi shows the device in order, this is a mistake in Advect: please report it with"
          + " this message.";

  private Failures() {}

  /**
   * The sentence about a failed call.
   *
   * @param call the function
   * @param of what it was called for, such as {@code of 3.2 GiB}, or ""
   * @param device the device, or ""
   * @param text what the library says of the status
   * @param name the library's name for the status
   */
  static String sentence(
      String call, String of, String device, String text, String name, int code) {
    var sentence = new StringBuilder(call);
    if (!of.isEmpty()) {
      sentence.append(' ').append(of);
    }
    sentence.append(" failed");
    if (!device.isEmpty()) {
      sentence.append(" on ").append(device);
    }
    if (!text.isEmpty() && !text.equals(name)) {
      sentence.append(": ").append(text);
    }
    return sentence.append(" (%s, %d).".formatted(name, code)).toString();
  }
}
