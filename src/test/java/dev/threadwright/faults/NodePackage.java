package dev.threadwright.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Packages of Node with a lock file, installed below target, and what is run in them. */
final class NodePackage {

    private static final int INSTALL_MINUTES = 5;

    private NodePackage() {}

    /** A copy of the package, with the packages of its lock file. */
    static Path install(Path source, String name) throws IOException, InterruptedException {
        Path copy = Files.createDirectories(Path.of("target", name));
        try (var files = Files.list(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.write(copy.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
        Path log = copy.resolve("install.log");
        int code = run(copy, log, INSTALL_MINUTES, Map.of(), List.of(npm(), "ci", "--no-audit", "--no-fund"));
        assertTrue(code == 0, () -> "npm ci ended with " + code + "; it is in " + log);
        return copy;
    }

    static String npm() {
        return System.getProperty("threadwright.npm", "npm");
    }

    static int run(Path directory, Path output, int minutes, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toAbsolutePath().toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
                throw new AssertionError(command + " is not done after " + minutes + " minutes; see " + output);
            }
            return process.exitValue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
