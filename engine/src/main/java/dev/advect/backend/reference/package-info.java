/**
 * The meaning of every operation: double precision, obvious, slow, kept forever.
 *
 * <p>Everything fast is tested against it. Imports {@code graph}, {@code random}, {@code backend}.
 */
package dev.advect.backend.reference;
