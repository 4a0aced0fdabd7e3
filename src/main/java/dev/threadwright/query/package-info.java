/**
 * What readers see: committed rows, through Hibernate Reactive Panache. Every read runs in a
 * {@link dev.threadwright.query.ReadScope}, as a role that can only select, on the rows of one tenant.
 *
 * <p>JSON columns are read as text: the reactive client would otherwise parse them, with other numbers than ours.
 */
@NullMarked
package dev.threadwright.query;

import org.jspecify.annotations.NullMarked;
