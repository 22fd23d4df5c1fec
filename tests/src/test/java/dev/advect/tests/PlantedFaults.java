package dev.advect.tests;

import dev.advect.cuda.Device;
import dev.advect.cuda.DeviceMemory;
import dev.advect.cuda.Kernel;
import dev.advect.cuda.KernelArguments;
import dev.advect.cuda.Module;
import dev.advect.cuda.PinnedMemory;
import dev.advect.cuda.Stream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;

/**
 * Mistakes that programs for devices are known for, each made on purpose in a process of its own:
 * after some of them a device is of no use any more.
 */
enum PlantedFaults {
  READ_PAST_THE_END {
    @Override
    void make(Device device) throws IOException {
      try (Stream stream = device.stream();
          Module module = device.load(ptx());
          DeviceMemory out = device.allocate(FLOATS * Float.BYTES);
          DeviceMemory in = device.allocate((FLOATS - 6) * Float.BYTES)) {
        negate(stream, module.kernel("map_neg"), out.address(), in.address());
        stream.synchronize();
      }
    }
  },
  USE_AFTER_FREE {
    @Override
    void make(Device device) throws IOException {
      try (Stream stream = device.stream();
          Module module = device.load(ptx());
          DeviceMemory out = device.allocate(FLOATS * Float.BYTES)) {
        DeviceMemory in = device.allocate(FLOATS * Float.BYTES);
        long stale = in.address();
        in.close();
        negate(stream, module.kernel("map_neg"), out.address(), stale);
        stream.synchronize();
      }
    }
  },
  MISALIGNED {
    @Override
    void make(Device device) throws IOException {
      try (Stream stream = device.stream();
          Module module = device.load(ptx());
          DeviceMemory memory = device.allocate(2L * FLOATS * Float.BYTES)) {
        negate(stream, module.kernel("map_neg"), memory.address() + 2, memory.address());
        stream.synchronize();
      }
    }
  },
  HOST_POINTER {
    @Override
    void make(Device device) throws IOException {
      try (Stream stream = device.stream();
          Module module = device.load(ptx());
          Arena arena = Arena.ofConfined();
          DeviceMemory out = device.allocate(FLOATS * Float.BYTES)) {
        long host = arena.allocate(FLOATS * Float.BYTES).address();
        negate(stream, module.kernel("map_neg"), out.address(), host);
        stream.synchronize();
      }
    }
  },
  MISSING_EVENT {
    @Override
    void make(Device device) {
      try (Stream writing = device.stream();
          Stream reading = device.stream();
          DeviceMemory memory = device.allocate(Integer.BYTES);
          PinnedMemory read = device.allocatePinned(Integer.BYTES)) {
        writing.fill(memory, 0, 1, 1);
        writing.synchronize();
        writing.fill(memory, 0, 1, 2); // begins late, and the other stream does not wait
        reading.copy(read, 0, memory, 0, Integer.BYTES);
        reading.synchronize();
        System.out.println("read " + read.segment().get(ValueLayout.JAVA_INT, 0));
      }
    }
  },
  USE_AFTER_CLOSE {
    @Override
    void make(Device device) {
      DeviceMemory memory = device.allocate(16);
      memory.close();
      memory.address();
    }
  },
  SHARED_MEMORY_RACE {
    @Override
    void make(Device device) {
      try (Stream stream = device.stream();
          Module module = device.load(NO_BARRIER);
          DeviceMemory out = device.allocate(FLOATS * Float.BYTES)) {
        Kernel kernel = module.kernel("reverse");
        var arguments = new KernelArguments(kernel).pointer(0, out.address());
        stream.launch(kernel, 1, 1, FLOATS, 1, 0, arguments);
        stream.synchronize();
      }
    }
  },
  WRONG_PARAMETER {
    @Override
    void make(Device device) throws IOException {
      try (Module module = device.load(ptx())) {
        new KernelArguments(module.kernel("fill")).pointer(0, 0).integer(1, 32L);
      }
    }
  },
  MISSING_PARAMETER {
    @Override
    void make(Device device) throws IOException {
      try (Stream stream = device.stream();
          Module module = device.load(ptx())) {
        Kernel kernel = module.kernel("fill");
        stream.launch(kernel, 1, 1, 256, 1, 0, new KernelArguments(kernel).pointer(0, 0));
      }
    }
  },
  PINNED_MEMORY_CHANGED_TOO_EARLY {
    @Override
    void make(Device device) {
      try (Stream stream = device.stream();
          DeviceMemory to = device.allocate(64);
          PinnedMemory from = device.allocatePinned(64)) {
        stream.copy(to, 0, from, 0, 64);
        from.segment().fill((byte) 1); // before the copy was waited for
        stream.synchronize();
      }
    }
  },
  ALLOCATION_DURING_CAPTURE {
    @Override
    void make(Device device) {
      try (Stream stream = device.stream();
          DeviceMemory memory = device.allocate(64)) {
        stream.capture(
            () -> {
              stream.fill(memory, 0, 16, 0);
              device.allocate(64);
            });
      }
    }
  },
  THREAD_WITHOUT_CONTEXT {
    @Override
    void make(Device device) throws InterruptedException {
      var thread = new Thread(() -> say(() -> device.allocate(64)), "reader");
      thread.start();
      thread.join();
    }
  },
  LEFT_OPEN {
    @Override
    void make(Device device) {
      device.allocate(64);
    }
  };

