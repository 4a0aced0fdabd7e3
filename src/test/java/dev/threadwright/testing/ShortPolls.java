package dev.threadwright.testing;

import io.quarkus.test.junit.callback.QuarkusTestBeforeClassCallback;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Has all tests look at once, and often, for what they await. By itself, Awaitility looks for the first time after a tenth of a second, and
 * most of what is awaited here is there long before. Quarkus loads tests a second time, with an Awaitility of their own.
 */
public final class ShortPolls implements LauncherSessionListener, QuarkusTestBeforeClassCallback {

    private static final Duration POLL = Duration.ofMillis(10);

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        set();
    }

    @Override
    public void beforeClass(Class<?> testClass) {
        set();
    }

    private static void set() {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(POLL);
    }
}
