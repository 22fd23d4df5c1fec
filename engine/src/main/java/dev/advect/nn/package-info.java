/**
 * Networks, written for one sample: velocity fields, their parameters, and the functions they are
 * made of.
 *
 * <p>An architecture is a record of its hyper-parameters; the weights live outside, in {@link
 * dev.advect.nn.Parameters}, named by scope. Imports {@code type}, {@code graph}, {@code random}
 * and {@code json}.
 */
package dev.advect.nn;