  private static final int FLOATS = 64;

  /**
   * Each thread stores a number and reads that of a thread of the other warp, without a barrier.
   */
  private static final String NO_BARRIER =
      """
      .version 7.0
      .target sm_75
      .address_size 64
      .visible .entry reverse(.param .u64 reverse_param_0)
      {
        .reg .b32 %r<6>;
        .reg .b64 %rd<4>;
        .shared .align 4 .b8 values[256];
        ld.param.u64 %rd1, [reverse_param_0];
        mov.u32 %r1, %tid.x;
        shl.b32 %r2, %r1, 2;
        mov.u32 %r3, values;
        add.s32 %r4, %r3, %r2;
        st.shared.u32 [%r4], %r1;
        xor.b32 %r2, %r2, 252;
        add.s32 %r4, %r3, %r2;
        ld.shared.u32 %r5, [%r4];
        cvta.to.global.u64 %rd2, %rd1;
        mul.wide.u32 %rd3, %r1, 4;
        add.s64 %rd2, %rd2, %rd3;
        st.global.u32 [%rd2], %r5;
        ret;
      }
      """;

  abstract void make(Device device) throws Exception;

  private static String ptx() throws IOException {
    return Files.readString(Repository.root().resolve("native/ptx/advect.ptx"));
  }

  /** Launches map_neg from one array of 64 numbers to another. */
  private static void negate(Stream stream, Kernel kernel, long to, long from) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment operand = arena.allocate(32, 8); // base, map, strides of feature and sample
      operand.set(ValueLayout.JAVA_LONG, 0, from);
      operand.set(ValueLayout.JAVA_INT, 16, FLOATS);
      operand.set(ValueLayout.JAVA_INT, 20, 1);
      var arguments =
          new KernelArguments(kernel)
              .pointer(0, to)
              .integer(1, FLOATS)
              .bytes(2, operand)
              .integer(3, 1)
              .integer(4, FLOATS);
      stream.launch(kernel, 1, 1, 256, 1, 0, arguments);
    }
  }

  /** Work that may fail. */
  private interface Work {
    void run() throws Exception;
  }

  /** Prints what is thrown. */
  private static void say(Work work) {
    try {
      work.run();
    } catch (Exception e) {
      System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }

  /** Makes the fault that the argument names, and prints what the program is told. */
  public static void main(String[] args) {
    say(
        () -> {
          try (Device device = Device.open(0)) {
            valueOf(args[0]).make(device);
          }
        });
  }
}
