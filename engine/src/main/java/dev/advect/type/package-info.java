/**
 * What a value is: its dims, and whether every sample has its own.
 *
 * <p>This is the bottom of the engine. It imports nothing but the JDK.
 */
package dev.advect.type;
