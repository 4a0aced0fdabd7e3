package dev.threadwright.sealing;

/**
 * A data key as it is stored.
 *
 * @param masterKey the name of what it is wrapped by
 */
public record WrappedKey(String masterKey, byte[] bytes) {}
