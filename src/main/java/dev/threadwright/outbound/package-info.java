/**
 * Requests that this server sends for others: to which addresses, and to no other than those that were checked. What only
 * the server can reach (itself, its network, the metadata of its cloud) is not theirs to reach through it.
 */
@NullMarked
package dev.threadwright.outbound;

import org.jspecify.annotations.NullMarked;
