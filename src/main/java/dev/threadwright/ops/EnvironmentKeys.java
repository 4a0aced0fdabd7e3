package dev.threadwright.ops;

import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Variables that look like keys of the server and are none. Unlike keys elsewhere they stop nothing: an environment is shared
 * with other programs, some of which are told of this server by such names.
 */
public final class EnvironmentKeys {

    private static final String PREFIX = "THREADWRIGHT_";

    /** What stands for a name that whoever configures it chooses. */
    private static final String ANY = "*";

    /** In a key: up to a point that is not quoted. */
    private static final Pattern NAME = Pattern.compile("\"[^\"]*\"|[^.]+");

    /** In a variable: nobody could tell where a name of several words ends, unless it stands between quotes, which are _ here. */
    private static final String ONE_WORD = "([^_]+|_.+_)";

    /** Values by names are looked up by these. */
    private static final String TO_THE_END = ".+";

    private EnvironmentKeys() {}

    /** What to say of each variable of this process that looks like a key and is none. @param configured as in {@link #unknown} */
    public static List<String> warnings(Supplier<? extends Iterable<String>> configured) {
        return unknown(System.getenv().keySet(), configured).stream()
                .map(name ->
                        "Environment variable " + name + " is no key of this server; keys are in docs/configuration.md")
                .toList();
    }

    /**
     * @param variables their names
     * @param configured keys that there are, from wherever; variables may give others for the names in them. Not asked
     *     for if none of the variables looks like a key
     */
    static List<String> unknown(Collection<String> variables, Supplier<? extends Iterable<String>> configured) {
        List<String> ours =
                variables.stream().filter(name -> name.startsWith(PREFIX)).toList();
        if (ours.isEmpty()) {
            return ours;
        }
        List<String> others = new ArrayList<>();
        configured.get().forEach(others::add);
        List<Pattern> known =
                ConfigMappings.getProperties(ConfigClass.configClass(ThreadwrightConfig.class)).keySet().stream()
                        .flatMap(key -> Stream.concat(Stream.of(key), named(key, others)))
                        .map(EnvironmentKeys::variable)
                        .toList();
        return ours.stream()
                .filter(name ->
                        known.stream().noneMatch(key -> key.matcher(name).matches()))
                .sorted()
                .toList();
    }

    /** The key with each name that stands in its place in those that are configured. */
    private static Stream<String> named(String key, Collection<String> configured) {
        int any = key.indexOf(ANY);
        return any < 0
                ? Stream.empty()
                : configured.stream()
                        .filter(other -> other.startsWith(key.substring(0, any)))
                        .map(other -> NAME.matcher(other.substring(any)))
                        .filter(Matcher::lookingAt)
                        .map(name -> key.substring(0, any) + name.group() + key.substring(any + 1));
    }

    /** As the configuration's sources find it: in capitals, with _ for all else. */
    private static Pattern variable(String key) {
        return Pattern.compile(IntStream.range(0, key.length())
                .mapToObj(at -> variable(key, at))
                .collect(Collectors.joining()));
    }

    private static String variable(String key, int at) {
        String letter = key.substring(at, at + 1);
        if (letter.equals(ANY)) {
            return at == key.length() - 1 ? TO_THE_END : ONE_WORD;
        }
        return letter.matches("[a-zA-Z0-9]") ? letter.toUpperCase(Locale.ROOT) : "_";
    }
}
