package dev.threadwright.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.sealing.KeyProvider;
import dev.threadwright.sealing.MasterKeyFile;
import dev.threadwright.sealing.WrappedKey;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose master keys are used: those of a file, or of who is found on the class path. */
class MasterKeysTest {

    @TempDir
    Path directory;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    /** Somebody's own. */
    public static class Vault implements KeyProvider {

        @Override
        public String describe() {
            return "https://vault.example.com";
        }

        @Override
        public String newest() {
            return "v7";
        }

        @Override
        public WrappedKey wrap(byte[] dataKey, byte[] context) {
            return new WrappedKey(newest(), dataKey.clone());
        }

        @Override
        public byte[] unwrap(WrappedKey key, byte[] context) {
            return key.bytes().clone();
        }
    }

    public static final class OtherVault extends Vault {

        @Override
        public String describe() {
            return "https://other.example.com";
        }
    }

    @BeforeEach
    @AfterEach
    void nobodyElses() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void whoIsFoundOnTheClassPathIsAsked() throws IOException {
        found(Vault.class);
        assertThat(MasterKeys.provider(encryption(true, null))).isInstanceOf(Vault.class);
        assertThat(MasterKeys.required(encryption(true, null)).newest()).isEqualTo("v7");
        // Also when nothing new is sealed: what is stored has to be read, and erased.
        assertThat(MasterKeys.provider(encryption(false, null))).isInstanceOf(Vault.class);
    }

    @Test
    void aFileThatIsConfiguredStandsAboveThat() throws IOException {
        found(Vault.class);
        Path file = directory.resolve("master-keys");
        MasterKeyFile.add(file, "k1");
        assertThat(MasterKeys.required(encryption(true, file)).newest()).isEqualTo("k1");
    }

    @Test
    void ofTwoNobodyKnowsWhichIsMeant() throws IOException {
        found(Vault.class, OtherVault.class);
        assertThatThrownBy(() -> MasterKeys.provider(encryption(true, null)))
                .hasMessageContaining("several providers")
                .hasMessageContaining("https://vault.example.com")
                .hasMessageContaining("https://other.example.com");
    }

    @Test
    void thereNeedNotBeAnyUnlessSomethingIsSealed() {
        assertThat(MasterKeys.provider(encryption(false, null))).isNull();
        assertThatThrownBy(() -> MasterKeys.required(encryption(true, null)))
                .hasMessageContaining("threadwright.encryption.key-file");
    }

    private void found(Class<?>... providers) throws IOException {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(KeyProvider.class.getName()),
                String.join("\n", Stream.of(providers).map(Class::getName).toList()),
                UTF_8);
        Thread.currentThread()
                .setContextClassLoader(
                        new URLClassLoader(new URL[] {directory.toUri().toURL()}, before));
    }

    private static ThreadwrightConfig.Encryption encryption(boolean enabled, Path keyFile) {
        return new ThreadwrightConfig.Encryption() {
            @Override
            public boolean enabled() {
                return enabled;
            }

            @Override
            public Optional<String> keyFile() {
                return Optional.ofNullable(keyFile).map(Path::toString);
            }

            @Override
            public int cachedKeys() {
                return 1;
            }

            @Override
            public Duration tick() {
                return Duration.ofSeconds(1);
            }
        };
    }
}
