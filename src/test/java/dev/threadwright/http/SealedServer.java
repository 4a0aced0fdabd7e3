package dev.threadwright.http;

import dev.threadwright.sealing.MasterKeyFile;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A server that seals what threads hold, and erases quickly. */
public final class SealedServer implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "threadwright.encryption.enabled", "true",
                "threadwright.encryption.key-file", keyFile().toString(),
                // Fewer than the tests have threads, so that keys are read again.
                "threadwright.encryption.cached-keys", "3",
                "threadwright.encryption.tick", "100ms");
    }

    private static Path keyFile() {
        try {
            Path file = Files.createTempDirectory("sealed-server").resolve("keys");
            MasterKeyFile.add(file, "test");
            return file.toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
