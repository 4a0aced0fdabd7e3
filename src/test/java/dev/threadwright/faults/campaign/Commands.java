package dev.threadwright.faults.campaign;

import java.io.IOException;
import java.util.List;

/** Programs of the system that the campaign needs. */
final class Commands {
    private Commands() {}

    /** What it printed; an exception has that as its message if it failed. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", List.of(command)) + ": " + output.strip());
        }
        return output;
    }
}
