package dev.advect.random;

/** What draws are for. Draws of different purposes are independent. */
public final class Purpose {
  /** Which row of the training data a sample takes. */
  public static final int DATA_INDEX = 1;

  /** The time t. */
  public static final int TIME = 2;

  /** The source sample x0. */
  public static final int SOURCE = 3;

  /** The noise of a conditional path. */
  public static final int PATH_NOISE = 4;

  /** The starting point of a sampler. */
  public static final int SAMPLE_NOISE = 5;

  /** What a stochastic sampler stirs in. */
  public static final int SDE_NOISE = 8;

  /** Which source point of a batch a resampled pair has. */
  public static final int PLAN_SOURCE = 24;

  /** Where in its row of a transport plan a pair is. */
  public static final int PLAN_TARGET = 25;

  /** The directions that distances are sliced along. */
  public static final int PROJECTION = 26;

  /** Source points that a law is compared with. */
  public static final int REFERENCE_SOURCE = 27;

  /** Whether a sample trains without its condition. */
  public static final int CONDITION_DROPOUT = 16;

  /** Where in its cell a value of discrete data is put. */
  public static final int DEQUANTIZATION = 17;

  /** The first probe of Hutchinson's estimator; probe k has the purpose {@code PROBE + k}. */
  public static final int PROBE = 1 << 12;

  private Purpose() {}
}
