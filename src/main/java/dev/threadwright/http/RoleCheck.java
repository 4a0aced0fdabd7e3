package dev.threadwright.http;

import dev.threadwright.security.Caller;
import dev.threadwright.security.Role;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ResourceInfo;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Refuses whoever lacks the role that a method needs, before the method's request is read. */
@Singleton
public class RoleCheck {

    private final Map<Method, Need> needs = new ConcurrentHashMap<>();

    /** What a method asks of its callers. */
    sealed interface Need {
        record Of(Role role) implements Need {}

        record None() implements Need {}

        /** Somebody forgot to say; nobody may. */
        record Unsaid() implements Need {}
    }

    @ServerRequestFilter
    void check(ResourceInfo resource) {
        Method method = resource.getResourceMethod();
        switch (needs.computeIfAbsent(method, RoleCheck::need)) {
            case Need.Of(Role role) -> {
                Caller caller = CurrentCaller.orNull();
                if (caller == null) {
                    throw Identification.unknown("Say who you are");
                }
                CurrentCaller.require(caller, role);
            }
            case Need.None() -> {}
            case Need.Unsaid() ->
                throw new IllegalStateException(method + " says neither @Needs nor @ForAnybody, so nobody may call it");
        }
    }

    static Need need(Method method) {
        Class<?> resource = method.getDeclaringClass();
        if (method.isAnnotationPresent(ForAnybody.class)) {
            return new Need.None();
        }
        Needs own = method.getAnnotation(Needs.class);
        if (own != null) {
            return new Need.Of(own.value());
        }
        Needs all = resource.getAnnotation(Needs.class);
        if (all != null) {
            return new Need.Of(all.value());
        }
        return resource.isAnnotationPresent(ForAnybody.class) ? new Need.None() : new Need.Unsaid();
    }
}
