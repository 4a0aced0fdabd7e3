package dev.threadwright.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.spi.DecisionPolicy;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.policy.MergePolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.RejectPolicy;
import dev.threadwright.thread.policy.Situation;
import dev.threadwright.workflow.Json;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class PolicyBeansTest {

    private static final Input INPUT =
            new Input(new Identity("/test", "i1"), Input.Type.USER_INPUT, null, Json.EMPTY_OBJECT);

    @Inject
    PolicyJudges judges;

    @ApplicationScoped
    @Named("night-shift")
    static class NightShift implements DecisionPolicy {
        @Override
        public Policy choose(Input input, Situation situation) {
            return new RejectPolicy();
        }
    }

    @ApplicationScoped
    @Identifier("day-shift") static class DayShift implements DecisionPolicy {
        @Override
        public Policy choose(Input input, Situation situation) {
            return new MergePolicy();
        }
    }

    @Test
    void findsDeployedPoliciesByNameAndByIdentifier() {
        assertThat(judges.choose("night-shift", INPUT, Situation.IDLE)).isEqualTo(new RejectPolicy());
        assertThat(judges.choose("day-shift", INPUT, Situation.IDLE)).isEqualTo(new MergePolicy());
        assertThatThrownBy(() -> judges.choose("no-shift", INPUT, Situation.IDLE))
                .hasMessageContaining("no DecisionPolicy bean");
    }
}
