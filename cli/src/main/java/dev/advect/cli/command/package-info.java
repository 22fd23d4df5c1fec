/**
 * The commands, one class each, and the options that several of them share, as mixins. A command
 * checks its arguments before it opens anything. Imports picocli, the sibling packages and the
 * engine.
 */
package dev.advect.cli.command;
