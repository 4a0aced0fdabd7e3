package dev.threadwright.faults.campaign;

import java.util.Arrays;

/** Every input that was sent, by its number: what the sender and the journal say of it. Five bytes each. */
final class Inputs {
    private static final byte ACKNOWLEDGED = 1;
    private static final byte UNSURE = 2;
    private static final byte ACCEPTED = 4;
    private static final byte REFUSED = 8;
    private static final byte DECIDED = ACCEPTED | REFUSED;

    private byte[] state = new byte[1 << 16];
    private int[] threads = new int[1 << 16];
    private int sent;
    private int acknowledged;
    private int unsure;
    private int accepted;
    private int refused;
    private int acknowledgedAndDecided;
    private int unsureAndDecided;

    /** @param thread a number that the sender knows a thread by */
    synchronized int next(int thread) {
        if (sent == state.length) {
            state = Arrays.copyOf(state, sent * 2);
            threads = Arrays.copyOf(threads, sent * 2);
        }
        threads[sent] = thread;
        return sent++;
    }

    synchronized int thread(int input) {
        return threads[input];
    }

    synchronized void acknowledged(int input) {
        if (set(input, ACKNOWLEDGED)) {
            acknowledged++;
            acknowledgedAndDecided += is(input, DECIDED) ? 1 : 0;
        }
    }

    /** Nobody knows whether it is written. */
    synchronized void unsure(int input) {
        if (set(input, UNSURE)) {
            unsure++;
            unsureAndDecided += is(input, DECIDED) ? 1 : 0;
        }
    }

    /** @return false if it was decided before, or was never sent */
    synchronized boolean decided(int input, boolean isAccepted) {
        if (input >= sent || is(input, DECIDED)) {
            return false;
        }
        set(input, isAccepted ? ACCEPTED : REFUSED);
        if (isAccepted) {
            accepted++;
        } else {
            refused++;
        }
        acknowledgedAndDecided += is(input, ACKNOWLEDGED) ? 1 : 0;
        unsureAndDecided += is(input, UNSURE) ? 1 : 0;
        return true;
    }

    synchronized boolean isDecided(int input) {
        return is(input, DECIDED);
    }

    /** Sent and neither decided nor given up. */
    synchronized int outstanding() {
        return sent - accepted - refused - (unsure - unsureAndDecided);
    }

    synchronized int undecided() {
        return acknowledged - acknowledgedAndDecided;
    }

    synchronized int unanswered() {
        return sent - acknowledged - unsure;
    }

    synchronized int sent() {
        return sent;
    }

    synchronized int acknowledged() {
        return acknowledged;
    }

    synchronized int unsure() {
        return unsure;
    }

    synchronized int accepted() {
        return accepted;
    }

    synchronized int refused() {
        return refused;
    }

    /** Acknowledged, and never decided. */
    synchronized int[] lost() {
        int[] lost = new int[undecided()];
        int count = 0;
        for (int input = 0; input < sent && count < lost.length; input++) {
            if (is(input, ACKNOWLEDGED) && !is(input, DECIDED)) {
                lost[count++] = input;
            }
        }
        return Arrays.copyOf(lost, count);
    }

    private boolean is(int input, byte any) {
        return (state[input] & any) != 0;
    }

    private boolean set(int input, byte flag) {
        boolean isNew = !is(input, flag);
        state[input] |= flag;
        return isNew;
    }
}
