package dev.threadwright.faults.campaign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The clock on the wall of one process: a library that is loaded before libc adds an offset, which it reads from a file. The
 * machine's own clock, which others use, is left alone. Needs a C compiler and Linux.
 */
final class Clock {
    private static final String SOURCE = "/faults/clock.c";

    private final Path library;
    private final Path offset;

    private Clock(Path library, Path offset) {
        this.library = library;
        this.offset = offset;
    }

    /** The library, or null and why there is none. */
    record Library(@Nullable Path path, @Nullable String reason) {

        static Library in(Path directory) {
            Path source = directory.resolve("clock.c");
            Path library = directory.resolve("clock.so");
            try (var text = Clock.class.getResourceAsStream(SOURCE)) {
                if (text == null) {
                    throw new IllegalStateException(SOURCE + " is missing");
                }
                Files.write(source, text.readAllBytes());
                Commands.run("cc", "-shared", "-fPIC", "-O2", "-o", library.toString(), source.toString(), "-ldl");
                return new Library(library, null);
            } catch (IOException e) {
                return new Library(null, "no clock of its own for a process: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Library(null, "interrupted");
            }
        }

        @Nullable Clock of(Path directory, String name) throws IOException {
            if (path == null) {
                return null;
            }
            Clock clock = new Clock(path, directory.resolve(name + ".clock"));
            clock.set(0);
            return clock;
        }
    }

    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD",
                library.toAbsolutePath().toString(),
                "FAULTS_CLOCK",
                offset.toAbsolutePath().toString());
    }

    /** In place, because the process has the file mapped. */
    void set(long offsetMs) throws IOException {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(offsetMs)
                .array();
        try (var file = Files.newByteChannel(
                offset, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(bytes));
        }
    }
}
