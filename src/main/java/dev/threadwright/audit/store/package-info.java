/** The audit log as rows: appended to, read page by page, and verified. */
@NullMarked
package dev.threadwright.audit.store;

import org.jspecify.annotations.NullMarked;
