/** The executor of HTTP steps: what a workflow's request becomes on the wire, and what its answer means to the run. */
@NullMarked
package dev.threadwright.step.http;

import org.jspecify.annotations.NullMarked;
