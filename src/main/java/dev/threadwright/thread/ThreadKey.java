package dev.threadwright.thread;

/** A thread's full name: no two tenants share a thread, whatever they call it. */
public record ThreadKey(String tenant, String thread) {

    /** The only tenant of a server without identities. */
    public static final String DEFAULT_TENANT = "default";

    @Override
    public String toString() {
        return tenant + "/" + thread;
    }
}
