package dev.threadwright.journal;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What dead letters are called outside: their places, encrypted, so that a name says nothing of how much there is beside it.
 * Every server of an installation calls each the same, over HTTP and on its topic.
 */
public final class DeadLetterNames {

    /** Of the key; bytes. */
    public static final int KEY_BYTES = 16;

    /** One block: position, partition, and as many zeros as no other name comes to. */
    private static final int NAME_BYTES = 16;

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{" + 2 * NAME_BYTES + "}");

    private volatile @Nullable SecretKeySpec key;

    /** From here on there are names, and they are understood. */
    public void open(byte[] with) {
        if (with.length != KEY_BYTES) {
            throw new IllegalArgumentException("A key of " + with.length + " bytes; it has " + KEY_BYTES);
        }
        key = new SecretKeySpec(with, "AES");
    }

    /** @throws JournalUnavailableException if it is too early */
    public String of(OutboxPlace place) {
        ByteBuffer block =
                ByteBuffer.allocate(NAME_BYTES).putLong(place.position()).putInt(place.partition());
        return HexFormat.of().formatHex(block(Cipher.ENCRYPT_MODE, block.array()));
    }

    /**
     * Null if nothing is called that.
     *
     * @throws JournalUnavailableException if it is too early
     */
    public @Nullable OutboxPlace place(String name) {
        if (!FORM.matcher(name).matches()) {
            return null;
        }
        ByteBuffer block =
                ByteBuffer.wrap(block(Cipher.DECRYPT_MODE, HexFormat.of().parseHex(name)));
        OutboxPlace place = new OutboxPlace(block.getInt(Long.BYTES), block.getLong(0));
        return block.getInt(Long.BYTES + Integer.BYTES) == 0 ? place : null;
    }

    /** No two names have a block in common, so there is nothing that a mode of several blocks would hide. */
    @SuppressWarnings("InsecureCryptoUsage")
    private byte[] block(int mode, byte[] block) {
        SecretKeySpec now = key;
        if (now == null) {
            throw new JournalUnavailableException("The server is starting and has no key for names yet", null);
        }
        try {
            Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(mode, now);
            return cipher.doFinal(block);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has AES", e);
        }
    }
}
