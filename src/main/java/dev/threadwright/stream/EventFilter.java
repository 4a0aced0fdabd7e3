package dev.threadwright.stream;

import dev.threadwright.contract.ProtocolEvent;
import java.util.List;
import java.util.Set;

/**
 * What a client of the newer protocol wants to be told.
 *
 * @param namespaces whose graphs, and what is below them; empty for all
 * @param depth how far below; negative for any
 */
public record EventFilter(Set<String> channels, List<List<String>> namespaces, int depth) {

    /** The channels that there are; {@code custom:} with a name besides. */
    public static final Set<String> CHANNELS =
            Set.of("values", "updates", "messages", "tools", "lifecycle", "input", "checkpoints", "tasks", "custom");

    private static final String NAMED = "custom:";

    public EventFilter {
        channels = Set.copyOf(channels);
        namespaces = namespaces.stream().map(List::copyOf).toList();
    }

    public static boolean isChannel(String name) {
        return CHANNELS.contains(name) || name.startsWith(NAMED) && name.length() > NAMED.length();
    }

    boolean wants(ProtocolEvent event) {
        return wantsChannel(event.channel())
                && (namespaces.isEmpty() && (depth < 0 || event.namespace().size() <= depth)
                        || namespaces.stream()
                                .anyMatch(prefix -> Namespaces.isBelow(prefix, depth, event.namespace())));
    }

    private boolean wantsChannel(String channel) {
        return channels.contains(channel) || channel.startsWith(NAMED) && channels.contains("custom");
    }
}
