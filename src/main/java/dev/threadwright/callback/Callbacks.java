package dev.threadwright.callback;

import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** The callbacks of an installation: every server of it makes and understands the same URLs. */
public final class Callbacks {

    /** What stands between the public URL and the token. */
    public static final String PATH = "/callbacks/";

    /**
     * How long a URL is believed past the deadline of its attempt: a run that is paused because nobody knows what became of
     * its action takes a late result too, and one that comes too late for all is recorded. One day.
     */
    public static final long LATE_MS = 86_400_000;

    /** Of the public URL; characters. */
    static final int MAX_URL_LENGTH = 500;

    private final @Nullable String publicUrl;
    private volatile @Nullable CallbackKey key;

    /**
     * @param publicUrl where others reach this server; null if nobody does
     * @throws IllegalArgumentException with what is wrong with that
     */
    public Callbacks(@Nullable String publicUrl) {
        this.publicUrl = publicUrl == null ? null : checked(publicUrl.strip());
    }

    private static String checked(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is no URL: " + e.getReason(), e);
        }
        if (!"https".equals(uri.getScheme()) && !"http".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("must begin with https:// or http:// and name a host, not " + url);
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("must have no user, no query and no fragment");
        }
        if (url.length() > MAX_URL_LENGTH || !url.chars().allMatch(one -> one > 0x20 && one < 0x7f)) {
            throw new IllegalArgumentException("must be ASCII, and at most " + MAX_URL_LENGTH + " characters");
        }
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    /** From here on there are URLs, and they are understood. */
    public void open(CallbackKey with) {
        key = with;
    }

    /** Whether anybody could call back. */
    public boolean isReachable() {
        return publicUrl != null;
    }

    /** Whether {@link #open} has come. */
    public boolean isOpen() {
        return key != null;
    }

    /**
     * The same for the same attempt until its time begins anew.
     *
     * @param deadlineMs of the attempt; milliseconds since 1970
     * @throws IllegalStateException if nobody could call back, or it is too early
     */
    public CallbackUrl url(ThreadKey thread, RunId run, ActionId action, int attempt, long deadlineMs) {
        String before = publicUrl;
        if (before == null) {
            throw new IllegalStateException("threadwright.callbacks.public-url is not set, so nobody could call back");
        }
        long expiresAtMs = deadlineMs > Long.MAX_VALUE - LATE_MS ? Long.MAX_VALUE : deadlineMs + LATE_MS;
        return new CallbackUrl(before + PATH, opened().token(new Callback(thread, run, action, attempt, expiresAtMs)));
    }

    /**
     * @throws CallbackRefusedException if it was not made here, or its time is over
     * @throws IllegalStateException if it is too early
     */
    public Callback read(String token, long nowMs) throws CallbackRefusedException {
        return opened().read(token, nowMs);
    }

    private CallbackKey opened() {
        CallbackKey now = key;
        if (now == null) {
            throw new IllegalStateException("The server is starting and has no key for callbacks yet");
        }
        return now;
    }
}
