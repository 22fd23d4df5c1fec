package dev.advect.acceptance;

import dev.advect.cuda.Device;
import dev.advect.cuda.DeviceMemory;
import dev.advect.cuda.Kernel;
import dev.advect.cuda.Module;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A launch of every stock kernel on arrays that no cache holds, with the bytes that each must move.
 *
 * <p>Parameters and grids are those that the kernels' own comments state. Per-sample values lie
 * feature by feature, {@code [FEATURES][samples]}; the arrays are shared by all launches, since
 * their values do not matter.
 */
final class Launches implements AutoCloseable {
  private static final int FEATURES = 64;
  private static final int THREADS = 256;

  /** Terms of a sum over features, and of a product. */
  private static final int TERMS = 8;

  private static final int ROWS = 16;
  private static final int PURPOSE = 4;
  private static final int EULER_STEPS = 100;
  private static final List<String> UNARY =
      List.of(
          "copy", "neg", "abs", "sign", "exp", "log", "log1p", "expm1", "sqrt", "recip", "sin",
          "cos", "tanh", "sigmoid", "erf");
  private static final List<String> BINARY =
      List.of("add", "sub", "mul", "div", "max", "min", "pow", "less", "equal");

  private final Device device;
  private final Module module;
  private final int samples;
  private final long elements;

  /** How many parts a sum over samples is split into, so that few features fill the device. */
  private final int parts;

  private final DeviceMemory[] arrays = new DeviceMemory[5];
  private final DeviceMemory run;
  private final DeviceMemory small;
  private final List<Launch> launches = new ArrayList<>();
  private final List<DeviceMemory> owned = new ArrayList<>();

