/**
 * Differentiation as graph-to-graph transforms, so that derivatives of derivatives are free.
 *
 * <p>Imports {@code graph} and {@code type} only.
 */
package dev.advect.autodiff;
