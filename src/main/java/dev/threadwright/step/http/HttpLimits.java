package dev.threadwright.step.http;

/**
 * @param maxResponseBytes of an answer's body
 * @param maxRedirects that are followed; 0 for none
 * @param timeoutMs of one attempt, look-ups, redirects and the answer's body included, whatever its step says
 */
public record HttpLimits(int maxResponseBytes, int maxRedirects, long timeoutMs) {

    /** A day. */
    public static final long MAX_TIMEOUT_MS = 86_400_000;

    public static final int MAX_REDIRECTS = 20;

    /** @throws IllegalArgumentException naming the key that is wrong */
    public HttpLimits {
        if (maxResponseBytes < 1) {
            throw new IllegalArgumentException("max-response-bytes must be at least 1, not " + maxResponseBytes);
        }
        if (maxRedirects < 0 || maxRedirects > MAX_REDIRECTS) {
            throw new IllegalArgumentException(
                    "max-redirects must be from 0 to " + MAX_REDIRECTS + ", not " + maxRedirects);
        }
        if (timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS) {
            throw new IllegalArgumentException("timeout must be from 1 to " + MAX_TIMEOUT_MS + " ms, not " + timeoutMs);
        }
    }
}
