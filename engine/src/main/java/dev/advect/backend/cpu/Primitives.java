package dev.advect.backend.cpu;

import java.util.Set;

/**
 * Emits arithmetic on some samples at a time, as code on local variables: on vectors, or on plain
 * floats, with the same bits.
 *
 * <p>Every operation takes and answers numbers of values. Only operations whose every bit is
 * defined are used (IEEE arithmetic, fused multiply-add, bit patterns): the JDK's own {@code
 * lanewise} sine or logarithm gives other bits before and after it is compiled, and a resumed
 * training would drift from an uninterrupted one.
 */
interface Primitives {
  /** Emits what pushes an index. */
  interface Index {
    void push();
  }

  /** How many samples at a time. */
  int lanes();

  /** Loads from an array. */
  int load(int array, Index index);

  /** One float of an array for all samples. */
  int broadcast(int array, Index index);

  /** Stores to an array. */
  void store(int value, int array, Index index);

  /** A value that is nothing yet. */
  int variable();

  /**
   * Copies a value to one that is there already. Where that happens in a loop it must only be the
   * last operand of something until it has been {@link #carried}.
   */
  void move(int from, int to);

  /** The same value, for use in any place. */
  int carried(int x);

  /** Puts literals into local variables, before a loop. */
  void hoist(Set<Float> values);

  /** Literals that were asked for and not hoisted. */
  Set<Float> wanted();

  /** A literal. */
  int literal(float c);

  int neg(int x);

  int abs(int x);

  int sqrt(int x);

  int add(int x, int y);

  int sub(int x, int y);

  int mul(int x, int y);

  int div(int x, int y);

  /** The larger, or NaN if one is; 0 is larger than -0. */
  int max(int x, int y);

  /** The smaller, or NaN if one is; -0 is smaller than 0. */
  int min(int x, int y);

  /** x y + z with one rounding. */
  int fma(int x, int y, int z);

  /** The samples for which a limit in a local variable exceeds the first sample's number plus i. */
  int mask(Index first, int limit);

  /** x + y where the mask is set, else x. */
  int addMasked(int x, int y, int mask);

  /** A mask of where two values compare so: LT, GT, EQ or NE. */
  int compare(String comparison, int x, int y);

  /** x, or y where the mask is set. */
  int blend(int x, int y, int mask);

  /** The bits of floats. */
  int bits(int x);

  /** The floats of some bits. */
  int floats(int bits);

  /** Bits and a number: ADD, AND, OR, LSHL or ASHR. */
  int ints(String operation, int x, int number);

  /** Two values of bits: ADD or SUB. */
  int intsBoth(String operation, int x, int y);

  /** Whole numbers as floats. */
  int converted(int x);
}
