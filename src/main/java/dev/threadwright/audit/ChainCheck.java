package dev.threadwright.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * Follows one chain, entry by entry, and finds where it is not as it was written. What follows a finding is held against
 * itself again: each finding is said once, where it begins.
 */
public final class ChainCheck {

    /** Of one chain; who finds that many does not need more. */
    static final int MAX_FINDINGS = 20;

    private final String tenant;
    private final String chain;
    private final List<Finding> findings = new ArrayList<>();
    private long last;
    private String lastHash;

    private ChainCheck(String tenant, String chain, long last, String lastHash) {
        this.tenant = tenant;
        this.chain = chain;
        this.last = last;
        this.lastHash = lastHash;
    }

    public static ChainCheck ofAll(String tenant, String chain) {
        return new ChainCheck(tenant, chain, 0, Entry.NO_HASH);
    }

    /** @param hash of the entry of that number, which was checked already */
    public static ChainCheck behind(String tenant, String chain, long number, String hash) {
        return new ChainCheck(tenant, chain, number, hash);
    }

    /** @param entry in the order of their numbers */
    public void add(Entry entry) {
        if (entry.number() != last + 1) {
            long before = last + 1;
            find(
                    before,
                    Finding.Kind.MISSING,
                    entry.number() == before + 1
                            ? "Entry " + before + " is not there"
                            : "Entries " + before + " to " + (entry.number() - 1) + " are not there");
        } else if (!entry.previous().equals(lastHash)) {
            find(
                    entry.number(),
                    Finding.Kind.UNLINKED,
                    "It was written behind an entry with another hash than the one that stands before it");
        }
        if (!EntryHash.of(entry).equals(entry.hash())) {
            find(entry.number(), Finding.Kind.ALTERED, "It is not as it was written: its hash does not match");
        }
        last = entry.number();
        lastHash = entry.hash();
    }

    /** At the end of the chain. @param head where the chain is said to end */
    public void end(Head head) {
        if (head.number() > last) {
            find(last + 1, Finding.Kind.TRUNCATED, "The chain had " + head.number() + " entries");
        } else if (head.number() < last || !head.hash().equals(lastHash)) {
            find(last, Finding.Kind.UNLINKED, "The chain is said to end at " + head.number() + ", in another entry");
        }
    }

    public long last() {
        return last;
    }

    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    private void find(long number, Finding.Kind kind, String message) {
        if (findings.size() < MAX_FINDINGS) {
            findings.add(new Finding(tenant, chain, number, kind, message));
        }
    }
}
