package dev.advect.backend.cuda;

import dev.advect.backend.Availability;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.BackendProvider;
import dev.advect.cuda.CudaLibrary;

/** Says whether this machine has what the CUDA engine needs; the engine itself is not there yet. */
public final class CudaBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public int rank() {
    return 20;
  }

  @Override
  public Availability probe() {
    return switch (CudaLibrary.probe(CudaLibrary.driverName())) {
      case CudaLibrary.Missing(_, String reason, String remedy) ->
          new Availability.Missing(reason, remedy);
      case CudaLibrary.Ready _ ->
          new Availability.Missing(
              "there is a CUDA driver, but this version of Advect has no CUDA engine",
              "use --device cpu");
    };
  }

  @Override
  public Backend open(BackendOptions options) {
    throw new IllegalStateException("opened although it is missing");
  }
}
