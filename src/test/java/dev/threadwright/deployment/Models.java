package dev.threadwright.deployment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a manifest is read into, by its kind and version. Operators that publish no models have their fields here. */
final class Models {

    private static final Map<String, Class<?>> MODELS = Map.ofEntries(
            Map.entry("v1/Namespace", Namespace.class),
            Map.entry("v1/ServiceAccount", ServiceAccount.class),
            Map.entry("v1/ConfigMap", ConfigMap.class),
            Map.entry("v1/Secret", Secret.class),
            Map.entry("v1/Service", Service.class),
            Map.entry("apps/v1/Deployment", Deployment.class),
            Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
            Map.entry("monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class),
            Map.entry("monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class),
            Map.entry("kafka.strimzi.io/v1/Kafka", Kafka.class),
            Map.entry("kafka.strimzi.io/v1/KafkaNodePool", KafkaNodePool.class),
            Map.entry("kafka.strimzi.io/v1/KafkaTopic", KafkaTopic.class),
            Map.entry("kafka.strimzi.io/v1/KafkaUser", KafkaUser.class),
            Map.entry("keda.sh/v1alpha1/ScaledObject", ScaledObject.class),
            Map.entry("keda.sh/v1alpha1/TriggerAuthentication", TriggerAuthentication.class),
            Map.entry("postgresql.cnpg.io/v1/Cluster", PostgresCluster.class));

    private Models() {}

    static Object typed(ObjectNode document) throws java.io.IOException {
        String kind = document.path("apiVersion").asText() + "/"
                + document.path("kind").asText();
        Class<?> model = MODELS.get(kind);
        if (model == null) {
            throw new IllegalArgumentException("There is no model for " + kind);
        }
        return Yaml.STRICT.treeToValue(document, model);
    }

    static ObjectMeta metadata(Object typed) {
        return switch (typed) {
            case HasMetadata known -> known.getMetadata();
            case Custom custom -> custom.metadata();
            default -> throw new IllegalArgumentException("" + typed.getClass());
        };
    }

    interface Custom {
        String kind();

        ObjectMeta metadata();
    }

    /** KEDA, https://keda.sh/docs/latest/reference/scaledobject-spec. */
    record ScaledObject(String apiVersion, String kind, ObjectMeta metadata, Spec spec) implements Custom {
        record Spec(
                Target scaleTargetRef,
                int minReplicaCount,
                int maxReplicaCount,
                int pollingInterval,
                Optional<Advanced> advanced,
                List<Trigger> triggers) {}

        record Target(String apiVersion, String kind, String name) {}

        record Advanced(boolean restoreToOriginalReplicaCount, Optional<Hpa> horizontalPodAutoscalerConfig) {}

        record Hpa(HorizontalPodAutoscalerBehavior behavior) {}

        record Trigger(
                String type,
                Optional<String> name,
                Optional<String> metricType,
                Map<String, String> metadata,
                Optional<Name> authenticationRef) {}
    }

    record Name(String name) {}

    /** KEDA, https://keda.sh/docs/latest/concepts/authentication. */
    record TriggerAuthentication(String apiVersion, String kind, ObjectMeta metadata, Spec spec) implements Custom {
        record Spec(List<Ref> configMapTargetRef, List<Ref> secretTargetRef) {}

        record Ref(String parameter, String name, String key) {}
    }

    /** CloudNativePG, https://cloudnative-pg.io/docs/1.28/cloudnative-pg.v1. */
    record PostgresCluster(String apiVersion, String kind, ObjectMeta metadata, Spec spec) implements Custom {
        record Spec(
                String description,
                Optional<String> imageName,
                int instances,
                @JsonProperty("enablePDB") boolean enablePdb,
                boolean enableSuperuserAccess,
                String primaryUpdateStrategy,
                Bootstrap bootstrap,
                Postgresql postgresql,
                Affinity affinity,
                Storage storage,
                Storage walStorage,
                ResourceRequirements resources) {}

        record Bootstrap(InitDb initdb) {}

        record InitDb(
                String database,
                String owner,
                boolean dataChecksums,
                String encoding,
                @JsonProperty("postInitApplicationSQL") List<String> postInitApplicationSql) {}

        record Postgresql(Optional<Synchronous> synchronous, Map<String, String> parameters) {}

        record Synchronous(String method, int number, String dataDurability) {}

        record Affinity(boolean enablePodAntiAffinity, String topologyKey, String podAntiAffinityType) {}

        record Storage(String size) {}
    }
}
