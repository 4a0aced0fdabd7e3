package dev.threadwright.secret;

import dev.threadwright.thread.ThreadKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of each tenant by name: from the server's configuration, else from a directory that has a file for each. The
 * default tenant's are those of the server; another tenant has its own and no others. Looked up anew each time, so that a
 * file may be replaced while the server runs.
 */
public final class Secrets {

    /** Of a secret; bytes. */
    public static final int MAX_BYTES = 16_384;

    /** Where the configuration has them. */
    private static final String PREFIX = "threadwright.secrets.";

    /** The name that the configuration uses for something else. */
    private static final String DIRECTORY = "directory";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final Function<String, Optional<String>> configured;
    private final @Nullable Path directory;

    /**
     * @param configured a key's value in the configuration
     * @param directory null if there is none
     */
    public Secrets(Function<String, Optional<String>> configured, @Nullable Path directory) {
        this.configured = configured;
        this.directory = directory;
    }

    /** Whether a secret may be called that: letters, digits, {@code .}, {@code _} and {@code -}. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * @param tenant whose step sends it
     * @throws UnknownSecretException if the tenant has no such secret, or it is no line of text
     */
    public Secret find(String tenant, String name) throws UnknownSecretException {
        if (!isName(name)) {
            throw new UnknownSecretException("No secret can be called \"" + name + "\"");
        }
        boolean isServers = tenant.equals(ThreadKey.DEFAULT_TENANT);
        String key = key(isServers ? PREFIX : "threadwright.tenants." + tenant + ".secrets.", name);
        Optional<String> given = isServers && name.equals(DIRECTORY) ? Optional.empty() : configured.apply(key);
        Path own = directory == null || isServers ? directory : directory.resolve(tenant);
        String value = given.isPresent() ? given.get() : ofFile(own, name);
        if (value == null || value.isEmpty()) {
            throw new UnknownSecretException("There is no secret \"" + name + "\": set " + key
                    + ", or put a file of that name into "
                    + (isServers ? "" : "the directory " + tenant + " of ")
                    + PREFIX + DIRECTORY);
        }
        if (!value.chars().allMatch(one -> one >= 0x20 && one < 0x7f)) {
            throw new UnknownSecretException("The secret \"" + name + "\" is not one line of printable ASCII");
        }
        return new Secret(name, value);
    }

    /** A dot would end the name, but in quotes. */
    private static String key(String prefix, String name) {
        return prefix + (name.contains(".") ? '"' + name + '"' : name);
    }

    /** Editors end the last line, and it is not the secret's. */
    private static @Nullable String ofFile(@Nullable Path directory, String name) throws UnknownSecretException {
        Path file = directory == null ? null : directory.resolve(name);
        if (file == null || !Files.isRegularFile(file)) {
            return null;
        }
        try (InputStream content = Files.newInputStream(file)) {
            byte[] bytes = content.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new UnknownSecretException(
                        "The file of the secret \"" + name + "\" is too large: at most " + MAX_BYTES + " bytes");
            }
            String text = new String(bytes, StandardCharsets.UTF_8);
            return text.endsWith("\r\n")
                    ? text.substring(0, text.length() - 2)
                    : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        } catch (IOException e) {
            throw new UnknownSecretException("The file of the secret \"" + name + "\" cannot be read: "
                    + e.getClass().getSimpleName());
        }
    }
}
