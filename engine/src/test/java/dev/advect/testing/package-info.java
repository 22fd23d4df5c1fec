/** What several tests share: oracles in closed form, central differences, a backend to run on. */
package dev.advect.testing;
