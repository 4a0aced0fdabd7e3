/**
 * Threads whose content has to become unreadable, and the proof that it is. What is wanted is a row before anything is done,
 * so no crash forgets it: the thread is deleted as any other, and when that is published, whoever owns its partition destroys
 * its key.
 */
@NullMarked
package dev.threadwright.erasure;

import org.jspecify.annotations.NullMarked;
