package dev.threadwright.ingress;

import java.util.Map;

/** What an inbound topic is for, which is who may write to it and what it may carry. */
public enum TopicRole {
    /** Users and other systems. */
    INPUT("input"),
    /** Servers only: what came over HTTP, and records that arrived on the wrong partition. Its headers are believed. */
    COMMANDS("commands"),
    /** Workers. */
    RESULTS("results");

    private final String word;

    /** By the topics' names. */
    static Map<String, TopicRole> of(String inputTopic, String commandsTopic, String resultsTopic) {
        return Map.of(inputTopic, INPUT, commandsTopic, COMMANDS, resultsTopic, RESULTS);
    }

    TopicRole(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
