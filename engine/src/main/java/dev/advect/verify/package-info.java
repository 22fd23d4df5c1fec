/**
 * The laws that the mathematics of this engine obeys, as code: what must hold, by which paper, to
 * which tolerance, and a function that measures it.
 *
 * <p>Nothing here needs training or files. Each identity is made by a function that takes the thing
 * under test, so that tests can hand it a wrong one and see it found out. Stands above everything
 * else in the engine, and is the only package beside the backends that evaluates graphs with the
 * double-precision interpreter directly.
 */
package dev.advect.verify;
