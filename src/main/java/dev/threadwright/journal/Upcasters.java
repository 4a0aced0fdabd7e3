package dev.threadwright.journal;

import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Lifts events of older versions to the newest one, a version at a time.
 *
 * <p>To change an event's form: keep its golden files, add one for the new version, add the lift from the last version
 * here, and let {@link EventReader} read the new form. Only the release after that lets {@link EventWriter} write it,
 * so that servers of both releases can share a journal while one replaces the other.
 *
 * @param lifts by event type: the first lifts version 1 to 2, and so on
 */
record Upcasters(Map<String, List<UnaryOperator<Json.Obj>>> lifts) {

    static final Upcasters CURRENT = new Upcasters(Map.of());

    /** @throws UnreadableException if the version is newer than the newest one that is known */
    Json.Obj lift(String type, int version, Map<String, Json> fields) {
        List<UnaryOperator<Json.Obj>> chain = lifts.getOrDefault(type, List.of());
        if (version < 1 || version > chain.size() + 1) {
            throw new UnreadableException("Event " + type + " is of version " + version
                    + " and this release reads up to " + (chain.size() + 1) + "; this server needs an update");
        }
        Json.Obj lifted = Json.object(fields);
        for (UnaryOperator<Json.Obj> lift : chain.subList(version - 1, chain.size())) {
            lifted = lift.apply(lifted);
        }
        return lifted;
    }
}
