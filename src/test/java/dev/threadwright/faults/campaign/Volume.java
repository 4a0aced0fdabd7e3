package dev.threadwright.faults.campaign;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disk of its own, so that it can be full: a file system in a file, mounted. Where the machine does not allow that it is a
 * plain directory, and says why.
 */
final class Volume implements AutoCloseable {
    private static final long BYTES = 8L << 30;

    /** What is not tried any more: no table and no log grows by less. */
    private static final long SMALLEST_BYTES = 4 * 1024;

    private final Path root;
    private final @Nullable String reason;
    private int ballast;

    private Volume(Path root, @Nullable String reason) {
        this.root = root;
        this.reason = reason;
    }

    static Volume in(Path directory, String name) {
        try {
            Path root = Files.createDirectories(directory.resolve(name));
            Path image = directory.resolve(name + ".image");
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(BYTES);
            }
            try {
                Commands.run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
                Commands.run("mount", "-o", "loop,discard", image.toString(), root.toString());
                return new Volume(root, null);
            } catch (IOException e) {
                Files.delete(image);
                return new Volume(root, String.valueOf(e.getMessage()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Why it cannot be filled; null if it can. */
    @Nullable String reason() {
        return reason;
    }

    /** The directory for data. */
    Path data() {
        return root.resolve("data");
    }

    /**
     * Leaves nothing that anybody could write to; again if somebody has made room meanwhile. In ever smaller pieces, since a file
     * system keeps some of what it calls usable for itself.
     */
    void fill() throws IOException, InterruptedException {
        for (long piece = Files.getFileStore(root).getUsableSpace(); piece >= SMALLEST_BYTES; piece /= 2) {
            try {
                Commands.run(
                        "fallocate",
                        "-l",
                        Long.toString(piece),
                        root.resolve("ballast-" + ballast++).toString());
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).contains("No space left")) {
                    throw e;
                }
            }
        }
    }

    void empty() throws IOException {
        try (var ballast = Files.newDirectoryStream(root, "ballast-*")) {
            for (Path file : ballast) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (reason == null) {
            Commands.run("umount", "-l", root.toString());
            Files.deleteIfExists(root.resolveSibling(root.getFileName() + ".image"));
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
