package dev.advect.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.backend.Executable;
import dev.advect.file.Safetensors;
import dev.advect.file.SafetensorsFile;
import dev.advect.file.Tensor;
import dev.advect.nn.Field;
import dev.advect.nn.Parameters;
import dev.advect.path.GaussianPath;
import dev.advect.testing.TestDevice;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Arrays that PyTorch wrote, and the comparison with them.
 *
 * @param file what was read
 */
record Golden(SafetensorsFile file) {
  private static final List<String> BACKENDS = List.of("reference", TestDevice.NAME);

  /** Opens a file by its name without ending. */
  static Golden open(String name) {
    return new Golden(Safetensors.read(path(name)));
  }

  /** Where a file is, by its name without ending. */
  static Path path(String name) {
    try {
      return Path.of(Golden.class.getResource(name + ".safetensors").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every one of the files with every backend. */
  static Stream<Arguments> onEveryBackend(String... names) {
    return BACKENDS.stream()
        .flatMap(backend -> Arrays.stream(names).map(name -> Arguments.of(backend, name)));
  }

  static Backend backend(String name) {
    return Backends.open(name, BackendOptions.standard()).backend();
  }

  Field field() {
    return Field.fromJson(file.requireMetadata("field"));
  }

  GaussianPath gaussianPath() {
    return GaussianPath.fromJson(file.requireMetadata("path"));
  }

  double number(String key) {
    return Double.parseDouble(file.requireMetadata(key));
  }

  float[] floats(String name) {
    return tensor(name).floats();
  }

  /** A part of an array whose first axis is divided into steps. */
  float[] floats(String name, int step) {
    float[] all = floats(name);
    int size = all.length / Math.toIntExact(tensor(name).shape().getFirst());
    return Arrays.copyOfRange(all, step * size, (step + 1) * size);
  }

  double[] doubles(String name) {
    Tensor tensor = tensor(name);
    double[] values = new double[Math.toIntExact(tensor.elements())];
    if (tensor.dtype() == Tensor.DType.F64) {
      tensor.data().asDoubleBuffer().get(values);
    } else {
      float[] floats = tensor.floats();
      Arrays.setAll(values, i -> floats[i]);
    }
    return values;
  }

  /** The size of the first axis. */
  int rows(String name) {
    return Math.toIntExact(tensor(name).shape().getFirst());
  }

  private Tensor tensor(String name) {
    assertThat(file.tensors()).containsKey(name);
    return file.tensors().get(name);
  }

  /** The parameters of the field by name, which have the shapes that it needs. */
  SequencedMap<String, float[]> parameters() {
    var found = new LinkedHashMap<String, float[]>();
    Parameters.of(field())
        .values()
        .forEach(
            (name, v) -> {
              long[] dims = v.dims().stream().mapToLong(Integer::longValue).toArray();
              found.put(name, file.require(name, Tensor.DType.F32, dims).floats());
            });
    return found;
  }

  /** Gives a program its parameters and those of the named per-sample inputs that it has. */
  void feed(Executable executable, Collection<String> inputs) {
    parameters().forEach(executable::set);
    for (String input : inputs) {
      if (executable.graph().inputs().containsKey(input)) {
        executable.bind(input, floats(input));
      }
    }
  }

  /**
   * Compares with an array of the file.
   *
   * @param backend the backend that computed it: the interpreter rounds results only, the others
   *     compute in 32 bits
   */
  void compare(String backend, String name, float[] got) {
    double[] wide = new double[got.length];
    Arrays.setAll(wide, i -> got[i]);
    compare(backend, name, wide);
  }

  /** Compares with an array of the file. */
  void compare(String backend, String name, double[] got) {
    double[] wanted = doubles(name);
    assertThat(got).as(name).hasSize(wanted.length);
    double largest = 0;
    double distance = 0;
    int where = 0;
    for (int i = 0; i < wanted.length; i++) {
      assertThat(got[i]).as("%s, element %d", name, i).isFinite();
      largest = Math.max(largest, Math.abs(wanted[i]));
      if (Math.abs(got[i] - wanted[i]) > distance) {
        distance = Math.abs(got[i] - wanted[i]);
        where = i;
      }
    }
    assertThat(distance / largest)
        .as("%s on %s: element %d is %s, not %s", name, backend, where, got[where], wanted[where])
        .isLessThan(backend.equals("reference") ? 5e-7 : 1e-5);
  }
}
