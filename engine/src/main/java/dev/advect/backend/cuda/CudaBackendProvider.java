package dev.advect.backend.cuda;

import dev.advect.backend.Availability;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.BackendProvider;

/** Finds the first CUDA device. */
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
    return CudaProbe.probe();
  }

  @Override
  public Backend open(BackendOptions options) {
    return CudaBackend.open(options);
  }
}
