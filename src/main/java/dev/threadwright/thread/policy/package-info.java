/** What a thread's owner wants done with an input that arrives while work is running: one file a policy. */
@NullMarked
package dev.threadwright.thread.policy;

import org.jspecify.annotations.NullMarked;
