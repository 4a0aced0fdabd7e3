package dev.threadwright.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the JVM has learnt from one start of the packaged server, so that the others are quick: classes that are loaded and
 * linked (JEP 483, 514). What runs is the package all the same, and the JVM does without where the cache does not fit it.
 */
final class AotCache {

    /** Not how often what was called: who reads that compiles more at the start, and most are killed soon after. */
    private static final List<String> CLASSES_ALONE =
            List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining");

    private static @Nullable String option;

    private AotCache() {}

    /** The option of a JVM that runs the package. The first one to ask, of all processes, makes the cache. */
    static synchronized List<String> ofThePackage() {
        if (option == null) {
            option = "-XX:AOTCache=" + made();
        }
        return List.of(option);
    }

    private static Path made() {
        try {
            Path cache = ServerProcess.directory()
                    .resolve("server-" + Runtime.version().feature() + ".aot")
                    .toAbsolutePath();
            try (FileChannel lock = FileChannel.open(
                    cache.resolveSibling("aot.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lock.lock();
                if (!Files.exists(cache) || Files.getLastModifiedTime(cache).compareTo(newestOfThePackage()) < 0) {
                    Path fresh = cache.resolveSibling("fresh.aot");
                    Files.deleteIfExists(fresh);
                    learn(fresh);
                    Files.move(fresh, cache, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            return cache;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static FileTime newestOfThePackage() throws IOException {
        try (Stream<Path> files = Files.walk(ServerProcess.packaged())) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .map(file -> file.toFile().lastModified())
                    .max(Long::compare)
                    .map(FileTime::fromMillis)
                    .orElseThrow(() -> new IllegalStateException("There is no " + ServerProcess.packaged()));
        }
    }

    private static void learn(Path to) throws InterruptedException {
        String ended = ServerProcess.command(
                Map.of(),
                Stream.concat(CLASSES_ALONE.stream(), Stream.of("-XX:AOTCacheOutput=" + to))
                        .toList(),
                "rehearse");
        if (!ended.startsWith("0: ") || !Files.exists(to)) {
            throw new IllegalStateException("No cache. The rehearsal ended with " + ended);
        }
    }
}
