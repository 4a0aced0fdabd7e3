/**
 * What threads hold, sealed where it is stored. Each thread has a data key, which is stored once, wrapped by a master key
 * that the database never sees: destroying that one row makes all that was sealed with it unreadable, wherever it was copied
 * to. Knows names of threads and no rows but those of the keys.
 */
@NullMarked
package dev.threadwright.sealing;

import org.jspecify.annotations.NullMarked;
