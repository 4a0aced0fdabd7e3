/** JSON Schema: what the pure core asks for through its {@code AnswerSchemas}. */
@NullMarked
package dev.threadwright.schema;

import org.jspecify.annotations.NullMarked;
