package dev.threadwright.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.sealing.SealedException.Reason;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256 in Galois/Counter Mode, and how what comes of it is written. A nonce is 96 random bits: of the few rows that one
 * thread has, no two have the same.
 *
 * <p>A text is {@code sealed:1:<number of the key>:<base64url of nonce, content and tag>}; where the column takes JSON, that
 * as a string, which nothing that is stored there is otherwise. Bytes are a one, the number in four bytes, and the same.
 */
public final class Seal {

    private static final String MARK = "sealed:";

    /** What no JSON in the clear begins with, where it is stored. */
    static final String TEXT = MARK + "1:";

    private static final String JSON = '"' + TEXT;
    private static final byte VERSION = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int BYTES_HEADER = 1 + Integer.BYTES;

    /** By how much bytes are longer when they are sealed; the schema counts on it. */
    public static final int OVERHEAD = BYTES_HEADER + NONCE_BYTES + TAG_BITS / Byte.SIZE;

    private static final SecureRandom RANDOM = new SecureRandom();

    private Seal() {}

    static String text(DataKey key, Cell cell, String content) {
        byte[] sealed = encrypt(key, content.getBytes(UTF_8), cell.aad(key.number()));
        return TEXT
                + key.number()
                + ':'
                + Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
    }

    static String json(DataKey key, Cell cell, String content) {
        return '"' + text(key, cell, content) + '"';
    }

    static byte[] bytes(DataKey key, Cell cell, byte[] content) {
        byte[] sealed = encrypt(key, content, cell.aad(key.number()));
        return ByteBuffer.allocate(BYTES_HEADER + sealed.length)
                .put(VERSION)
                .putInt(key.number())
                .put(sealed)
                .array();
    }

    /** Whether that is how something sealed is written, as a text or as JSON. */
    public static boolean isSealed(String stored) {
        return stored.startsWith(TEXT) || stored.startsWith(JSON);
    }

    /** What people are told, so that it cannot be mistaken for something sealed. */
    public static String clear(String message) {
        return message.startsWith(MARK) || message.startsWith('"' + MARK) ? ' ' + message : message;
    }

    /** The number of the key that it was sealed with. */
    static int keyNumber(String stored) {
        int from = stored.indexOf(TEXT) + TEXT.length();
        int to = stored.indexOf(':', from);
        try {
            return Integer.parseInt(stored, from, Math.max(from, to), 10);
        } catch (NumberFormatException e) {
            throw new SealedException(Reason.DAMAGED, "What is sealed does not say with which key", e);
        }
    }

    static int keyNumber(byte[] stored) {
        if (stored.length < OVERHEAD || stored[0] != VERSION) {
            throw new SealedException(Reason.DAMAGED, "What is sealed is cut, or of a newer release");
        }
        return ByteBuffer.wrap(stored).getInt(1);
    }

    static String open(DataKey key, Cell cell, String stored) {
        int from = stored.indexOf(':', stored.indexOf(TEXT) + TEXT.length()) + 1;
        int to = stored.length() - (stored.startsWith(JSON) && stored.endsWith("\"") ? 1 : 0);
        byte[] sealed;
        try {
            sealed = Base64.getUrlDecoder().decode(stored.substring(from, to));
        } catch (IllegalArgumentException e) {
            throw damaged(cell, e);
        }
        return new String(decrypt(key, sealed, cell), UTF_8);
    }

    static byte[] open(DataKey key, Cell cell, byte[] stored) {
        return decrypt(key, Arrays.copyOfRange(stored, BYTES_HEADER, stored.length), cell);
    }

    private static byte[] decrypt(DataKey key, byte[] sealed, Cell cell) {
        try {
            return decrypt(key, sealed, cell.aad(key.number()));
        } catch (AEADBadTagException e) {
            throw damaged(cell, e);
        }
    }

    private static SealedException damaged(Cell cell, Exception cause) {
        return new SealedException(
                Reason.DAMAGED,
                cell.column().word() + " of thread " + cell.thread() + " at \"" + cell.row()
                        + "\" is not what was sealed there",
                cause);
    }

    /** Nonce, content and tag. */
    static byte[] encrypt(SecretKey key, byte[] content, byte[] aad) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, aad);
            byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + cipher.getOutputSize(content.length));
            cipher.doFinal(content, 0, content.length, sealed, NONCE_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java cannot encrypt with AES-256 in GCM", e);
        }
    }

    /** @throws AEADBadTagException if it is not what {@link #encrypt} made, with the same key and beside the same */
    static byte[] decrypt(SecretKey key, byte[] sealed, byte[] aad) throws AEADBadTagException {
        if (sealed.length < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
            throw new AEADBadTagException("It is cut");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(sealed, NONCE_BYTES), aad)
                    .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java cannot decrypt with AES-256 in GCM", e);
        }
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce, byte[] aad) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(aad);
        return cipher;
    }

    /** A new key's bytes. */
    static byte[] fresh() {
        byte[] key = new byte[DataKey.BYTES];
        RANDOM.nextBytes(key);
        return key;
    }
}
