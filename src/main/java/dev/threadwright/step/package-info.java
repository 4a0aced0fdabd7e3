/** What runs outside the decision: one executor per kind of step. */
@NullMarked
package dev.threadwright.step;

import org.jspecify.annotations.NullMarked;
