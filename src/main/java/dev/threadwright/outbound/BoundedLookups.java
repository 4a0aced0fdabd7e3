package dev.threadwright.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks hosts up on a few threads of its own, and waits for that no longer than it may: the system's look-up holds the
 * thread that carries a virtual one, and there are only as many of those as there are cores.
 */
public final class BoundedLookups implements HostNames, AutoCloseable {

    /** Look-ups at once. */
    static final int MAX_AT_ONCE = 16;

    /** Look-ups that wait for one of these. */
    static final int MAX_WAITING = 1_000;

    private final HostNames names;
    private final long timeoutMs;
    private final ThreadPoolExecutor threads;

    public BoundedLookups(HostNames names, long timeoutMs) {
        this.names = names;
        this.timeoutMs = timeoutMs;
        this.threads = new ThreadPoolExecutor(
                MAX_AT_ONCE,
                MAX_AT_ONCE,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING),
                Thread.ofPlatform().daemon().name("threadwright-lookup-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public List<InetAddress> addresses(String host) throws UnknownHostException {
        Future<List<InetAddress>> found;
        try {
            found = threads.submit(() -> names.addresses(host));
        } catch (RejectedExecutionException e) {
            throw new UnknownHostException(host + ": too many hosts are being looked up");
        }
        try {
            return found.get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new UnknownHostException(host);
        } catch (TimeoutException e) {
            found.cancel(true);
            throw new UnknownHostException(host + ": no answer in " + timeoutMs + " ms");
        } catch (InterruptedException e) {
            found.cancel(true);
            Thread.currentThread().interrupt();
            throw new UnknownHostException(host + ": interrupted");
        }
    }

    /** Look-ups that nobody has begun. */
    int waiting() {
        return threads.getQueue().size();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
