package dev.threadwright.simulation;

import dev.threadwright.simulation.Timeline.Process;
import java.util.TreeSet;

/** A consumer as its group sees it. */
final class GroupMember {

    final Process process;
    final Runnable wake;

    /** Partitions that are its own by the group's word. */
    final TreeSet<Integer> owned = new TreeSet<>();

    /** To be given back by it, and to be taken on by it, at its next poll. */
    final TreeSet<Integer> leaving = new TreeSet<>();

    final TreeSet<Integer> coming = new TreeSet<>();
    boolean joined;
    boolean expelled;
    long heardOfAtMs;
    long askedAtMs;

    GroupMember(Process process, Runnable wake) {
        this.process = process;
        this.wake = wake;
    }
}
