package dev.threadwright.faults.campaign;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes what a process prints to a file, up to a size; what is more is read and forgotten, so that it never blocks. */
final class BoundedLog {
    private static final long MAX_BYTES = 16L << 20;

    private BoundedLog() {}

    static void keep(InputStream printed, Path file) {
        // Not a virtual one: reading what a process prints holds its carrier, and with few processors the proxies get
        // none.
        Thread.ofPlatform().daemon().name("log-" + file.getFileName()).start(() -> {
            byte[] bytes = new byte[8 * 1024];
            try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                for (int length = printed.read(bytes); length >= 0; length = printed.read(bytes)) {
                    if (Files.size(file) < MAX_BYTES) {
                        out.write(bytes, 0, length);
                    }
                }
            } catch (IOException e) {
                System.err.println("faults: the log " + file + " is cut: " + e);
            }
        });
    }
}
