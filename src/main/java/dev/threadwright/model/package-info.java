/**
 * Chat models that speak OpenAI's protocol, asked by the handler {@code chat}: its library writes and reads the wire, what is
 * here bounds it, tells its pieces while they come, and makes of it what is journaled.
 */
@NullMarked
package dev.threadwright.model;

import org.jspecify.annotations.NullMarked;
