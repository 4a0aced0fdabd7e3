/** What is told while it happens, and kept nowhere. */
@NullMarked
package dev.threadwright.live;

import org.jspecify.annotations.NullMarked;
