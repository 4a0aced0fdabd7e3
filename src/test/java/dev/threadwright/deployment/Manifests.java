package dev.threadwright.deployment;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.threadwright.ops.ThreadwrightConfig;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The manifests of an overlay, as they are applied. */
record Manifests(String name, List<ObjectNode> documents, List<Object> typed) {

    static final Path ROOT = Path.of("k8s");
    static final String NAMESPACE = "threadwright";
    static final String SERVER = "threadwright";

    private static final Path PROPERTIES = Path.of("src", "main", "resources", "application.properties");
    private static final int DEFAULTS = 250;
    private static final int ENVIRONMENT = 300;

    static Manifests of(String overlay) {
        try {
            List<ObjectNode> documents =
                    Kustomization.resolved(ROOT.resolve("overlays").resolve(overlay));
            List<Object> typed = new ArrayList<>();
            for (ObjectNode document : documents) {
                typed.add(Models.typed(document));
            }
            return new Manifests(overlay, documents, typed);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e.getMessage(), e);
        }
    }

    /** Read once: the models are many classes. */
    static List<Manifests> all() {
        return Read.OVERLAYS;
    }

    private static final class Read {
        private static final List<Manifests> OVERLAYS = List.of(of("dev"), of("production"));
    }

    <T> List<T> all(Class<T> model) {
        return typed.stream().filter(model::isInstance).map(model::cast).toList();
    }

    <T> T one(Class<T> model, String name) {
        List<T> found = all(model).stream()
                .filter(each -> Models.metadata(each).getName().equals(name))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " " + model.getSimpleName() + " " + name + " in " + this);
        }
        return found.getFirst();
    }

    Deployment deployment() {
        return one(Deployment.class, SERVER);
    }

    PodSpec pod() {
        return deployment().getSpec().getTemplate().getSpec();
    }

    Container container() {
        return pod().getContainers().getFirst();
    }

    /** What the server is told, but for what is secret. */
    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        container().getEnvFrom().stream()
                .filter(from -> from.getConfigMapRef() != null)
                .forEach(from -> environment.putAll(
                        one(ConfigMap.class, from.getConfigMapRef().getName()).getData()));
        container()
                .getEnv()
                .forEach(variable -> environment.put(
                        variable.getName(), variable.getValue() == null ? "some" : variable.getValue()));
        return environment;
    }

    /** As the server would read it there. */
    SmallRyeConfig configuration() throws IOException {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(ThreadwrightConfig.class)
                .withSources(
                        new PropertiesConfigSource(PROPERTIES.toUri().toURL(), DEFAULTS),
                        new EnvConfigSource(environment(), ENVIRONMENT))
                .build();
    }

    ThreadwrightConfig config() throws IOException {
        return configuration().getConfigMapping(ThreadwrightConfig.class);
    }

    /** Secrets that operators make, by what they make them for. */
    List<String> generatedSecrets() {
        List<String> names = new ArrayList<>();
        all(io.strimzi.api.kafka.model.user.KafkaUser.class)
                .forEach(user -> names.add(user.getMetadata().getName()));
        all(io.strimzi.api.kafka.model.kafka.Kafka.class)
                .forEach(kafka -> names.add(kafka.getMetadata().getName() + "-cluster-ca-cert"));
        all(Models.PostgresCluster.class)
                .forEach(cluster -> List.of("-app", "-ca")
                        .forEach(made -> names.add(cluster.metadata().getName() + made)));
        return names;
    }

    Map<String, ObjectNode> byName() {
        return documents.stream()
                .collect(toMap(
                        document -> document.path("kind").asText() + "/"
                                + document.path("metadata").path("name").asText(),
                        document -> document));
    }

    @Override
    public String toString() {
        return name;
    }
}
