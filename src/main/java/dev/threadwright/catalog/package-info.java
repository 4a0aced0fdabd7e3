/**
 * Workflows as documents: read, checked, compiled, kept, and known to the servers of an installation.
 *
 * <p>A document passes {@code DocumentReader} (text to JSON), {@code DocumentSchema} (shapes), {@code DocumentCompiler}
 * (names, expressions, graph); what is wrong is found all at once. The compiler has one for each part of a document:
 * {@code ChannelCompiler}, {@code ExpressionCompiler}, {@code RouteCompiler}, and {@code StepCompiler} with
 * {@code ActionCompiler}, {@code ModelCompiler} and {@code OutcomeCompiler}. {@code StoredWorkflows} keeps what was registered;
 * {@code KnownVersions} knows which there are and what their names stand for, {@code CompiledVersions} compiles those that
 * are asked for. {@code Catalog} is all of that for others.
 */
@NullMarked
package dev.threadwright.catalog;

import org.jspecify.annotations.NullMarked;
