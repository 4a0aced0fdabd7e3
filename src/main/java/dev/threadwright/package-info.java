/** The entrance: what has to happen before Quarkus starts. */
@NullMarked
package dev.threadwright;

import org.jspecify.annotations.NullMarked;
