/**
 * Flow matching on the JVM; this package holds what all others share.
 *
 * <p>That is one exception, for mistakes that a user can mend. It imports nothing but the JDK.
 */
package dev.advect;
