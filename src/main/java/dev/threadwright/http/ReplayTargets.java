package dev.threadwright.http;

import dev.threadwright.ingress.RecordDecoder;
import dev.threadwright.ingress.TopicRole;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Where dead letters may be sent again.
 *
 * @param topics those that this server consumes
 * @param roles what each of all tenants' is for
 * @param commands the one of them that only servers write to
 * @param deadLetters the topic that keeps them whole
 * @param decoder as the loop's
 * @param partitions of each topic
 * @param maxDataBytes of a record's value
 */
public record ReplayTargets(
        Function<String, List<String>> topics,
        Map<String, TopicRole> roles,
        String commands,
        UnaryOperator<String> deadLetters,
        RecordDecoder decoder,
        int partitions,
        int maxDataBytes) {}
