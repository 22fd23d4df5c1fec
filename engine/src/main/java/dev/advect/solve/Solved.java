package dev.advect.solve;

/**
 * What came out of a solve, and what it took.
 *
 * @param result what came out
 * @param effort what it took
 * @param <T> the kind of the result
 */
public record Solved<T>(T result, Effort effort) {}
