package dev.advect.path;

import dev.advect.AdvectException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What the output of a network means, for an affine Gaussian path x_t = alpha_t x1 + sigma_t eps.
 * Each can be computed from each: {@link Schedule#convert}.
 */
public enum Prediction {
  /** v(x, t) = E[dx_t/dt | x_t = x]. */
  VELOCITY,
  /** The data, E[x1 | x_t = x]: a denoiser. */
  X1,
  /** The noise, E[eps | x_t = x] (Ho et al. 2020, arXiv 2006.11239). */
  NOISE,
  /** The score, the gradient of log p_t at x (Song et al. 2021, arXiv 2011.13456). */
  SCORE;

  /** The prediction of a configuration's or a file's name, for example {@code noise}. */
  public static Prediction of(String name) {
    return Arrays.stream(values())
        .filter(prediction -> prediction.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new AdvectException(
                    "there is no prediction '%s'".formatted(name),
                    "use one of "
                        + Arrays.stream(values())
                            .map(Prediction::toString)
                            .collect(Collectors.joining(", "))));
  }

  /** The name used in configurations and files. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
