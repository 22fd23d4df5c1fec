package dev.advect.backend;

/** A kind of device; found by {@code ServiceLoader}. */
public interface BackendProvider {
  /** The name used with {@code --device}. */
  String name();

  /** Where {@code auto} tries it: the available provider with the highest rank wins. */
  int rank();

  /** Whether it can run here, and if not why. Never throws. */
  Availability probe();

  /** Opens it. */
  Backend open(BackendOptions options);
}
