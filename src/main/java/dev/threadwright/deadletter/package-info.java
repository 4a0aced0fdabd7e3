/** Dead letters after they were set aside: who sends them again, and when they go. Reading them is the read side's. */
@NullMarked
package dev.threadwright.deadletter;

import org.jspecify.annotations.NullMarked;
