package dev.advect.backend.reference;

import dev.advect.backend.Availability;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.BackendProvider;

/** Always there, and never chosen unless asked for. */
public final class ReferenceBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public Availability probe() {
    return new Availability.Ready("double-precision interpreter; slow, for checking");
  }

  @Override
  public Backend open(BackendOptions options) {
    return new ReferenceBackend();
  }
}
