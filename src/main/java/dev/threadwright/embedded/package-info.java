/**
 * Real servers for whoever configured none: a Postgres from bundled binaries and a KRaft broker inside this JVM, both on
 * loopback and durable. Plain Java, so that tests and the server start the very same code.
 */
@NullMarked
package dev.threadwright.embedded;

import org.jspecify.annotations.NullMarked;