  /**
   * Makes the arrays and all launches.
   *
   * @param samples how many samples an array holds, a multiple of 32
   */
  Launches(Device device, Module module, int samples) {
    this.device = device;
    this.module = module;
    this.samples = samples;
    elements = (long) FEATURES * samples;
    parts = Math.clamp(samples / 4096, 1, 64);
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = allocate(elements * Float.BYTES);
    }
    run = allocate(40);
    run.write(0, MemorySegment.ofArray(new byte[40]));
    small = floats(new float[Math.max(FEATURES, 4 * ROWS) * FEATURES]);
    stock();
    sums();
    products();
    draws();
    layers();
    flows();
    solves();
    optimizers();
  }

  List<Launch> all() {
    return launches;
  }

  @Override
  public void close() {
    owned.forEach(DeviceMemory::close);
  }

  /** What fills every array with numbers between 0 and 1. */
  List<Launch> preparation() {
    return Arrays.stream(arrays).map(this::uniforms).toList();
  }

  private Launch uniforms(DeviceMemory array) {
    return new Launch(module.kernel("draw_uniform"), over(elements / 4, THREADS), THREADS, 0, 0)
        .arrays(array)
        .numbers(samples)
        .arrays(run)
        .numbers(PURPOSE, 0, FEATURES, samples);
  }

  private static long over(long count, int each) {
    return (count + each - 1) / each;
  }

  private Launch add(String kernel, long blocks, double bytes) {
    return add(kernel, blocks, THREADS, 0, bytes);
  }

  private Launch add(String kernel, long blocks, int threads, int sharedBytes, double bytes) {
    var launch = new Launch(module.kernel(kernel), blocks, threads, sharedBytes, bytes);
    launches.add(launch);
    return launch;
  }

  private DeviceMemory allocate(long bytes) {
    DeviceMemory memory = device.allocate(bytes);
    owned.add(memory);
    return memory;
  }

  private DeviceMemory floats(float... values) {
    DeviceMemory memory = allocate((long) values.length * Float.BYTES);
    memory.write(0, MemorySegment.ofArray(values));
    return memory;
  }

  private DeviceMemory ints(IntStream values) {
    int[] array = values.toArray();
    DeviceMemory memory = allocate((long) array.length * Integer.BYTES);
    memory.write(0, MemorySegment.ofArray(array));
    return memory;
  }

  private void stock() {
    long blocks = over(elements, THREADS);
    for (String op : UNARY) {
      map(op, 1);
    }
    for (String op : BINARY) {
      map(op, 2);
    }
    map("select", 3);
    add("fill", blocks, 4.0 * elements)
        .arrays(arrays[0])
        .numbers(samples)
        .real(1)
        .numbers(FEATURES, samples);
    for (String turn : List.of("rows_to_features", "features_to_rows")) {
      add(turn, over(FEATURES, 32) * over(samples, 32), 8.0 * elements)
          .arrays(arrays[0], arrays[1])
          .numbers(FEATURES, samples, samples);
    }
    add("next_step", 1, 1, 0, 20).arrays(run);
    add("check_finite", blocks, 4.0 * elements)
        .arrays(arrays[1])
        .numbers(samples, FEATURES, samples)
        .arrays(ints(IntStream.of(-1, -1)));
  }

  private void map(String op, int arity) {
    add("map_" + op, over(elements, THREADS), 4.0 * (1 + arity) * elements)
        .arrays(arrays[0])
        .numbers(samples)
        .views(samples, 1, Arrays.copyOfRange(arrays, 1, 1 + arity))
        .numbers(FEATURES, samples);
  }

  private void sums() {
    int outs = FEATURES / TERMS;
    DeviceMemory begin = ints(IntStream.rangeClosed(0, outs).map(i -> i * TERMS));
    DeviceMemory members = ints(IntStream.range(0, FEATURES));
    long blocks = over((long) outs * samples, THREADS);
    double bytes = 4.0 * (FEATURES + outs) * samples;
    add("sum_features", blocks, bytes)
        .arrays(arrays[0])
        .numbers(samples)
        .views(samples, 1, arrays[1])
        .arrays(begin, members)
        .numbers(outs, samples);
    add("extreme_features", blocks, bytes)
        .arrays(arrays[0])
        .numbers(samples)
        .views(samples, 1, arrays[1])
        .arrays(begin, members, members)
        .numbers(0, outs, samples);
    add("sum_samples", FEATURES * parts, 4.0 * elements)
        .arrays(arrays[0])
        .views(samples, 1, arrays[1])
        .numbers(FEATURES, samples, parts, 0);
    add("sum_shared", FEATURES * parts, 4.0 * elements)
        .arrays(arrays[0])
        .views(1, 0, arrays[1])
        .arrays(ints(IntStream.of(0, Math.toIntExact(elements))))
        .none()
        .numbers(1, FEATURES * parts, 0);
  }

  private void products() {
    int outs = FEATURES / TERMS;
    DeviceMemory base = ints(IntStream.range(0, outs).map(i -> i * TERMS));
    DeviceMemory step = ints(IntStream.range(0, TERMS));
    add(
            "contract_features",
            over((long) outs * samples, THREADS),
            4.0 * (2 * FEATURES + outs) * samples)
        .arrays(arrays[0])
        .numbers(samples)
        .views(samples, 1, arrays[1], arrays[2])
        .arrays(base, step, base, step)
        .numbers(TERMS, outs, samples);
    add("contract_samples", outs * parts, 8.0 * elements)
        .arrays(arrays[0])
        .views(samples, 1, arrays[1], arrays[2])
        .arrays(base, step, base, step)
        .numbers(TERMS, outs, samples, parts, 0);
    DeviceMemory index = allocate((long) samples * Float.BYTES);
    DeviceMemory fault = ints(IntStream.of(0, 0, 0, 0));
    add("draw_index", over(samples, THREADS), 4.0 * samples)
        .arrays(index)
        .numbers(samples)
        .arrays(run)
        .numbers(PURPOSE, ROWS, 1, samples);
    add("gather", over(elements, THREADS), 4.0 * (FEATURES + 1) * samples)
        .arrays(arrays[0])
        .numbers(samples)
        .views(1, 0, small)
        .views(samples, 1, index)
        .numbers(FEATURES, 1, ROWS, samples)
        .arrays(fault);
    add("scatter_add", ROWS, 4.0 * (FEATURES + 1) * samples)
        .arrays(small)
        .views(samples, 1, arrays[1], index)
        .numbers(FEATURES, FEATURES, 1, ROWS, samples, 0)
        .arrays(fault);
  }

  private void draws() {
    for (String law : List.of("uniform", "rademacher", "normal")) {
      add("draw_" + law, over(elements / 4, THREADS), 4.0 * elements)
          .arrays(arrays[0])
          .numbers(samples)
          .arrays(run)
          .numbers(PURPOSE, 0, FEATURES, samples);
    }
    add("sample_index", over(elements, THREADS), 4.0 * elements)
        .arrays(arrays[0], run)
        .numbers(Math.toIntExact(elements));
  }

  private void layers() {
    for (String activation : List.of("selu", "tanh", "softplus", "relu", "elu")) {
      // What backward needs is y itself, so it is stored once.
      layer(activation, arrays[0], 8, 12);
    }
    layer("silu", arrays[1], 12, 12);
    layer("gelu", arrays[1], 12, 12);
    layer("identity", arrays[0], 8, 8);
  }

  private void layer(String activation, DeviceMemory kept, int forward, int backward) {
    add("bias_" + activation, over(elements / 4, THREADS), (double) forward * elements)
        .arrays(arrays[0], kept, arrays[2], small)
        .numbers(samples, FEATURES, samples);
    add("bias_" + activation + "_backward", FEATURES * parts, (double) backward * elements)
        .arrays(arrays[3], arrays[4], arrays[2], kept)
        .numbers(samples, FEATURES, samples, parts, 0);
  }

  private void flows() {
    long tiles = over(samples, 8);
    DeviceMemory step = floats(0.01f);
    DeviceMemory rows = allocate(4L * samples * Float.BYTES);
    add("gaussian_path", over(elements / 4, THREADS), 12.0 * elements + 16.0 * samples)
        .arrays(arrays[0], arrays[1])
        .none()
        .arrays(arrays[2], rows, run)
        .numbers(PURPOSE, samples, FEATURES, samples);
    add("squared_loss", tiles, 12.0 * elements + 4.0 * samples)
        .arrays(rows, arrays[0], arrays[1], arrays[2], run)
        .numbers(samples, FEATURES, samples);
    add("euler_step", over(elements / 4, THREADS), 12.0 * elements)
        .arrays(arrays[0], arrays[1], small, step)
        .numbers(samples, FEATURES, samples);
    add("rademacher_trace", tiles, 4.0 * elements + 4.0 * samples)
        .arrays(rows, arrays[1], run)
        .numbers(PURPOSE, 1, samples, FEATURES, samples);
    add("euler_step_trace", tiles, 16.0 * elements + 8.0 * samples)
        .arrays(arrays[0], rows, arrays[1], small, arrays[2], run)
        .numbers(PURPOSE, 1)
        .arrays(step)
        .numbers(samples, FEATURES, samples);
  }

  private void solves() {
    solve(64, 3);
    solve(128, 1);
  }

  /** A solve in the plane: its arithmetic takes far longer than its few bytes. */
  private void solve(int width, int hidden) {
    int dim = 2;
    int inputs = dim + 1;
    DeviceMemory weights = floats(new float[width * width]);
    long[] layers = new long[2 * (hidden + 1)];
    Arrays.fill(layers, weights.address());
    DeviceMemory pointers = allocate((long) layers.length * Long.BYTES);
    pointers.write(0, MemorySegment.ofArray(layers));
    int sharedBytes = 4 * (width * (inputs + (hidden - 1) * width + hidden + dim + 68) + 8);
    Kernel kernel = module.kernel("euler_mlp_" + width);
    kernel.allowSharedBytes(sharedBytes);
    var launch = new Launch(kernel, over(samples, 64), 128, sharedBytes, 8.0 * dim * samples);
    launches.add(launch);
    launch.arrays(arrays[0], pointers).none();
    try (Arena arena = Arena.ofConfined()) {
      // dim, width, hidden, time, conditions, activation, steps, first, direction, passes
      launch.struct(
          arena.allocateFrom(
              ValueLayout.JAVA_INT, dim, width, hidden, 1, 0, 0, EULER_STEPS, 0, 1, EULER_STEPS));
    }
    launch.numbers(samples, samples);
    double layer = inputs * width + (hidden - 1.0) * width * width + 1.0 * width * dim;
    launch.doing(2 * layer * EULER_STEPS * samples);
  }

  private void optimizers() {
    long blocks = over(elements, 4 * THREADS);
    DeviceMemory rate = floats(1e-3f);
    try (Arena arena = Arena.ofConfined()) {
      // beta1, 1 - beta1, ln beta1, the same of beta2, epsilon, decay
      MemorySegment moments =
          arena.allocateFrom(
              ValueLayout.JAVA_FLOAT,
              0.9f,
              0.1f,
              (float) Math.log(0.9),
              0.999f,
              1e-3f,
              (float) Math.log(0.999),
              1e-8f,
              0);
      for (String name : List.of("adam", "adamw", "adamax")) {
        add(name, blocks, 28.0 * elements)
            .arrays(arrays[0], arrays[1], arrays[2], arrays[3], rate)
            .none()
            .arrays(run)
            .struct(moments)
            .count(elements);
      }
    }
    add("sgd", blocks, 20.0 * elements)
        .arrays(arrays[0], arrays[1], arrays[2], rate)
        .none()
        .real(0.9f)
        .real(0)
        .count(elements);
    add("ema", blocks, 12.0 * elements)
        .arrays(arrays[0], arrays[1], run)
        .real(0.999f)
        .count(elements);
    add("square_sums", blocks, 4.0 * elements).arrays(arrays[0], arrays[1]).count(elements);
    add("clip_factor", 1, 4.0 * blocks)
        .arrays(small, arrays[0])
        .numbers(Math.toIntExact(blocks))
        .real(1);
  }
}
