/**
 * Files that survive accidents: atomic replacement of a file, the safetensors format, and the
 * operating system's failures put into sentences. Whatever is read is checked against the length of
 * the file before memory is set aside for it, and nothing in a file is ever executed. Imports the
 * JDK, Jackson's streaming parser and {@link dev.advect.AdvectException}, nothing else.
 */
package dev.advect.file;
