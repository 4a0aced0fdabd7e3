/**
 * Who asks over HTTP: callers, what they may do, and the keys by which they are known. How a request brings its credentials
 * is HTTP's own business.
 */
@NullMarked
package dev.threadwright.security;

import org.jspecify.annotations.NullMarked;
