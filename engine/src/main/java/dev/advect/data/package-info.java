/**
 * Rows of numbers to learn from: tables, the formats they are read from and written to, built-in
 * generators and sets, splits and normalisers. A reader checks every length before it sets memory
 * aside and every number before it hands it on, so that a bad file is one sentence naming file, row
 * and column. Imports the JDK, Jackson's streaming parser, {@link dev.advect.AdvectException} and
 * {@code dev.advect.file}.
 */
package dev.advect.data;
