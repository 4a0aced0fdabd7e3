package dev.threadwright.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The main process of a Postgres cluster, as its {@code postmaster.pid} names it. */
record Postmaster(ProcessHandle process) {

    /**
     * The postmaster that runs on {@code cluster} now. The file may outlive its process, and its number may since belong
     * to anything; so a process counts only if it is a postgres working in, or started on, exactly this directory.
     */
    static Optional<Postmaster> runningOn(Path cluster) {
        return recordedPid(cluster)
                .flatMap(ProcessHandle::of)
                .filter(ProcessHandle::isAlive)
                .filter(process -> isPostgres(process, cluster))
                .map(Postmaster::new);
    }

    /**
     * Removes a {@code postmaster.pid} whose number has been given to some other living process, which Postgres itself
     * would take for a server. Those of dead processes stay: Postgres checks more about them than we could.
     */
    static void forgetStalePid(Path cluster) throws IOException {
        boolean reused = recordedPid(cluster)
                .flatMap(ProcessHandle::of)
                .filter(ProcessHandle::isAlive)
                .isPresent();
        if (reused && runningOn(cluster).isEmpty()) {
            Files.delete(pidFile(cluster));
        }
    }

    /**
     * Whether a process of this cluster is still there: those of a postmaster that was killed go by themselves, but until
     * then they may write. Where working directories cannot be seen, Postgres itself has to notice them.
     */
    static boolean hasProcesses(Path cluster) {
        return ProcessHandle.allProcesses().anyMatch(process -> isPostgres(process, cluster));
    }

    private static boolean isPostgres(ProcessHandle process, Path cluster) {
        if (!process.info().command().map(c -> c.endsWith("/postgres")).orElse(false)) {
            return false;
        }
        try {
            Path workingDirectory = Path.of("/proc", Long.toString(process.pid()), "cwd");
            if (Files.exists(workingDirectory)) {
                return workingDirectory.toRealPath().equals(cluster.toRealPath());
            }
        } catch (IOException unreadable) {
            // Not every system lets one see it: its arguments tell, too.
        }
        List<String> arguments = process.info().arguments().map(Arrays::asList).orElse(List.of());
        return arguments.contains(cluster.toString());
    }

    private static Optional<Long> recordedPid(Path cluster) {
        try (var lines = Files.lines(pidFile(cluster))) {
            return lines.findFirst().map(String::strip).map(Long::valueOf);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException | NumberFormatException e) {
            throw new EmbeddedStartException("The file " + pidFile(cluster) + " cannot be read: " + e, e);
        }
    }

    private static Path pidFile(Path cluster) {
        return cluster.resolve("postmaster.pid");
    }
}
