/** Wiring: configuration, start-up in order and with patience, health. */
@NullMarked
package dev.threadwright.ops;

import org.jspecify.annotations.NullMarked;
