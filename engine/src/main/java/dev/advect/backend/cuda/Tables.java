package dev.advect.backend.cuda;

import dev.advect.cuda.DeviceMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Index tables on the device, each kept once. */
final class Tables implements AutoCloseable {
  /** Several tables share an allocation of this many bytes, if they are small. */
  private static final int CHUNK = 1 << 16;

  private static final int ALIGNMENT = 16;

  private record Key(List<Integer> numbers) {
    static Key of(int[] table) {
      return new Key(Arrays.stream(table).boxed().toList());
    }
  }

  private final CudaBackend backend;
  private final Map<Key, Long> addresses = new HashMap<>();
  private final List<DeviceMemory> chunks = new ArrayList<>();
  private long used;

  Tables(CudaBackend backend) {
    this.backend = backend;
  }

  /** The address of a table, which is copied to the device if it is new. */
  long address(int[] table) {
    return addresses.computeIfAbsent(Key.of(table), _ -> copy(table));
  }

  private long copy(int[] table) {
    long bytes = Math.max(1, table.length) * (long) Integer.BYTES;
    if (chunks.isEmpty() || used + bytes > chunks.getLast().bytes()) {
      chunks.add(backend.device().allocate(Math.max(bytes, CHUNK)));
      used = 0;
    }
    DeviceMemory chunk = chunks.getLast();
    long at = used;
    chunk.write(at, MemorySegment.ofArray(table));
    used = (used + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return chunk.address() + at;
  }

  @Override
  public void close() {
    Failure.all(chunks.stream().<Runnable>map(chunk -> chunk::close).toList());
  }
}
