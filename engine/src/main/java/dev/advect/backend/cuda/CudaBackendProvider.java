package dev.advect.backend.cuda;

import dev.advect.backend.Availability;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.BackendProvider;

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
    return switch (CudaProbe.probe()) {
      case Availability.Missing missing -> missing;
      case Availability.Ready(String description) ->
          new Availability.Missing(
              "there is a CUDA device, but this version of Advect has no CUDA engine: "
                  + description,
              "use --device cpu");
    };
  }

  @Override
  public Backend open(BackendOptions options) {
    throw new IllegalStateException("opened although it is missing");
  }
}
