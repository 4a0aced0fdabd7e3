package dev.threadwright.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server holds in its heap, counted after a full collection.
 *
 * @param ownBytes of objects of our own classes; buffers and caches of others come and go
 * @param instances by class
 */
record LiveObjects(long ownBytes, Map<String, Long> instances) {

    private static final Pattern CLASS = Pattern.compile("(?m)^ *\\d+: +(\\d+) +(\\d+) +(\\S+)");

    static LiveObjects of(long pid) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String histogram = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("jcmd ended with " + process.exitValue() + ": " + histogram);
        }
        Map<String, Long> instances = new TreeMap<>();
        long ownBytes = 0;
        Matcher classes = CLASS.matcher(histogram);
        while (classes.find()) {
            instances.merge(classes.group(3), Long.parseLong(classes.group(1)), Long::sum);
            if (classes.group(3).startsWith("dev.threadwright.")) {
                ownBytes += Long.parseLong(classes.group(2));
            }
        }
        if (instances.isEmpty()) {
            throw new IllegalStateException("No histogram: " + histogram);
        }
        return new LiveObjects(ownBytes, instances);
    }

    long instances(Class<?> type) {
        return instances.getOrDefault(type.getName(), 0L);
    }
}
