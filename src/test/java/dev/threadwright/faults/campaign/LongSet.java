package dev.threadwright.faults.campaign;

import java.util.Arrays;

/** Hashes of what was seen, eight bytes each: two different things out of a million share one by a chance of 1 in 37 million. */
final class LongSet {
    private long[] slots = new long[1 << 12];
    private int size;

    /** @return false if it was there */
    boolean add(long value) {
        // Zero stands for an empty slot.
        long stored = value == 0 ? 1 : value;
        if (size * 2 > slots.length) {
            grow();
        }
        if (!put(slots, stored)) {
            return false;
        }
        size++;
        return true;
    }

    int size() {
        return size;
    }

    /** Of a text, well mixed: FNV-1a, finished as in SplitMix. */
    static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return hash ^ (hash >>> 31);
    }

    private static boolean put(long[] slots, long value) {
        int slot = (int) value & (slots.length - 1);
        while (slots[slot] != 0) {
            if (slots[slot] == value) {
                return false;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = value;
        return true;
    }

    private void grow() {
        long[] larger = new long[slots.length * 2];
        Arrays.stream(slots).filter(value -> value != 0).forEach(value -> put(larger, value));
        slots = larger;
    }
}
