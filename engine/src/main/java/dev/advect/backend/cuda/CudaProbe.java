package dev.advect.backend.cuda;

import dev.advect.backend.Availability;
import dev.advect.cuda.Cuda;
import dev.advect.cuda.CudaVersion;
import dev.advect.cuda.DeviceDescription;
import java.util.List;

/** Says what the CUDA engine would run on here, or what it lacks and how that is mended. */
final class CudaProbe {
  private CudaProbe() {}

  /** Asks the driver and looks for the libraries. Never throws. */
  static Availability probe() {
    return switch (Cuda.probe()) {
      case Cuda.Missing(String reason, String remedy) -> new Availability.Missing(reason, remedy);
      case Cuda.Ready(CudaVersion driver, List<DeviceDescription> devices) ->
          new Availability.Ready(describe(driver, devices));
    };
  }

  /** The first device, which is the one that is used. */
  static String describe(CudaVersion driver, List<DeviceDescription> devices) {
    return "%s, driver for CUDA %s".formatted(devices.getFirst(), driver);
  }
}
