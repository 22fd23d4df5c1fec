package dev.advect.cuda;

import dev.advect.cuda.ffi.driver.DriverApi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Whether devices can be used on this machine: ready, or missing with the reason.
 *
 * <p>Devices need the driver and cuBLAS. {@link Curand#library()} and {@link Nvrtc#library()} say
 * whether those two, which a machine can be without, are there.
 */
public sealed interface Cuda {

  /** The oldest driver that will do, by the CUDA version it supports: cuBLAS 13 needs it. */
  CudaVersion OLDEST_DRIVER = CudaVersion.of(13, 0);

  /**
   * Devices can be opened.
   *
   * @param driver the newest CUDA version that the driver supports
   * @param devices what there is, at least one
   */
  record Ready(CudaVersion driver, List<DeviceDescription> devices) implements Cuda {
    public Ready {
      Objects.requireNonNull(driver, "driver");
      devices = List.copyOf(devices);
    }
  }

  /**
   * No device can be used.
   *
   * @param reason why not, one sentence or two
   * @param remedy what would help, one sentence
   */
  record Missing(String reason, String remedy) implements Cuda {
    public Missing {
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(remedy, "remedy");
    }
  }

  /** Asks the driver what there is. Never throws: whatever goes wrong is a {@link Missing}. */
  static Cuda probe() {
    if (NativeLibrary.DRIVER.find() instanceof CudaLibrary.Missing(_, var reason, var remedy)) {
      return new Missing(reason, remedy);
    }
    try {
      return askDriver();
    } catch (CudaException e) {
      return new Missing(e.problem(), e.remedy());
    } catch (LinkageError | RuntimeException e) {
      return new Missing(
          "The NVIDIA driver's library cannot be used: " + e.getMessage() + ".",
          "Install a driver for CUDA " + OLDEST_DRIVER + " or newer.");
    }
  }

  private static Cuda askDriver() {
    Driver.check("cuInit", DriverApi.cuInit(0));
    var driver =
        new CudaVersion(Driver.integer("cuDriverGetVersion", DriverApi::cuDriverGetVersion));
    if (driver.compareTo(OLDEST_DRIVER) < 0) {
      return new Missing(
          "The NVIDIA driver supports CUDA %s, and Advect needs %s or newer."
              .formatted(driver, OLDEST_DRIVER),
          "Install a newer NVIDIA driver: release 580 or later.");
    }
    int count = Driver.integer("cuDeviceGetCount", DriverApi::cuDeviceGetCount);
    if (count == 0) {
      return new Missing(
          "The NVIDIA driver shows no device.",
          "See that nvidia-smi lists one, and that CUDA_VISIBLE_DEVICES does not hide it.");
    }
    if (NativeLibrary.CUBLAS.find() instanceof CudaLibrary.Missing(_, var reason, var remedy)) {
      return new Missing(reason, remedy);
    }
    var devices = new ArrayList<DeviceDescription>();
    for (int ordinal = 0; ordinal < count; ordinal++) {
      devices.add(describe(ordinal, device(ordinal)));
    }
    return new Ready(driver, devices);
  }

  private static int device(int ordinal) {
    return Driver.integer("cuDeviceGet", into -> DriverApi.cuDeviceGet(into, ordinal));
  }

  private static int attribute(int attribute, int device) {
    return Driver.integer(
        "cuDeviceGetAttribute", into -> DriverApi.cuDeviceGetAttribute(into, attribute, device));
  }

  private static DeviceDescription describe(int ordinal, int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(256);
      Driver.check("cuDeviceGetName", DriverApi.cuDeviceGetName(name, 256, device));
      return new DeviceDescription(
          ordinal,
          name.getString(0),
          attribute(DriverApi.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR(), device),
          attribute(DriverApi.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR(), device),
          attribute(DriverApi.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT(), device),
          Driver.pointer("cuDeviceTotalMem", into -> DriverApi.cuDeviceTotalMem_v2(into, device)));
    }
  }
}
