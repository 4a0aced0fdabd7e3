package dev.threadwright.ending;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Proves to who receives a webhook that this server sent it, and when: as Standard Webhooks have it. */
public final class WebhookSignature {

    public static final String SECRET_PREFIX = "whsec_";

    /** Of a secret; bytes. */
    static final int MIN_SECRET = 16;

    static final int MAX_SECRET = 128;

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    /**
     * @param secret {@code whsec_} and the key as base64
     * @throws IllegalArgumentException if it is not that
     */
    public WebhookSignature(String secret) {
        if (!secret.startsWith(SECRET_PREFIX)) {
            throw new IllegalArgumentException("the secret must begin with " + SECRET_PREFIX);
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the secret must be base64 after " + SECRET_PREFIX, e);
        }
        if (bytes.length < MIN_SECRET || bytes.length > MAX_SECRET) {
            throw new IllegalArgumentException("the secret must have from " + MIN_SECRET + " to " + MAX_SECRET
                    + " bytes, and has " + bytes.length);
        }
        key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /** @param timestamp seconds since 1970 */
    String of(String id, long timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has " + ALGORITHM, e);
        }
    }
}
