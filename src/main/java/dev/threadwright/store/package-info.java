/**
 * The store: values by namespace and key, that runs and clients share beside threads. {@code ItemFilter} says which values,
 * {@code ItemRows} keeps them, {@code Store} is for who puts and finds.
 */
@NullMarked
package dev.threadwright.store;

import org.jspecify.annotations.NullMarked;
