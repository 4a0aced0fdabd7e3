package dev.threadwright.sealing;

/**
 * Who has the master keys. The server's own reads a file, {@link MasterKeyFile}; another one, for a key management service,
 * is found on the class path as a {@link java.util.ServiceLoader} finds it, by the command line's {@code verify} as by the
 * server. Asked once for each thread whose key is not in memory, and never for a row. Called by several threads at once; may
 * block.
 *
 * <p>Every method throws a {@link SealedException}: of {@code UNAVAILABLE} if the same may succeed later, of {@code
 * NO_MASTER_KEY} if it has not the key that is asked for: both are waited out. Of {@code DAMAGED} if it has, and that opens
 * nothing: then the thread is set aside, and the others go on.
 */
public interface KeyProvider {

    /** In messages: a file, or an address. Never a secret. */
    String describe();

    /** The master key that wraps from now on; others unwrap. */
    String newest();

    /**
     * Wraps by the newest master key.
     *
     * @param dataKey 32 bytes; to be forgotten
     * @param context whose key it is: has to be the same when it is unwrapped
     */
    WrappedKey wrap(byte[] dataKey, byte[] context);

    /** @return 32 bytes that the caller will overwrite */
    byte[] unwrap(WrappedKey key, byte[] context);
}
