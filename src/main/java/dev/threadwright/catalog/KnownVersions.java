package dev.threadwright.catalog;

import dev.threadwright.catalog.StoredWorkflows.Key;
import dev.threadwright.catalog.StoredWorkflows.Name;
import dev.threadwright.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which versions there are, whether or not they can be used here; and what a name without a version stands for in a document,
 * by the order in which they were taken in. What is taken in at once is seen all, or not at all: one may run another.
 */
final class KnownVersions {

    /** What is written in Java comes before every document. */
    private static final long IN_JAVA = -1;

    private static final NavigableMap<Integer, Long> NONE = Collections.emptyNavigableMap();

    /** Documents alone; there may be one that is written in Java, too. */
    private final Set<Key> documents = ConcurrentHashMap.newKeySet();

    private volatile Order order;

    /**
     * Never changes.
     *
     * @param places by tenant and name, the newest version first
     * @param end of what is taken in next
     */
    private record Order(Map<String, Map<String, NavigableMap<Integer, Long>>> places, long end) {

        NavigableMap<Integer, Long> of(Name name) {
            return places.getOrDefault(name.tenant(), Map.of()).getOrDefault(name.name(), NONE);
        }

        Order with(Collection<Key> keys, long from) {
            Map<String, Map<String, NavigableMap<Integer, Long>>> changed = new HashMap<>(places);
            Map<Name, NavigableMap<Integer, Long>> copies = new HashMap<>();
            long place = from;
            for (Key key : keys) {
                copies.computeIfAbsent(key.name(), name -> {
                            NavigableMap<Integer, Long> copy = new TreeMap<>(Collections.reverseOrder());
                            copy.putAll(of(name));
                            return copy;
                        })
                        .putIfAbsent(key.ref().version(), from == IN_JAVA ? IN_JAVA : place++);
            }
            Map<String, Map<String, NavigableMap<Integer, Long>>> ofTenants = new HashMap<>();
            copies.forEach((name, versions) -> ofTenants
                    .computeIfAbsent(name.tenant(), tenant -> new HashMap<>(places.getOrDefault(tenant, Map.of())))
                    .put(name.name(), versions));
            changed.putAll(ofTenants);
            return new Order(changed, Math.max(0, place));
        }
    }

    KnownVersions(Collection<Key> inJava) {
        this.order = new Order(Map.of(), 0).with(inJava, IN_JAVA);
    }

    /** How many documents there are. */
    int size() {
        return documents.size();
    }

    boolean isTakenIn(Key document) {
        return documents.contains(document);
    }

    boolean contains(Key key) {
        return order.of(key.name()).containsKey(key.ref().version());
    }

    /** The versions under a name, the newest first; none if there is no such workflow. */
    Collection<Integer> under(Name name) {
        return Collections.unmodifiableSet(order.of(name).keySet());
    }

    /** Of one tenant; the others have none of them. */
    Set<String> names(String tenant) {
        return Collections.unmodifiableSet(
                order.places().getOrDefault(tenant, Map.of()).keySet());
    }

    /** Where what is taken in next will stand. */
    long end() {
        return order.end();
    }

    /** Where it stands; that is after all, if it is not there. */
    long place(Key key) {
        Order now = order;
        return now.of(key.name()).getOrDefault(key.ref().version(), now.end());
    }

    /**
     * What a name stands for at a place: the newest of those that came before. Null if there is none. What the tenant has of its
     * own comes before what everyone has.
     */
    @Nullable Key meant(String tenant, String name, long place) {
        Order now = order;
        for (Name owner : List.of(new Name(tenant, name), new Name(Catalog.EVERYONE, name))) {
            for (Map.Entry<Integer, Long> version : now.of(owner).entrySet()) {
                if (version.getValue() < place) {
                    return owner.version(version.getKey());
                }
            }
        }
        return null;
    }

    /** The tenant's own, or else everyone's; null if there is none. */
    @Nullable Key find(String tenant, WorkflowRef ref) {
        for (Key key : List.of(new Key(tenant, ref), new Key(Catalog.EVERYONE, ref))) {
            if (contains(key)) {
                return key;
            }
        }
        return null;
    }

    /** Those of some documents that become the newest under their names, when they are taken in. */
    List<Key> newest(Collection<Key> documents) {
        Order now = order;
        Map<Name, Integer> newest = new HashMap<>();
        documents.forEach(key -> newest.merge(key.name(), key.ref().version(), Math::max));
        List<Key> keys = new ArrayList<>();
        newest.forEach((name, version) -> {
            NavigableMap<Integer, Long> there = now.of(name);
            if (there.isEmpty() || there.firstKey() < version) {
                keys.add(name.version(version));
            }
        });
        return keys;
    }

    /** @return how many of them were not there before; in their order, they come after all others */
    synchronized int takeIn(Collection<Key> found) {
        List<Key> isNew = found.stream().filter(key -> !isTakenIn(key)).toList();
        order = order.with(isNew, order.end());
        // Who counts them may rely on it that they can be found.
        documents.addAll(isNew);
        return isNew.size();
    }
}
