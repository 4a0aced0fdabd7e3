/**
 * Threads that are given up when nothing has happened on them for long. Which ones is a matter of rows, so it survives every
 * restart, and any number of instances may look.
 */
@NullMarked
package dev.threadwright.lifetime;

import org.jspecify.annotations.NullMarked;
