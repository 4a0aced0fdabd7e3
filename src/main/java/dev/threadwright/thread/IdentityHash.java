package dev.threadwright.thread;

import java.util.HexFormat;

/** The names under which a thread's outcomes are kept: 32 bytes as lower-case hex, whatever the ids' lengths. */
public final class IdentityHash {

    private IdentityHash() {}

    public static String of(Identity identity) {
        return HexFormat.of().formatHex(Fingerprint.of(identity.source(), identity.id()));
    }

    /** For the refusal of this content under an identity that was used before with other content. */
    public static String ofConflict(Identity identity, String contentHash) {
        return HexFormat.of().formatHex(Fingerprint.of(identity.source(), identity.id(), contentHash));
    }
}
