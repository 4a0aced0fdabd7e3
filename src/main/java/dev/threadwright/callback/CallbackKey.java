package dev.threadwright.callback;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.threadwright.callback.CallbackRefusedException.Reason;
import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes and reads tokens: what they are for, and behind a dot its HMAC-SHA256, both as base64url. They are signed and not
 * sealed: who has one can read the ids in it.
 */
public final class CallbackKey {

    /** Of a key; bytes. */
    public static final int MIN_BYTES = 32;

    /** Of a token; characters. Twice what the longest ids come to. */
    static final int MAX_LENGTH = 8_192;

    private static final String ALGORITHM = "HmacSHA256";

    /** The same key never signs anything else that could be taken for a token. */
    private static final byte[] DOMAIN = "threadwright callback 1\n".getBytes(US_ASCII);

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final SecretKeySpec key;

    /** @throws IllegalArgumentException if it is too short to keep anybody out */
    public CallbackKey(byte[] key) {
        if (key.length < MIN_BYTES) {
            throw new IllegalArgumentException("has " + key.length + " bytes; at least " + MIN_BYTES);
        }
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /** The same for the same callback. */
    public String token(Callback callback) {
        String content = ENCODER.encodeToString(JsonText.writeBytes(Json.array(List.of(
                Json.of(callback.thread().tenant()),
                Json.of(callback.thread().thread()),
                Json.of(callback.run().value()),
                Json.of(callback.action().value()),
                Json.of(callback.attempt()),
                Json.of(callback.expiresAtMs())))));
        return content + "." + signature(content);
    }

    /** @throws CallbackRefusedException if it is no token of this key, or its time is over */
    public Callback read(String token, long nowMs) throws CallbackRefusedException {
        int dot = token.indexOf('.');
        if (dot < 0 || token.length() > MAX_LENGTH) {
            throw forged();
        }
        String content = token.substring(0, dot);
        // As texts: several texts are the same bytes in base64, and only one of them was made here.
        byte[] given = token.substring(dot + 1).getBytes(US_ASCII);
        if (!MessageDigest.isEqual(signature(content).getBytes(US_ASCII), given)) {
            throw forged();
        }
        Callback callback = parsed(content);
        if (nowMs >= callback.expiresAtMs()) {
            throw new CallbackRefusedException(Reason.EXPIRED, "The callback's time is over");
        }
        return callback;
    }

    private static CallbackRefusedException forged() {
        return new CallbackRefusedException(Reason.FORGED, "No server made this callback's address, or it was altered");
    }

    private String signature(String content) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(DOMAIN);
            return ENCODER.encodeToString(mac.doFinal(content.getBytes(US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has " + ALGORITHM, e);
        }
    }

    /** What was signed here can be read here, unless another release signed it. */
    private static Callback parsed(String content) throws CallbackRefusedException {
        try {
            if (JsonText.parse(Base64.getUrlDecoder().decode(content)) instanceof Json.Arr fields
                    && fields.items().size() == 6
                    && fields.items().get(0) instanceof Json.Text tenant
                    && fields.items().get(1) instanceof Json.Text thread
                    && fields.items().get(2) instanceof Json.Text run
                    && fields.items().get(3) instanceof Json.Text action
                    && fields.items().get(4) instanceof Json.Num attempt
                    && fields.items().get(5) instanceof Json.Num expiresAtMs) {
                return new Callback(
                        new ThreadKey(tenant.value(), thread.value()),
                        new RunId(run.value()),
                        new ActionId(action.value()),
                        attempt.value().intValueExact(),
                        expiresAtMs.value().longValueExact());
            }
        } catch (InvalidJsonException | IllegalArgumentException | ArithmeticException e) {
            throw forged();
        }
        throw forged();
    }
}
