/**
 * Who did what: the acts that are recorded, what an entry of the log is, and whether a chain of them is as it was written.
 *
 * <p>What the engine decides is recorded in the commit of the decision, what operators ask of a server over HTTP before it is
 * done and again afterwards. Postgres numbers the entries of a chain and hashes each with the one before.
 */
@NullMarked
package dev.threadwright.audit;

import org.jspecify.annotations.NullMarked;
