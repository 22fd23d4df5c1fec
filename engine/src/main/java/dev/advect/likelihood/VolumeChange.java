package dev.advect.likelihood;

/** How the change of the log-density along a trajectory is computed. */
public sealed interface VolumeChange permits Divergence, VolumeChange.DiscreteExact {
  /**
   * Exactly, as the change of variables of the sampler of forward Euler steps: see {@link
   * EulerMap}. Only for Euler's method.
   */
  record DiscreteExact() implements VolumeChange {
    @Override
    public int estimates() {
      return 1;
    }
  }

  /** The change of variables of the sampler of forward Euler steps. */
  static VolumeChange discreteExact() {
    return new DiscreteExact();
  }

  /** How many estimates of each log-density there are. */
  int estimates();
}
