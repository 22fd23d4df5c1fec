/**
 * What a training needs and what it leaves on disk: the parts built from a configuration, the loop
 * that reports and checkpoints, and the run directory. Files are written so that a process killed
 * at any moment leaves a run that can be resumed. Imports {@code config}, {@code report} and the
 * engine.
 */
package dev.advect.cli.run;
