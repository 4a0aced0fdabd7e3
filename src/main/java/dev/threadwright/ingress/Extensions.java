package dev.threadwright.ingress;

import java.util.Set;

/** The names of CloudEvents extension attributes that Threadwright reads or writes. */
public final class Extensions {

    /** A policy for this input: its name, or its JSON. */
    public static final String POLICY = "policy";

    public static final String WORKFLOW = "workflow";
    public static final String RUN_ID = "runid";
    public static final String INTERRUPT_ID = "interruptid";

    /** The steps that the run stops before, with commas between them; {@code *} for all. */
    public static final String INTERRUPT_BEFORE = "interruptbefore";

    public static final String INTERRUPT_AFTER = "interruptafter";

    /** What an external event says it is. */
    public static final String EVENT_TYPE = "eventtype";

    public static final String ACTION_ID = "actionid";
    public static final String ATTEMPT = "attempt";

    /** On outputs: the thread's sequence number. */
    public static final String SEQUENCE = "sequence";

    /** On outputs: the id of the input that caused it. */
    public static final String CAUSATION_ID = "causationid";

    /** Those that mean something on what comes in. */
    static final Set<String> INBOUND = Set.of(
            POLICY, WORKFLOW, RUN_ID, INTERRUPT_ID, INTERRUPT_BEFORE, INTERRUPT_AFTER, EVENT_TYPE, ACTION_ID, ATTEMPT);

    private Extensions() {}
}
