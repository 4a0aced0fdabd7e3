package dev.threadwright.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;

/** The time is what the test says. */
public final class HeldClock implements InstantSource {

    private volatile Instant now;

    public HeldClock(Instant now) {
        this.now = now;
    }

    public void set(Instant time) {
        now = time;
    }

    public void advance(Duration duration) {
        now = now.plus(duration);
    }

    @Override
    public Instant instant() {
        return now;
    }

    public Clock utc() {
        return withZone(ZoneOffset.UTC);
    }
}
