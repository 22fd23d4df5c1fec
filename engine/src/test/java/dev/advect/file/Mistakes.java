package dev.advect.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.advect.AdvectException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that something is refused the way a user's mistake is: a sentence and a remedy. */
public final class Mistakes {
  private Mistakes() {}

  /** Runs the code and expects one line that has all fragments, with a hint. */
  public static AdvectException assertRefused(ThrowingCallable code, String... fragments) {
    Throwable thrown = catchThrowable(code);
    assertThat(thrown).isInstanceOf(AdvectException.class);
    assertThat(thrown.getMessage()).contains(fragments).doesNotContain("\n");
    AdvectException mistake = (AdvectException) thrown;
    assertThat(mistake.hint()).isNotBlank();
    return mistake;
  }
}
