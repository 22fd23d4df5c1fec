/**
 * Conditional probability paths from noise to data, and the velocities that generate them.
 *
 * <p>A path is its mean and standard deviation as functions of the time, written as in the papers;
 * the target velocity is their derivative, taken by forward-mode differentiation. Imports {@code
 * graph}, {@code autodiff}, {@code random} and {@code json}.
 */
package dev.advect.path;
