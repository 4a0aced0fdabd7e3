/**
 * Threads followed while they happen: what is committed, in order and without gaps, on any server; and streams of it for
 * clients. What is told is made by {@link dev.threadwright.contract}.
 */
@NullMarked
package dev.threadwright.stream;

import org.jspecify.annotations.NullMarked;
