/**
 * What a person looks at: pictures of samples and losses, the page that shows a run, and the
 * progress of a training. Knows no files but those it is told to write and no configuration but its
 * text. Imports XChart, Java2D, the progress bar and {@code dev.advect.data}.
 */
package dev.advect.cli.report;
