/** Between the core's JSON values and text. */
@NullMarked
package dev.threadwright.json;

import org.jspecify.annotations.NullMarked;
