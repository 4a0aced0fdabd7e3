/** What tests of several packages share. */
@NullMarked
package dev.threadwright.testing;

import org.jspecify.annotations.NullMarked;
