package dev.threadwright.ops;

import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Variables that look like keys of the server and are none. Unlike keys elsewhere they stop nothing: an environment is shared
 * with other programs, some of which are told of this server by such names.
 */
final class EnvironmentKeys {

    private static final String PREFIX = "THREADWRIGHT_";

    /** What stands for a name that whoever configures it chooses. */
    private static final String ANY = "*";

    private EnvironmentKeys() {}

    /** @param variables their names */
    static List<String> unknown(Collection<String> variables) {
        List<String> ours =
                variables.stream().filter(name -> name.startsWith(PREFIX)).toList();
        if (ours.isEmpty()) {
            return ours;
        }
        List<Pattern> known =
                ConfigMappings.getProperties(ConfigClass.configClass(ThreadwrightConfig.class)).keySet().stream()
                        .map(EnvironmentKeys::variable)
                        .toList();
        return ours.stream()
                .filter(name ->
                        known.stream().noneMatch(key -> key.matcher(name).matches()))
                .sorted()
                .toList();
    }

    /** As the configuration's sources find it: in capitals, with _ for all else. */
    private static Pattern variable(String key) {
        return Pattern.compile(key.codePoints()
                .mapToObj(Character::toString)
                .map(letter -> letter.equals(ANY)
                        ? ".+"
                        : letter.matches("[a-zA-Z0-9]") ? letter.toUpperCase(Locale.ROOT) : "_")
                .collect(Collectors.joining()));
    }
}
