package dev.threadwright.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a caller may do. None contains another: a caller has those that it was given. */
public enum Role {
    /** Look at threads, runs, state, events and whatever else is the tenant's. */
    READ,
    /** Send inputs, start and cancel runs, change threads, assistants, crons and the store. */
    WRITE,
    /** Answer interrupts, for the people who are asked. */
    RESOLVE,
    /** Put right what went wrong: dead letters, threads that are set aside, actions by hand; verify the journal. */
    OPERATE,
    /** Register workflows, and erase threads for good. */
    ADMINISTER;

    /** As configuration, tokens and problems have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Null if it is none. */
    public static @Nullable Role ofWord(String word) {
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return role;
            }
        }
        return null;
    }

    /** All of them, for whoever has to choose. */
    public static String words() {
        return Arrays.stream(values()).map(Role::word).collect(Collectors.joining(", "));
    }
}
