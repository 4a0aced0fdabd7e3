package dev.threadwright.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.sealing.SealedException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterKeyFileTest {

    private static final byte[] CONTEXT = {1};

    @TempDir
    Path directory;

    @Test
    void theNewestKeyWrapsAndAllUnwrap() {
        Path file = directory.resolve("keys");
        MasterKeyFile.add(file, "2026-01");
        byte[] key = Seal.fresh();
        WrappedKey old = MasterKeyFile.read(file).wrap(key, CONTEXT);
        MasterKeyFile.add(file, "2026-02");

        MasterKeyFile both = MasterKeyFile.read(file);
        assertThat(both.newest()).isEqualTo("2026-02");
        assertThat(both.unwrap(old, CONTEXT)).isEqualTo(key);
        WrappedKey anew = both.wrap(key, CONTEXT);
        assertThat(anew.masterKey()).isEqualTo("2026-02");
        assertThat(both.unwrap(anew, CONTEXT)).isEqualTo(key);
        assertThat(both.describe()).contains(file.toString(), "2026-01", "2026-02");
    }

    @Test
    void aKeyThatIsAddedWhileAServerRunsIsFoundWhenItIsNeeded() throws IOException {
        Path file = directory.resolve("keys");
        MasterKeyFile.add(file, "a");
        MasterKeyFile running = MasterKeyFile.read(file);
        MasterKeyFile.add(file, "b");
        byte[] key = Seal.fresh();
        WrappedKey byAnother = MasterKeyFile.read(file).wrap(key, CONTEXT);
        assertThat(running.newest()).isEqualTo("a");
        assertThat(running.unwrap(byAnother, CONTEXT)).isEqualTo(key);
        assertThat(running.newest()).isEqualTo("b");

        Files.writeString(file, "nonsense");
        assertThatThrownBy(() -> running.unwrap(new WrappedKey("c", byAnother.bytes()), CONTEXT))
                .hasMessageContaining("line 1")
                .satisfies(e -> isFor(e, Reason.NO_MASTER_KEY));
        assertThat(running.unwrap(byAnother, CONTEXT))
                .as("what it has read it keeps")
                .isEqualTo(key);
    }

    @Test
    void aKeyIsBoundToWhoseItIsAndToItsMasterKey() throws IOException {
        Path file = directory.resolve("keys");
        MasterKeyFile.add(file, "a");
        MasterKeyFile keys = MasterKeyFile.read(file);
        WrappedKey wrapped = keys.wrap(Seal.fresh(), CONTEXT);
        assertThatThrownBy(() -> keys.unwrap(wrapped, new byte[] {2})).satisfies(e -> isFor(e, Reason.DAMAGED));
        assertThatThrownBy(() -> keys.unwrap(new WrappedKey("b", wrapped.bytes()), CONTEXT))
                .hasMessageContaining("\"b\" is none of those in")
                .satisfies(e -> isFor(e, Reason.NO_MASTER_KEY));
        Files.delete(file);
        MasterKeyFile.add(file, "a");
        assertThatThrownBy(() -> MasterKeyFile.read(file).unwrap(wrapped, CONTEXT))
                .as("another key of the same name")
                .hasMessageContaining("is another one than that which wrapped")
                .satisfies(e -> isFor(e, Reason.DAMAGED));
    }

    @Test
    void whatIsWrongIsNamedByFileAndLine() throws IOException {
        String key = Base64.getEncoder().encodeToString(Seal.fresh());
        assertThat(MasterKeyFile.read(written("# a comment\n\n  a " + key + "  \n"))
                        .newest())
                .isEqualTo("a");
        refused("a " + key + "\nb", "line 2: a line is a name, a space and 32 bytes as base64");
        refused("a " + key + " c", "line 1: a line is");
        refused("# x\na AAAA", "line 2: the key a has 3 bytes; it must have 32");
        refused("a ????", "line 1: the key a is no base64");
        refused("a " + key + "\na " + key, "line 2: there is a key a above");
        refused("-a " + key, "line 1: a name is of letters");
        refused("# nothing\n", "has no key: threadwright master-key");
        assertThatThrownBy(() -> MasterKeyFile.read(directory.resolve("missing")))
                .hasMessageContaining("is not there");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i <= MasterKeyFile.MAX_KEYS; i++) {
            many.append("k").append(i).append(' ').append(key).append('\n');
        }
        refused(many.toString(), "line 1001: there are more than 1000 keys");
    }

    @Test
    void aMessageNeverQuotesAKey() throws IOException {
        String secret = "not-base64-but-secret!";
        assertThatThrownBy(() -> MasterKeyFile.read(written("a " + secret)))
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain(secret));
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws IOException {
        Path file = directory.resolve("keys");
        MasterKeyFile.add(file, "a");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        for (String granted : new String[] {"rw----r--", "rw--w----", "rw-----w-", "rw------x"}) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(granted));
            assertThatThrownBy(() -> MasterKeyFile.read(file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(granted);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r-----"));
        assertThat(MasterKeyFile.read(file).newest())
                .as("as Kubernetes mounts it")
                .isEqualTo("a");
    }

    @Test
    void aNameIsTakenOnce_andALastLineThatIsNotEndedIsLeftWhole() throws IOException {
        Path file = written("a " + Base64.getEncoder().encodeToString(Seal.fresh()));
        MasterKeyFile.add(file, "b");
        assertThat(MasterKeyFile.read(file).newest()).isEqualTo("b");
        assertThatThrownBy(() -> MasterKeyFile.add(file, "a")).hasMessageContaining("has a key a already");
        assertThatThrownBy(() -> MasterKeyFile.add(file, "a b")).hasMessageContaining("a name is of letters");
    }

    private void refused(String content, String message) throws IOException {
        Path file = written(content);
        assertThatThrownBy(() -> MasterKeyFile.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }

    private Path written(String content) throws IOException {
        Path file = directory.resolve("written");
        Files.writeString(file, content, UTF_8);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static void isFor(Throwable failure, Reason reason) {
        assertThat(((SealedException) failure).reason()).isEqualTo(reason);
    }
}
