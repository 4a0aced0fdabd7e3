package dev.threadwright.faults.campaign;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is done when a point is reached, once: while it is done, nothing passes in that direction. */
final class Trap {
    private final Point point;
    private final @Nullable Link link;
    private final Consumer<Link> action;
    private final CompletableFuture<Link> sprung = new CompletableFuture<>();

    /** @param link on which it is; null for any */
    Trap(Point point, @Nullable Link link, Consumer<Link> action) {
        this.point = point;
        this.link = link;
        this.action = action;
    }

    boolean isFor(Point reached, Link on) {
        return reached == point && (link == null || link == on);
    }

    void spring(Link on) {
        try {
            action.accept(on);
            sprung.complete(on);
        } catch (RuntimeException e) {
            sprung.completeExceptionally(e);
        }
    }

    /** Whether its action was done within the time; fails as that did. */
    boolean await(long ms) throws Exception {
        try {
            sprung.get(ms, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
