package dev.threadwright.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A key by which a caller is known, and the hash that stands for it in the configuration. Keys are random and long, so one
 * round of SHA-256 is enough: there is nothing to guess.
 */
public final class ApiKey {

    /** Tells a key from a token, and a key in a log or a repository from anything else. */
    public static final String PREFIX = "tw_";

    /** What stands before a hash. */
    public static final String SHA256 = "sha256:";

    /** Of a key that is made here; bytes. */
    private static final int RANDOM_BYTES = 32;

    private static final int HASH_BYTES = 32;

    private ApiKey() {}

    public static String fresh(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** As it is configured. */
    public static String hash(String key) {
        return SHA256 + HexFormat.of().formatHex(digest(key));
    }

    static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    /** @throws IllegalArgumentException if it is no hash; without repeating it, which may be the key itself */
    static byte[] parse(String hash) {
        String hex = hash.strip();
        if (!hex.startsWith(SHA256)) {
            throw new IllegalArgumentException(
                    "must be " + SHA256
                            + " and the SHA-256 hash of the key in hexadecimal, not the key itself: threadwright key makes both");
        }
        try {
            byte[] bytes =
                    HexFormat.of().parseHex(hex.substring(SHA256.length()).toLowerCase(java.util.Locale.ROOT));
            if (bytes.length == HASH_BYTES) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // Said below: what it is not, and never what it is.
        }
        throw new IllegalArgumentException("must have " + 2 * HASH_BYTES + " hexadecimal digits after " + SHA256);
    }
}
