package dev.threadwright.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The bundled Postgres programs of this platform, unpacked once into a directory named after their archive's size. */
record PostgresBinaries(Path home) {

    private static final String UNFINISHED = "unpacking";

    /**
     * Unpacks beside the target and renames, so that a directory with the final name is always whole. Nobody else does so just
     * now: what was left unfinished is nobody's.
     */
    static PostgresBinaries unpackInto(Path parent) {
        String archive = archiveName();
        try (InputStream resource = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
            if (resource == null) {
                throw new EmbeddedStartException(
                        "There is no embedded Postgres for this platform (%s %s): set %s to use your own."
                                .formatted(
                                        System.getProperty("os.name"),
                                        System.getProperty("os.arch"),
                                        EmbeddedServers.POSTGRES_URL_KEY));
            }
            byte[] packed = resource.readAllBytes();
            Path home = parent.resolve("binaries-" + packed.length);
            if (!Files.isDirectory(home)) {
                Files.createDirectories(parent);
                deleteUnfinished(parent);
                Path unfinished = Files.createTempDirectory(parent, UNFINISHED);
                unpack(new java.io.ByteArrayInputStream(packed), unfinished);
                Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
                Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
            }
            return new PostgresBinaries(home);
        } catch (IOException e) {
            throw new EmbeddedStartException(
                    "The embedded Postgres could not be unpacked into " + parent + ": " + e, e);
        }
    }

    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    private static String archiveName() {
        String system =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String machine = System.getProperty("os.arch", "").equals("aarch64") ? "arm_64" : "x86_64";
        return "postgres-" + system + "-" + machine + ".txz";
    }

    private static void unpack(InputStream packed, Path target) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new BufferedInputStream(new XZInputStream(packed), 1 << 16))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("an entry leaves the archive: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.resolveSibling("."));
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(path, target.resolve(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    boolean executable = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    private static void deleteUnfinished(Path parent) throws IOException {
        try (Stream<Path> left = Files.list(parent)) {
            for (Path each : left.filter(path -> path.getFileName().toString().startsWith(UNFINISHED))
                    .toList()) {
                deleteTree(each);
            }
        }
    }

    static void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
