package dev.threadwright.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.sealing.SealedException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;

/**
 * Master keys from a file: one a line, a name and 32 bytes as base64, the newest last. It wraps with the last and unwraps
 * with all, so a new one is a line more. Read at the start, and
 * again when a key is asked for that was not there: another server has it already.
 */
public final class MasterKeyFile implements KeyProvider {

    /** Of one file. */
    static final int MAX_KEYS = 1_000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final String COMMENT = "#";

    /** What nobody but the owner may do. Its group may read, since Kubernetes mounts secrets for that of the process. */
    private static final Set<PosixFilePermission> REFUSED = EnumSet.of(
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private final Path file;
    private volatile Keys keys;

    private MasterKeyFile(Path file, Keys keys) {
        this.file = file;
        this.keys = keys;
    }

    private record Keys(Map<String, DataKey> byName, String newest) {}

    /** @throws IllegalArgumentException naming file and line, if it cannot be used */
    public static MasterKeyFile read(Path file) {
        return new MasterKeyFile(file, keys(file));
    }

    private static Keys keys(Path file) {
        List<String> lines;
        try {
            refuseOpenToOthers(file);
            lines = Files.readAllLines(file, UTF_8);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file.toAbsolutePath() + " is not there", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file.toAbsolutePath() + " cannot be read: " + e, e);
        }
        Map<String, DataKey> keys = new LinkedHashMap<>();
        String newest = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith(COMMENT)) {
                continue;
            }
            newest = add(keys, line, file.toAbsolutePath() + ", line " + (i + 1) + ": ");
        }
        if (newest == null) {
            throw new IllegalArgumentException(
                    file.toAbsolutePath() + " has no key: threadwright master-key " + file + " makes one");
        }
        return new Keys(keys, newest);
    }

    private static String add(Map<String, DataKey> keys, String line, String place) {
        String[] parts = line.split("\\s+", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException(place + "a line is a name, a space and 32 bytes as base64");
        }
        String name = requireName(parts[0], place);
        byte[] key;
        try {
            key = Base64.getDecoder().decode(parts[1]);
        } catch (IllegalArgumentException e) {
            // Not its cause: that quotes the key.
            throw new IllegalArgumentException(place + "the key " + name + " is no base64");
        }
        if (key.length != DataKey.BYTES) {
            throw new IllegalArgumentException(
                    place + "the key " + name + " has " + key.length + " bytes; it must have " + DataKey.BYTES);
        }
        if (keys.putIfAbsent(name, new DataKey(0, key)) != null) {
            throw new IllegalArgumentException(place + "there is a key " + name + " above");
        }
        if (keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException(place + "there are more than " + MAX_KEYS + " keys");
        }
        return name;
    }

    private static String requireName(String name, String place) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(place + "a name is of letters, digits, dots, hyphens and underscores, at"
                    + " most 64, and begins with a letter or a digit");
        }
        return name;
    }

    /** Where the file system knows of such things. */
    private static void refuseOpenToOthers(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        Set<PosixFilePermission> granted = view.readAttributes().permissions();
        if (granted.stream().anyMatch(REFUSED::contains)) {
            throw new IllegalArgumentException(file.toAbsolutePath() + " may be used by others ("
                    + PosixFilePermissions.toString(granted) + "): chmod 600, or 640 for a group of the server's own");
        }
    }

    /**
     * Adds a new key to a file, which becomes its newest; makes the file if there is none, for its owner alone.
     *
     * @throws IllegalArgumentException if there is a key of that name, or the file cannot be used
     */
    public static void add(Path file, String name) {
        requireName(name, "");
        boolean isThere = Files.exists(file);
        if (isThere && keys(file).byName().containsKey(name)) {
            throw new IllegalArgumentException(file.toAbsolutePath() + " has a key " + name + " already");
        }
        byte[] key = Seal.fresh();
        String line = name + ' ' + Base64.getEncoder().encodeToString(key) + '\n';
        Arrays.fill(key, (byte) 0);
        try {
            if (isThere) {
                Files.writeString(file, onItsOwnLine(file, line), UTF_8, StandardOpenOption.APPEND);
            } else {
                create(file);
                Files.writeString(file, line, UTF_8);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(file.toAbsolutePath() + " cannot be written: " + e, e);
        }
    }

    private static String onItsOwnLine(Path file, String line) throws IOException {
        String before = Files.readString(file, UTF_8);
        return before.isEmpty() || before.endsWith("\n") ? line : '\n' + line;
    }

    /** Before there is a key in it. */
    private static void create(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null
                && Files.getFileStore(directory).supportsFileAttributeView(PosixFileAttributeView.class)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
    }

    @Override
    public String describe() {
        return file.toAbsolutePath() + " (" + String.join(", ", keys.byName().keySet()) + ")";
    }

    @Override
    public String newest() {
        return keys.newest();
    }

    @Override
    public WrappedKey wrap(byte[] dataKey, byte[] context) {
        String name = newest();
        return new WrappedKey(name, Seal.encrypt(key(name), dataKey, context));
    }

    @Override
    public byte[] unwrap(WrappedKey key, byte[] context) {
        try {
            return Seal.decrypt(key(key.masterKey()), key.bytes(), context);
        } catch (AEADBadTagException e) {
            throw new SealedException(
                    Reason.DAMAGED,
                    "The master key \"" + key.masterKey() + "\" of " + file.toAbsolutePath()
                            + " is another one than that which wrapped a data key under this name, or the data key is"
                            + " damaged",
                    e);
        }
    }

    private DataKey key(String name) {
        DataKey key = keys.byName().get(name);
        if (key == null) {
            key = again(name).byName().get(name);
        }
        if (key == null) {
            throw new SealedException(
                    Reason.NO_MASTER_KEY, "The master key \"" + name + "\" is none of those in " + describe());
        }
        return key;
    }

    private Keys again(String name) {
        try {
            Keys read = keys(file);
            keys = read;
            return read;
        } catch (IllegalArgumentException e) {
            throw new SealedException(
                    Reason.NO_MASTER_KEY,
                    "The master key \"" + name + "\" was none of those in the file, and that cannot be read again: "
                            + e.getMessage(),
                    e);
        }
    }
}
