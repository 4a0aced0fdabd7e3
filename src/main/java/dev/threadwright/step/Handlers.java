package dev.threadwright.step;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The in-process handlers of this server, by name. */
@ApplicationScoped
public class Handlers {

    private final Map<String, StepHandler> byName = new TreeMap<>();

    public Handlers(@Any Instance<StepHandler> reactive, @Any Instance<BlockingStepHandler> blocking) {
        reactive.forEach(this::add);
        blocking.forEach(handler -> add(new BlockingSteps(handler)));
    }

    private void add(StepHandler handler) {
        if (byName.put(handler.name(), handler) != null) {
            throw new IllegalStateException("Two step handlers are called \"" + handler.name() + "\"");
        }
    }

    /** Null if there is none. */
    public @Nullable StepHandler find(String name) {
        return byName.get(name);
    }

    public Set<String> names() {
        return Set.copyOf(byName.keySet());
    }
}
