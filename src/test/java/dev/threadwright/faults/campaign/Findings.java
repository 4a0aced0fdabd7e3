package dev.threadwright.faults.campaign;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What was promised and did not hold; each is counted, and the first of each kind are told in full. */
final class Findings {

    enum Kind {
        /** An acknowledged input was not decided. */
        LOST,
        /** Something has two effects, or is published twice. */
        DOUBLED,
        /** Something is out of its thread's or its partition's order. */
        MISORDERED,
        /** Who was fenced has written, or what only grows has gone back. */
        STALE,
        /** The journal and what is published differ. */
        DIFFERENT,
        /** What had to become good again did not. */
        STUCK,
        /** A thread cannot be recomputed from its journal. */
        UNSOUND,
        /** An input that was in order was set aside as if it were not. */
        SET_ASIDE,
        /** The campaign itself failed, so that what it says is not to be trusted. */
        BROKEN
    }

    private static final int TOLD = 20;

    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private final List<String> told = new ArrayList<>();

    synchronized void add(Kind kind, String what) {
        int count = counts.merge(kind, 1, Integer::sum);
        if (count <= TOLD) {
            told.add(kind + ": " + what);
            System.err.println("faults: FOUND " + kind + ": " + what);
        }
    }

    synchronized int count(Kind kind) {
        return counts.getOrDefault(kind, 0);
    }

    synchronized boolean isEmpty() {
        return counts.isEmpty();
    }

    synchronized List<String> told() {
        List<String> all = new ArrayList<>(told);
        counts.forEach((kind, count) -> {
            if (count > TOLD) {
                all.add(kind + ": and " + (count - TOLD) + " more");
            }
        });
        return all;
    }
}
