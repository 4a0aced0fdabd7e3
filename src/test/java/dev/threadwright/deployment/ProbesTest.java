package dev.threadwright.deployment;

import static io.restassured.RestAssured.given;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import dev.threadwright.testing.EmbeddedServersResource;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What Kubernetes and Prometheus ask of the server is there. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class ProbesTest {

    @Test
    void theServerAnswersWhatItIsAsked() {
        for (Manifests manifests : Manifests.all()) {
            var container = manifests.container();
            List<String> probes = Stream.of(
                            container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe())
                    .map(Probe::getHttpGet)
                    .peek(get -> org.assertj.core.api.Assertions.assertThat(container.getPorts())
                            .extracting(port -> port.getName())
                            .contains(get.getPort().getStrVal()))
                    .map(get -> get.getPath())
                    .toList();
            org.assertj.core.api.Assertions.assertThat(probes)
                    .containsExactly("/q/health/started", "/q/health/live", "/q/health/ready");
            probes.forEach(path -> await().atMost(60, SECONDS)
                    .untilAsserted(() -> given().get(path).then().statusCode(200)));
            String metrics = manifests
                    .one(ServiceMonitor.class, Manifests.SERVER)
                    .getSpec()
                    .getEndpoints()
                    .getFirst()
                    .getPath();
            given().get(metrics).then().statusCode(200);
        }
    }
}
