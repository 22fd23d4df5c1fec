package dev.advect.backend;

import java.util.OptionalInt;

/**
 * How a backend should work.
 *
 * @param threads worker threads; 0 for one a core
 * @param tile samples a tile, where a backend has tiles; empty to let it choose
 * @param checkFinite after every step look for values that are not finite and name the operation,
 *     its line and the sample; slow
 */
public record BackendOptions(int threads, OptionalInt tile, boolean checkFinite) {
  /** Checks the ranges. */
  public BackendOptions {
    if (threads < 0 || threads > 1024) {
      throw new IllegalArgumentException("threads must be 0 to 1024, not " + threads);
    }
    if (tile.isPresent() && tile.getAsInt() < 1) {
      throw new IllegalArgumentException("a tile has at least 1 sample, not " + tile.getAsInt());
    }
  }

  /** All cores, tiles of the backend's choice, no checks. */
  public static BackendOptions standard() {
    return new BackendOptions(0, OptionalInt.empty(), false);
  }

  /** The same with another number of threads. */
  public BackendOptions withThreads(int threads) {
    return new BackendOptions(threads, tile, checkFinite);
  }

  /** The same with another tile. */
  public BackendOptions withTile(int tile) {
    return new BackendOptions(threads, OptionalInt.of(tile), checkFinite);
  }

  /** The same with every step checked for values that are not finite. */
  public BackendOptions checkingFinite() {
    return new BackendOptions(threads, tile, true);
  }
}
