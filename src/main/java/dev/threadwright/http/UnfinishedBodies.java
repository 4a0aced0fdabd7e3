package dev.threadwright.http;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Bodies of which more is to come, and what they hold together. Where that is too much, those go that began first: who sends
 * without stopping is done before there is nobody older, who does not is not.
 */
@Singleton
public class UnfinishedBodies {

    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();

    /** In the order in which they began. */
    private final Set<Body> bodies = new LinkedHashSet<>();

    private long bytes;

    UnfinishedBodies(@ConfigProperty(name = "threadwright.limits.body-bytes") long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** One of them; how much it holds is guarded by our lock. */
    final class Body {
        private final Runnable giveUp;
        private long held;

        private Body(Runnable giveUp) {
            this.giveUp = giveUp;
        }

        /** More of it has come, for which others may have to go, or itself. */
        void grow(int more) {
            List<Body> tooMuch = new ArrayList<>();
            lock.lock();
            try {
                if (!bodies.contains(this)) {
                    return;
                }
                held += more;
                bytes += more;
                while (bytes > maxBytes) {
                    Body eldest = bodies.iterator().next();
                    remove(eldest);
                    tooMuch.add(eldest);
                }
            } finally {
                lock.unlock();
            }
            tooMuch.forEach(body -> body.giveUp.run());
        }

        /** It is whole, or nobody waits for the rest; to be told once or more. */
        void end() {
            lock.lock();
            try {
                remove(this);
            } finally {
                lock.unlock();
            }
        }
    }

    /** @param giveUp what is to be done when there is no room for it any more; from any thread */
    Body begin(Runnable giveUp) {
        Body body = new Body(giveUp);
        lock.lock();
        try {
            bodies.add(body);
        } finally {
            lock.unlock();
        }
        return body;
    }

    private void remove(Body body) {
        if (bodies.remove(body)) {
            bytes -= body.held;
        }
    }

    /** What they hold together. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}
