package dev.threadwright.http;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Where dead letters may be sent again.
 *
 * @param topics those that this server consumes
 * @param commands the one of them that only servers write to
 * @param deadLetters the topic that keeps them whole
 * @param partitions of each topic
 * @param maxDataBytes of a record's value
 */
public record ReplayTargets(
        Function<String, List<String>> topics,
        String commands,
        UnaryOperator<String> deadLetters,
        int partitions,
        int maxDataBytes) {}
