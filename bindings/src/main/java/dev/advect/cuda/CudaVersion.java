package dev.advect.cuda;

/**
 * A version of CUDA, ordered by age.
 *
 * @param number 1000 times the major version plus 10 times the minor one, as the libraries say it
 */
public record CudaVersion(int number) implements Comparable<CudaVersion> {

  /** A version such as 13.0. */
  public static CudaVersion of(int major, int minor) {
    return new CudaVersion(1000 * major + 10 * minor);
  }

  public int major() {
    return number / 1000;
  }

  public int minor() {
    return number % 1000 / 10;
  }

  @Override
  public int compareTo(CudaVersion other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return major() + "." + minor();
  }
}
