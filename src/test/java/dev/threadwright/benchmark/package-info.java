/**
 * The benchmark: the packaged server beside engines that do nothing but move its rows and bytes. Not a test; run it with
 * {@code bin/benchmark}, and read {@code docs/benchmark.md}.
 */
@NullMarked
package dev.threadwright.benchmark;

import org.jspecify.annotations.NullMarked;
