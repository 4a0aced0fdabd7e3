package dev.threadwright.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One server per data directory. The operating system holds the lock, so that it ends with the process, however that
 * dies; whoever has it may therefore treat servers that still run on this directory as orphans.
 */
final class DataDirectoryLock implements AutoCloseable {
    private final FileChannel channel;

    private DataDirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    static DataDirectoryLock acquire(Path directory) {
        FileChannel channel = null;
        try {
            Files.createDirectories(directory);
            channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) != null) {
                return new DataDirectoryLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new EmbeddedStartException(
                    "The data directory %s cannot be used (%s): set %s to a directory that this user can write."
                            .formatted(directory, e, EmbeddedServers.DATA_DIRECTORY_KEY),
                    e);
        }
        throw new EmbeddedStartException(
                "Another Threadwright server is using the data directory %s: stop it, or give this one its own with %s."
                        .formatted(directory, EmbeddedServers.DATA_DIRECTORY_KEY));
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisJvm) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
