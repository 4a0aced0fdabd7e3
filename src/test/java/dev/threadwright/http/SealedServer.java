package dev.threadwright.http;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** A server that seals what threads hold, with the master key that every server of the tests has, and erases quickly. */
public final class SealedServer implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "threadwright.encryption.enabled", "true",
                // Fewer than the tests have threads, so that keys are read again.
                "threadwright.encryption.cached-keys", "3",
                "threadwright.encryption.tick", "100ms");
    }
}
