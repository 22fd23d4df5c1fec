/**
 * What crosses modules: the real program in a process of its own, from a fresh folder, and the
 * mathematics of a trained model from end to end. May import the engine and what the command line
 * brings along; starts the command line, does not call it.
 */
package dev.advect.tests;
