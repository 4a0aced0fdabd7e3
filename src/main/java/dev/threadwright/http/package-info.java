/**
 * HTTP: requests become commands on Kafka, through the same checks as what comes from there; reads are committed rows.
 *
 * <pre>
 *   body -> JsonFields -> CheckedCommand -> CommandSender -> Kafka ... loop ... commit
 *                              |                                                  |
 *                           Waiters  <----- told locally, or by one poll for all -+
 * </pre>
 *
 * <p>Every instance takes every request: nothing here needs to know which one owns a thread.
 */
@NullMarked
package dev.threadwright.http;

import org.jspecify.annotations.NullMarked;
