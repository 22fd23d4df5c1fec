package dev.advect.cuda;

/**
 * What is fixed about a device.
 *
 * @param ordinal its number among the devices that the driver shows, from 0
 * @param name its name, such as {@code NVIDIA H100 80GB HBM3}
 * @param computeMajor first part of its compute capability
 * @param computeMinor second part of its compute capability
 * @param multiprocessors how many multiprocessors it has
 * @param memoryBytes how much memory it has
 */
public record DeviceDescription(
    int ordinal,
    String name,
    int computeMajor,
    int computeMinor,
    int multiprocessors,
    long memoryBytes) {

  /** The compute capability as compilers name it, such as {@code sm_90}. */
  public String architecture() {
    return "sm_" + computeMajor + computeMinor;
  }

  @Override
  public String toString() {
    return "device %d (%s, compute capability %d.%d, %d multiprocessors, %s)"
        .formatted(
            ordinal,
            name,
            computeMajor,
            computeMinor,
            multiprocessors,
            Bytes.describe(memoryBytes));
  }
}
