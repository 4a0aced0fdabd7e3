/**
 * Rows that are no threads: what the store, the assistants and the crons keep. Plain SQL over JDBC, each piece of work in a
 * transaction of its own; it blocks, and so runs on worker threads.
 *
 * <p>Who reads becomes the reader's role and names the tenant, as the read side does; who writes is the owner of the
 * tables, and names the tenant in every statement.
 */
@NullMarked
package dev.threadwright.tables;

import org.jspecify.annotations.NullMarked;
