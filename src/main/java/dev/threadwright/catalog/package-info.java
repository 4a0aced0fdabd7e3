/**
 * Workflows as documents: read, checked, compiled, kept, and known to the servers of an installation.
 *
 * <p>A document passes {@code DocumentReader} (text to JSON), {@code DocumentSchema} (shapes), {@code DocumentCompiler}
 * (names, expressions, graph); what is wrong is found all at once. {@code StoredWorkflows} keeps what was registered, and
 * {@code Catalog} answers from memory.
 */
@NullMarked
package dev.threadwright.catalog;

import org.jspecify.annotations.NullMarked;
