/** What log lines are about, beside their words. */
@NullMarked
package dev.threadwright.log;

import org.jspecify.annotations.NullMarked;
