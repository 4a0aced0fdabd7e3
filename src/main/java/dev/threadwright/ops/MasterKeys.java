package dev.threadwright.ops;

import dev.threadwright.sealing.KeyProvider;
import dev.threadwright.sealing.MasterKeyFile;
import dev.threadwright.sealing.Sealing;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where the master keys are, as configured: for the server, and for commands that have no server. */
final class MasterKeys {

    private MasterKeys() {}

    /** @throws IllegalArgumentException saying what is wrong with the configuration */
    static Sealing sealing(ThreadwrightConfig.Encryption encryption) {
        KeyProvider provider = encryption.enabled() ? required(encryption) : provider(encryption);
        return new Sealing(provider, encryption.enabled(), encryption.cachedKeys());
    }

    /** As {@link #provider}, where there has to be one. */
    static KeyProvider required(ThreadwrightConfig.Encryption encryption) {
        KeyProvider provider = provider(encryption);
        if (provider == null) {
            throw new IllegalArgumentException(
                    "is true, and there are no master keys: set threadwright.encryption.key-file"
                            + " to a file that threadwright master-key has made");
        }
        return provider;
    }

    /** Null if there is none. @throws IllegalArgumentException naming file and line, or the providers */
    static @Nullable KeyProvider provider(ThreadwrightConfig.Encryption encryption) {
        if (encryption.keyFile().isPresent()) {
            return MasterKeyFile.read(Path.of(encryption.keyFile().get()));
        }
        List<KeyProvider> found = ServiceLoader.load(KeyProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        if (found.size() > 1) {
            throw new IllegalArgumentException("finds several providers of master keys on the class path, where one is"
                    + " to be: " + found.stream().map(KeyProvider::describe).collect(Collectors.joining(", ")));
        }
        return found.isEmpty() ? null : found.getFirst();
    }
}
