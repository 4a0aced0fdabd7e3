/**
 * What is to be done when a leg of a run has ended: somebody is told, and the thread goes if it was for that run alone.
 *
 * <p>The journal commits a row with the leg's end; {@link dev.threadwright.ending.EndingWorker} of any server takes what
 * is due, does it, and deletes the row. At least once: a server that dies in between only delays it.
 */
@NullMarked
package dev.threadwright.ending;

import org.jspecify.annotations.NullMarked;
