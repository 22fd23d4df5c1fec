package dev.advect.type;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The type of a value in a graph: dims, and whether it is <em>per-sample</em> or <em>shared</em>.
 *
 * <p>In flow matching every sample is independent, and the type knows it. A per-sample value has an
 * implicit, unnamed batch axis in front ({@code sample[64]}: every sample has its own 64 numbers);
 * a shared value has none ({@code shared[64, 512]}: a weight). No number here depends on the batch
 * size, so one compiled program runs for any batch. All elements are 32-bit floats; indices are
 * whole numbers held in floats, exact up to 2^24.
 *
 * @param sampled true for a value every sample has of its own, false for one that all share
 * @param dims the sizes of the named axes, each at least 1; empty for a scalar
 */
public record ValueType(boolean sampled, List<Integer> dims) {

  /** Checks the dims. */
  public ValueType {
    dims = List.copyOf(dims);
    long size = 1;
    for (int d : dims) {
      if (d < 1) {
        throw new IllegalArgumentException("dims must be at least 1 but are " + dims);
      }
      size *= d;
      if (size > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "a value of dims " + dims + " has more than 2^31-1 elements");
      }
    }
  }

  /** A per-sample type. */
  public static ValueType sample(int... dims) {
    return new ValueType(true, boxed(dims));
  }

  /** A shared type. */
  public static ValueType shared(int... dims) {
    return new ValueType(false, boxed(dims));
  }

  /** The same dims, per-sample or shared. */
  public ValueType as(boolean sampled) {
    return new ValueType(sampled, dims);
  }

  /** The same sampledness with other dims. */
  public ValueType withDims(List<Integer> dims) {
    return new ValueType(sampled, dims);
  }

  /** How many named axes there are. */
  public int rank() {
    return dims.size();
  }

  /** The size of one axis. */
  public int dim(int axis) {
    return dims.get(axis);
  }

  /** How many numbers one sample (or the shared value) has. */
  public int size() {
    int size = 1;
    for (int d : dims) {
      size *= d;
    }
    return size;
  }

  /** Row-major strides of the named axes, in elements. */
  public int[] strides() {
    int[] strides = new int[dims.size()];
    int stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims.get(i);
    }
    return strides;
  }

  @Override
  public String toString() {
    return (sampled ? "sample" : "shared")
        + dims.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }

  private static List<Integer> boxed(int... dims) {
    return Arrays.stream(dims).boxed().toList();
  }
}
