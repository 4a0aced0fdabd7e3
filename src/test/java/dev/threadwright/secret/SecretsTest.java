package dev.threadwright.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    private static final Map<String, String> CONFIGURED = Map.of(
            "threadwright.secrets.payments", "from the configuration",
            "threadwright.tenants.acme.secrets.payments", "acme's",
            "threadwright.secrets.\"dotted.name\"", "in quotes",
            "threadwright.secrets.directory", "where the files are");

    @TempDir
    private Path directory;

    private Secret find(String name) throws UnknownSecretException {
        return find("default", name);
    }

    private Secret find(String tenant, String name) throws UnknownSecretException {
        return new Secrets(key -> Optional.ofNullable(CONFIGURED.get(key)), directory).find(tenant, name);
    }

    @Test
    void a_tenant_has_its_own_and_no_others() throws Exception {
        Files.writeString(directory.resolve("mail"), "the server's");
        Files.createDirectory(directory.resolve("acme"));
        Files.writeString(directory.resolve("acme").resolve("files"), "acme's file");
        assertThat(find("acme", "payments").value()).isEqualTo("acme's");
        assertThat(find("acme", "files").value()).isEqualTo("acme's file");
        for (String tenant : List.of("acme", "globex")) {
            assertThatThrownBy(() -> find(tenant, "mail"))
                    .hasMessage(
                            "There is no secret \"mail\": set threadwright.tenants." + tenant + ".secrets.mail, or put"
                                    + " a file of that name into the directory " + tenant
                                    + " of threadwright.secrets.directory");
        }
        assertThatThrownBy(() -> find("globex", "payments")).isInstanceOf(UnknownSecretException.class);
        assertThatThrownBy(() -> find("globex", "files")).isInstanceOf(UnknownSecretException.class);
        assertThatThrownBy(() -> find("files")).isInstanceOf(UnknownSecretException.class);
        assertThatThrownBy(() -> find("acme")).isInstanceOf(UnknownSecretException.class);
    }

    @Test
    void the_configuration_has_one_or_else_the_directory() throws Exception {
        Files.writeString(directory.resolve("payments"), "from a file");
        Files.writeString(directory.resolve("mail.key"), "from a file\n");
        Files.writeString(directory.resolve("windows"), "from a file\r\n");
        assertThat(find("payments").value()).isEqualTo("from the configuration");
        assertThat(find("mail.key").value()).isEqualTo("from a file");
        assertThat(find("dotted.name").value()).isEqualTo("in quotes");
        assertThat(find("windows").value()).isEqualTo("from a file");
        Files.writeString(directory.resolve("mail.key"), "rotated");
        assertThat(find("mail.key").value()).isEqualTo("rotated");
    }

    @Test
    void a_secret_has_its_name_for_a_text() throws Exception {
        assertThat(find("payments")).hasToString("[secret payments]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "directory", "empty", "sub"})
    void one_that_is_not_there_is_named_with_where_it_could_be(String name) throws IOException {
        Files.writeString(directory.resolve("empty"), "\n");
        Files.createDirectory(directory.resolve("sub"));
        assertThatThrownBy(() -> find(name))
                .isInstanceOf(UnknownSecretException.class)
                .hasMessage("There is no secret \"" + name + "\": set threadwright.secrets." + name
                        + ", or put a file of that name into threadwright.secrets.directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../x", "a/b", ".hidden", "a b", "a\\b"})
    void a_name_leads_out_of_no_directory(String name) {
        assertThat(Secrets.isName(name)).isFalse();
        assertThatThrownBy(() -> find(name)).hasMessageContaining("No secret can be called");
    }

    @Test
    void a_secret_is_one_line_and_has_a_largest_size() throws IOException {
        Files.writeString(directory.resolve("lines"), "hidden\nhidden");
        Files.writeString(directory.resolve("large"), "x".repeat(Secrets.MAX_BYTES + 1));
        assertThatThrownBy(() -> find("lines")).hasMessage("The secret \"lines\" is not one line of printable ASCII");
        assertThatThrownBy(() -> find("large"))
                .hasMessage("The file of the secret \"large\" is too large: at most 16384 bytes");
    }

    @Test
    void a_secret_is_taken_out_wherever_and_however_it_stands() throws IOException {
        Redaction redaction = new Redaction(List.of(new Secret("a", "4711"), new Secret("b", "4711\"/+0815 z")));
        assertThat(redaction.of("4711, 4711\"/+0815 z, 4711\\\"/+0815 z, 4711%22%2F%2B0815+z, 4711%22%2F%2B0815%20z,"
                        + " NDcxMSIvKzA4MTUgeg=="))
                .isEqualTo("[secret a], [secret b], [secret b], [secret b], [secret b], [secret b]");
        assertThat(redaction.of(JsonText.parse("{\"x4711\": [4711, 14711.5, \"4711\", true, null, {\"y\": 7}]}")))
                .isEqualTo(JsonText.parse("{\"x[secret a]\": [\"[secret a]\", \"1[secret a].5\", \"[secret a]\", true,"
                        + " null, {\"y\": 7}]}"));
        assertThat(new Redaction(List.of()).of("4711")).isEqualTo("4711");
    }
}
