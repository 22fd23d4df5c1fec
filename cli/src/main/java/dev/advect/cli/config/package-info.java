/**
 * Configurations: found by name, read from YAML into a tree that knows its line numbers, checked
 * into records, and written out again with every default. A mistake anywhere names the key, the
 * file and the line. Imports Jackson, {@code dev.advect.file} and the parent package's exceptions.
 */
package dev.advect.cli.config;
