package dev.threadwright.store;

import org.jspecify.annotations.Nullable;

/**
 * Which namespaces. A label of {@code *} in prefix and suffix stands for any one label.
 *
 * @param maxDepth how many labels of each are told; null for all
 */
public record NamespaceQuery(
        Namespace prefix, Namespace suffix, @Nullable Integer maxDepth, int limit, int offset) {

    static final String ANY = "*";
}
