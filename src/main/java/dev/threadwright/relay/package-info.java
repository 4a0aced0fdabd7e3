/**
 * What leaves for Kafka: every committed decision, dead letter and forward, in the order of its partition's positions,
 * without a gap, and once for consumers that read committed records.
 */
@NullMarked
package dev.threadwright.relay;

import org.jspecify.annotations.NullMarked;
