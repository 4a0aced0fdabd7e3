package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import javax.management.ObjectName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class QuietClientsTest {

    private static final String REPORTERS = "metric.reporters";
    private static final String PUSH = "enable.metrics.push";

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    /** Of the channel, and of the loops. Those of tests and of the broker are in the same process. */
    @Test
    void noClientOfTheServerTellsJmx() throws Exception {
        var beans = ManagementFactory.getPlatformMBeanServer();
        assertThat(beans.queryNames(new ObjectName("kafka.producer:client-id=kafka-producer-commands,*"), null))
                .isEmpty();
        assertThat(beans.queryNames(new ObjectName("kafka.consumer:client-id=*input*,*"), null))
                .isEmpty();
    }

    @Test
    void whoWantsItSaysSo() {
        assertThat(QuietClients.in(new HashMap<>()))
                .containsEntry(REPORTERS, "")
                .containsEntry(PUSH, "false");
        Map<String, Object> wanted = Map.of(REPORTERS, "a.Reporter", PUSH, "true");
        assertThat(QuietClients.in(new HashMap<>(wanted))).isEqualTo(wanted);
    }
}
