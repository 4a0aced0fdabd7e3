package dev.threadwright.expression;

import dev.threadwright.spi.DecisionPolicy;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.lang.annotation.Annotation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the custom policies that were deployed, and makes the judges that ask them. */
@ApplicationScoped
public class PolicyBeans {

    @Produces
    @Singleton
    CelConditions conditions() {
        return new CelConditions();
    }

    @Produces
    @Singleton
    PolicyCheck check(CelConditions conditions) {
        return new PolicyCheck(conditions);
    }

    @Produces
    @Singleton
    PolicyJudges judges(CelConditions conditions, @Any Instance<DecisionPolicy> beans) {
        return new PolicyJudges(conditions, byName(beans)::get);
    }

    /** @throws IllegalStateException if two have one name: which of them decides must not be up to chance */
    static Map<String, DecisionPolicy> byName(Instance<DecisionPolicy> beans) {
        Map<String, DecisionPolicy> policies = new HashMap<>();
        for (Instance.Handle<DecisionPolicy> handle : beans.handles()) {
            for (Annotation qualifier : handle.getBean().getQualifiers()) {
                String name = name(qualifier);
                DecisionPolicy other = name == null ? null : policies.put(name, handle.get());
                if (other != null && other != handle.get()) {
                    throw new IllegalStateException("Two DecisionPolicy beans are named \"" + name + "\"; one is "
                            + handle.getBean().getBeanClass().getName());
                }
            }
        }
        return policies;
    }

    private static @Nullable String name(Annotation qualifier) {
        return switch (qualifier) {
            case Named named -> named.value();
            case Identifier identifier -> identifier.value();
            default -> null;
        };
    }
}
