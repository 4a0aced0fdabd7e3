/** Conditions in CEL, and the custom policies: what the pure core asks for through its judges. */
@NullMarked
package dev.threadwright.expression;

import org.jspecify.annotations.NullMarked;
