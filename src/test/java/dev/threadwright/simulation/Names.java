package dev.threadwright.simulation;

import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.relay.Topics;
import java.util.Map;

/** Of topics, and what dead letters are called. */
final class Names {

    static final String INPUT = "input";
    static final String COMMANDS = "commands";
    static final String RESULTS = "results";
    static final String LIFECYCLE = "lifecycle";
    static final String EVENTS = "events";
    static final String DEAD_LETTER = "dead-letter";
    static final String ACTIONS = "actions";
    static final String POSITIONS = "positions";
    static final Topics OUT = new Topics(LIFECYCLE, EVENTS, DEAD_LETTER, COMMANDS, ACTIONS, POSITIONS, Map.of());

    static final DeadLetterNames DEAD_LETTERS = new DeadLetterNames();

    static {
        DEAD_LETTERS.open(new byte[DeadLetterNames.KEY_BYTES]);
    }

    private Names() {}
}
