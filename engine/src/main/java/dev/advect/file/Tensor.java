package dev.advect.file;

import dev.advect.AdvectException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * A named array as a safetensors file stores it: element type, shape and raw little-endian bytes.
 *
 * @param dtype the element type
 * @param shape the dimensions, outermost first; empty for a scalar
 * @param data exactly {@code elements() * dtype.bytes()} bytes, row-major; read-only
 */
public record Tensor(DType dtype, List<Long> shape, ByteBuffer data) {

  /** An element type of the safetensors format. */
  public enum DType {
    BOOL(1),
    U8(1),
    I8(1),
    U16(2),
    I16(2),
    F16(2),
    BF16(2),
    U32(4),
    I32(4),
    F32(4),
    U64(8),
    I64(8),
    F64(8);

    private final int bytes;

    DType(int bytes) {
      this.bytes = bytes;
    }

    /** Bytes an element takes. */
    public int bytes() {
      return bytes;
    }
  }

  /** Checks that the bytes are as many as the shape asks for. */
  public Tensor {
    shape = List.copyOf(shape);
    data = data.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    long expected = Math.multiplyExact(count(shape), dtype.bytes());
    if (expected != data.remaining()) {
      throw new IllegalArgumentException(
          "%s %s takes %d bytes, %d were given"
              .formatted(dtype, shape, expected, data.remaining()));
    }
  }

  /** A tensor of 32-bit floats; the values are copied. */
  public static Tensor f32(float[] values, long... shape) {
    ByteBuffer data = bytes(values.length, Float.BYTES);
    data.asFloatBuffer().put(values);
    return new Tensor(DType.F32, list(shape), data);
  }

  /** A tensor of signed 64-bit integers; the values are copied. */
  public static Tensor i64(long[] values, long... shape) {
    return new Tensor(DType.I64, list(shape), longBytes(values));
  }

  /** A tensor of 64-bit integers that readers take as unsigned; the values are copied. */
  public static Tensor u64(long[] values, long... shape) {
    return new Tensor(DType.U64, list(shape), longBytes(values));
  }

  /** A fresh view of the bytes: read-only, little-endian, from position 0. */
  @Override
  public ByteBuffer data() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Number of elements. */
  public long elements() {
    return count(shape);
  }

  /**
   * The elements of a floating-point tensor, rounded to 32 bits if they have more.
   *
   * @throws AdvectException if the elements are integers
   */
  public float[] floats() {
    float[] values = new float[Math.toIntExact(elements())];
    ByteBuffer bytes = data();
    switch (dtype) {
      case F32 -> bytes.asFloatBuffer().get(values);
      case F64 -> fill(values, i -> bytes.getDouble(i * 8));
      case F16 -> fill(values, i -> Float.float16ToFloat(bytes.getShort(i * 2)));
      case BF16 -> fill(values, i -> Float.intBitsToFloat(bytes.getShort(i * 2) << 16));
      case BOOL, U8, I8, U16, I16, U32, I32, U64, I64 -> throw mismatch("floating-point numbers");
    }
    return values;
  }

  /**
   * The elements of an integer tensor. U64 comes as its 64 bits: 2^64 - 1 is -1.
   *
   * @throws AdvectException if the elements are floating-point numbers
   */
  public long[] longs() {
    long[] values = new long[Math.toIntExact(elements())];
    ByteBuffer bytes = data();
    switch (dtype) {
      case U64, I64 -> bytes.asLongBuffer().get(values);
      case U32 -> Arrays.setAll(values, i -> Integer.toUnsignedLong(bytes.getInt(i * 4)));
      case I32 -> Arrays.setAll(values, i -> bytes.getInt(i * 4));
      case U16 -> Arrays.setAll(values, i -> Short.toUnsignedInt(bytes.getShort(i * 2)));
      case I16 -> Arrays.setAll(values, i -> bytes.getShort(i * 2));
      case BOOL, U8 -> Arrays.setAll(values, i -> Byte.toUnsignedInt(bytes.get(i)));
      case I8 -> Arrays.setAll(values, i -> bytes.get(i));
      case F16, BF16, F32, F64 -> throw mismatch("integers");
    }
    return values;
  }

  private AdvectException mismatch(String wanted) {
    return new AdvectException(
        "a tensor of %s %s was asked for %s".formatted(dtype, shape, wanted),
        "store it with the element type that the reader expects");
  }

  private static void fill(float[] values, IntToDoubleFunction element) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) element.applyAsDouble(i);
    }
  }

  private static long count(List<Long> shape) {
    long count = 1;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("negative dimension in shape " + shape);
      }
      count = Math.multiplyExact(count, dimension);
    }
    return count;
  }

  private static List<Long> list(long[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }

  private static ByteBuffer longBytes(long[] values) {
    ByteBuffer data = bytes(values.length, Long.BYTES);
    data.asLongBuffer().put(values);
    return data;
  }

  private static ByteBuffer bytes(int count, int size) {
    return ByteBuffer.allocate(Math.multiplyExact(count, size)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
