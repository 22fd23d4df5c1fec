/**
 * Flat JSON objects, the form in which the parts of a model describe themselves.
 *
 * <p>A description is written into the metadata of a weight file and read back from it; whatever is
 * missing, unknown or of another type is a sentence, never a null. Imports Jackson's streaming
 * parser and {@link dev.advect.AdvectException}, nothing else.
 */
package dev.advect.json;
