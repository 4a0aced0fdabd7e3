package dev.threadwright.faults.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Stands between one server and Postgres or Kafka: passes everything on, until it is told to be a bad network. */
final class Proxy implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final String name;
    private final int targetPort;
    private final Supplier<Wire> wires;
    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final List<Trap> traps = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean stalled;
    private volatile long delayMs;
    private volatile boolean refusing;
    private volatile boolean closed;

    Proxy(String name, int targetPort, Supplier<Wire> wires) {
        this.name = name;
        this.targetPort = targetPort;
        this.wires = wires;
        try {
            this.listener = new ServerSocket(0, 128, LOOPBACK);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().name(name).daemon().start(this::accept);
    }

    String name() {
        return name;
    }

    int port() {
        return listener.getLocalPort();
    }

    void set(Trap trap) {
        traps.add(trap);
    }

    void remove(Trap trap) {
        traps.remove(trap);
    }

    /** How much longer each piece takes. */
    void slow(long ms) {
        delayMs = ms;
    }

    /** Nothing passes until it flows again; connections stay. */
    void stall() {
        setStalled(true);
    }

    void flow() {
        delayMs = 0;
        refusing = false;
        setStalled(false);
    }

    /** Connections are reset, and new ones as soon as they are made. */
    void refuse() {
        refusing = true;
        resetAll();
    }

    void resetAll() {
        links.forEach(Link::reset);
    }

    void halfCloseAll(RandomGenerator random) {
        links.forEach(link -> link.halfClose(random.nextBoolean()));
    }

    private void setStalled(boolean value) {
        lock.lock();
        try {
            stalled = value;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void awaitPassage() {
        if (delayMs > 0) {
            LockSupport.parkNanos(delayMs * 1_000_000);
        }
        lock.lock();
        try {
            while (stalled && !closed) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    void reached(Point point, Link link) {
        for (Trap trap : traps) {
            if (trap.isFor(point, link) && traps.remove(trap)) {
                trap.spring(link);
            }
        }
    }

    void ended(Link link) {
        links.remove(link);
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                if (refusing) {
                    client.setSoLinger(true, 0);
                    client.close();
                } else {
                    // Not here: what it connects to may be away, and others want to be let in.
                    Thread.ofVirtual().start(() -> connect(client));
                }
            } catch (IOException e) {
                if (!closed) {
                    throw new UncheckedIOException(name + " cannot listen any more", e);
                }
            }
        }
    }

    private void connect(Socket client) {
        try {
            Socket server = new Socket();
            server.connect(new InetSocketAddress(LOOPBACK, targetPort), 2_000);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Link link = new Link(this, client, server, wires.get());
            links.add(link);
            link.start();
        } catch (IOException e) {
            try {
                client.close();
            } catch (IOException ignored) {
                // It has gone by itself.
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        flow();
        resetAll();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
