package dev.threadwright.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Metrics as Prometheus reads them, in its text format. */
public record Exposition(String text, Map<String, Family> families, List<Sample> samples) {

    private static final Pattern TYPE = Pattern.compile("# TYPE (\\w+) (\\w+)");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** @param labels of any of its samples */
    public record Family(String type, Set<String> labels) {}

    public record Sample(String name, Map<String, String> labels, double value) {}

    public static Exposition of(String text) {
        Map<String, Family> families = new TreeMap<>();
        List<Sample> samples = new ArrayList<>();
        Family current = null;
        for (String line : text.lines().toList()) {
            Matcher type = TYPE.matcher(line);
            if (type.matches()) {
                current = new Family(type.group(2), new TreeSet<>());
                families.put(type.group(1), current);
            } else if (!line.startsWith("#") && !line.isBlank()) {
                Matcher sample = SAMPLE.matcher(line);
                if (!sample.matches() || current == null) {
                    throw new AssertionError("No sample: " + line);
                }
                Map<String, String> labels = new HashMap<>();
                if (sample.group(2) != null) {
                    LABEL.matcher(sample.group(2))
                            .results()
                            .forEach(label -> labels.put(label.group(1), label.group(2)));
                }
                current.labels().addAll(labels.keySet());
                samples.add(new Sample(sample.group(1), labels, value(sample.group(3))));
            }
        }
        return new Exposition(text, families, samples);
    }

    private static double value(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    public boolean has(String name) {
        return samples.stream().anyMatch(sample -> sample.name().equals(name));
    }

    /** Of the samples with these labels: {@code policy=queue,decision=start}; empty for all. */
    public double sum(String name, String labels) {
        Map<String, String> wanted = new HashMap<>();
        LABELS.matcher(labels).results().forEach(label -> wanted.put(label.group(1), label.group(2)));
        return samples.stream()
                .filter(sample ->
                        sample.name().equals(name) && sample.labels().entrySet().containsAll(wanted.entrySet()))
                .mapToDouble(Sample::value)
                .sum();
    }

    private static final Pattern LABELS = Pattern.compile("(\\w+)=([^,]+)");

    public Set<String> labels(String name) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name))
                .flatMap(sample -> sample.labels().keySet().stream())
                .collect(Collectors.toSet());
    }

    public Set<String> values(String name, String label) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name) && sample.labels().containsKey(label))
                .map(sample -> sample.labels().get(label))
                .collect(Collectors.toSet());
    }
}
