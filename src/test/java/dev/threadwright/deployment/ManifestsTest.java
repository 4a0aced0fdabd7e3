package dev.threadwright.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.threadwright.ops.ConfigCheck;
import dev.threadwright.ops.ThreadwrightConfig;
import dev.threadwright.testing.ConfigKeys;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.kafka.listener.GenericKafkaListener;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is applied to a cluster is read as Kubernetes and the operators would, and holds what a platform team expects of it. */
class ManifestsTest {

    /** Objects whose fields are names of one's own choice. */
    private static final Set<String> FREE = Set.of(
            "annotations",
            "labels",
            "matchLabels",
            "data",
            "stringData",
            "parameters",
            "requests",
            "limits",
            // of Strimzi's brokers, and of a trigger of KEDA
            "config",
            "jvmOptions",
            "metadata");

    /** What it takes to give partitions back and to answer, beside what is configured: docs/operations.md. */
    private static final Duration TO_END = Duration.ofSeconds(10);

    private static final Path ALERTS = Path.of("docker", "observability", "prometheus", "alerts.yaml");

    private static final Manifests DEV = Manifests.all().getFirst();
    private static final Manifests PRODUCTION = Manifests.all().getLast();

    static List<Manifests> overlays() {
        return Manifests.all();
    }

    @Test
    void everyFileIsNamedAndEveryNameIsAFile() throws IOException {
        Set<Path> named = new HashSet<>();
        Set<Path> files = new HashSet<>();
        try (Stream<Path> found = Files.walk(Manifests.ROOT)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith(Kustomization.FILE)) {
                    files.add(file);
                    continue;
                }
                Kustomization kustomization = Kustomization.in(file.getParent());
                Stream<String> patches =
                        kustomization.patches().orElse(List.of()).stream().map(Kustomization.Patch::path);
                Stream.concat(kustomization.resources().stream(), patches)
                        .map(name -> file.resolveSibling(name).normalize())
                        .peek(path -> assertThat(path).exists())
                        .filter(Files::isRegularFile)
                        .forEach(path -> assertThat(named.add(path))
                                .as("%s is named once", path)
                                .isTrue());
            }
        }
        assertThat(named).hasSizeGreaterThan(15).containsExactlyInAnyOrderElementsOf(files);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void aFieldThatTheModelsDoNotKnowIsFound(Manifests manifests) {
        for (ObjectNode document : manifests.documents()) {
            ObjectNode copy = document.deepCopy();
            List<String> taken = new ArrayList<>();
            objects("", copy, (path, object) -> {
                object.put("noSuchField", "x");
                try {
                    Models.typed(copy);
                    taken.add(path);
                } catch (IOException expected) {
                    // The model knows its fields.
                } finally {
                    object.remove("noSuchField");
                }
            });
            assertThat(taken)
                    .as(
                            "%s %s",
                            document.path("kind").asText(),
                            document.path("metadata").path("name"))
                    .allMatch(path -> FREE.contains(path.substring(path.lastIndexOf('.') + 1))
                            || path.equals(".spec.selector")
                                    && document.path("kind").asText().equals("Service"))
                    .doesNotContain(".metadata");
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everythingIsInOneNamespaceThatLetsNoPodDoMoreThanItNeeds(Manifests manifests) {
        Map<String, String> labels = manifests
                .one(Namespace.class, Manifests.NAMESPACE)
                .getMetadata()
                .getLabels();
        assertThat(labels)
                .containsEntry("pod-security.kubernetes.io/enforce", "restricted")
                .hasEntrySatisfying(
                        "pod-security.kubernetes.io/enforce-version",
                        version -> assertThat(version).matches("v1\\.\\d+"));
        manifests.typed().stream()
                .filter(each -> !(each instanceof Namespace))
                .forEach(each -> assertThat(Models.metadata(each).getNamespace())
                        .as("%s", Models.metadata(each).getName())
                        .isEqualTo(Manifests.NAMESPACE));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void imagesHaveTagsThatStay(Manifests manifests) {
        List<String> images = new ArrayList<>();
        manifests
                .documents()
                .forEach(document -> objects("", document, (path, object) -> {
                    for (String field : List.of("image", "imageName")) {
                        if (object.has(field)) {
                            images.add(object.get(field).asText());
                        }
                    }
                }));
        // The brokers' and Postgres' are their operators' choice.
        assertThat(images)
                .singleElement()
                .satisfies(image -> assertThat(image)
                        .matches("[^:@]+(:\\d+)?[^:@]*:[^:@]*\\d+\\.\\d+[^:@]*(@sha256:[0-9a-f]{64})?")
                        .doesNotContain(":latest"));
    }

    /** What it keeps between checkpoints; a volume that is full stops it. */
    @ParameterizedTest
    @MethodSource("overlays")
    void thereIsRoomForPostgresLog(Manifests manifests) {
        Models.PostgresCluster.Spec postgres =
                manifests.all(Models.PostgresCluster.class).getFirst().spec();
        String most = postgres.postgresql().parameters().get("max_wal_size");
        assertThat(most).matches("\\d+GB");
        // Postgres' GB are Kubernetes' Gi.
        Quantity needed = new Quantity(most.replace("GB", "Gi"));
        Quantity room = new Quantity(postgres.walStorage().size());
        assertThat(needed.getNumericalAmount()).isLessThan(room.getNumericalAmount());
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void whatRunsIsBounded(Manifests manifests) {
        List<ResourceRequirements> all = new ArrayList<>();
        manifests.all(Deployment.class).stream()
                .flatMap(each -> each.getSpec().getTemplate().getSpec().getContainers().stream())
                .map(Container::getResources)
                .forEach(all::add);
        manifests
                .all(KafkaNodePool.class)
                .forEach(pool -> all.add(pool.getSpec().getResources()));
        manifests.all(Kafka.class).forEach(kafka -> {
            all.add(kafka.getSpec().getEntityOperator().getTopicOperator().getResources());
            all.add(kafka.getSpec().getEntityOperator().getUserOperator().getResources());
        });
        manifests
                .all(Models.PostgresCluster.class)
                .forEach(cluster -> all.add(cluster.spec().resources()));
        assertThat(all).hasSize(5).allSatisfy(each -> {
            assertThat(each.getRequests()).containsKeys("cpu", "memory");
            assertThat(each.getLimits()).containsKeys("cpu", "memory");
            // Memory that was not asked for is taken away when it is needed: by ending the process.
            assertThat(each.getRequests().get("memory"))
                    .isEqualTo(each.getLimits().get("memory"));
            assertThat(Quantity.getAmountInBytes(each.getRequests().get("cpu")))
                    .isLessThanOrEqualTo(
                            Quantity.getAmountInBytes(each.getLimits().get("cpu")));
        });
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void containersAreNoRootAndMayBecomeNothingElse(Manifests manifests) {
        manifests.all(Deployment.class).forEach(deployment -> {
            var pod = deployment.getSpec().getTemplate().getSpec();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getRunAsUser()).isGreaterThan(999);
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getEnableServiceLinks()).isFalse();
            assertThat(pod.getHostNetwork()).isNull();
            assertThat(pod.getHostPID()).isNull();
            assertThat(pod.getHostIPC()).isNull();
            assertThat(pod.getVolumes())
                    .allSatisfy(volume -> assertThat(volume.getHostPath()).isNull());
            assertThat(pod.getContainers()).allSatisfy(container -> {
                assertRestricted(container.getSecurityContext());
                assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                        .isTrue();
                assertThat(container.getSecurityContext().getPrivileged()).isFalse();
            });
        });
        // Strimzi asks for none of it by itself, and the namespace would refuse its pods.
        List<SecurityContext> kafka = new ArrayList<>();
        manifests
                .all(KafkaNodePool.class)
                .forEach(pool -> kafka.add(
                        pool.getSpec().getTemplate().getKafkaContainer().getSecurityContext()));
        manifests.all(Kafka.class).forEach(each -> {
            var template = each.getSpec().getEntityOperator().getTemplate();
            kafka.add(template.getTopicOperatorContainer().getSecurityContext());
            kafka.add(template.getUserOperatorContainer().getSecurityContext());
        });
        assertThat(kafka).hasSize(3).allSatisfy(ManifestsTest::assertRestricted);
        assertThat(manifests.all(ServiceAccount.class))
                .isNotEmpty()
                .allSatisfy(account ->
                        assertThat(account.getAutomountServiceAccountToken()).isFalse());
    }

    private static void assertRestricted(SecurityContext context) {
        assertThat(context.getRunAsNonRoot()).isTrue();
        assertThat(context.getAllowPrivilegeEscalation()).isFalse();
        assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(context.getCapabilities().getAdd()).isNullOrEmpty();
        assertThat(context.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void onlyTemporaryFilesCanBeWritten(Manifests manifests) {
        Map<String, Volume> volumes = new TreeMap<>();
        manifests.pod().getVolumes().forEach(volume -> volumes.put(volume.getName(), volume));
        List<VolumeMount> mounts = manifests.container().getVolumeMounts();
        assertThat(mounts).extracting(VolumeMount::getName).containsExactlyInAnyOrderElementsOf(volumes.keySet());
        assertThat(mounts)
                .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                .singleElement()
                .satisfies(mount -> {
                    assertThat(mount.getMountPath()).isEqualTo("/tmp");
                    assertThat(volumes.get(mount.getName()).getEmptyDir().getSizeLimit())
                            .isNotNull();
                });
        // Files that the configuration names are there.
        assertThat(manifests.environment().values())
                .map(value -> value.replaceFirst("^jdbc:.*[?&]sslrootcert=", ""))
                .filteredOn(value -> value.startsWith("/"))
                .hasSize(3)
                .allMatch(value -> mounts.stream().anyMatch(mount -> value.startsWith(mount.getMountPath())));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void selectorsFindWhatTheyAreFor(Manifests manifests) {
        Map<String, String> pod =
                manifests.deployment().getSpec().getTemplate().getMetadata().getLabels();
        assertFinds(manifests.deployment().getSpec().getSelector(), pod);
        Service service = manifests.one(Service.class, Manifests.SERVER);
        assertThat(pod).containsAllEntriesOf(service.getSpec().getSelector());
        List<String> ports = manifests.container().getPorts().stream()
                .map(port -> port.getName())
                .toList();
        assertThat(service.getSpec().getPorts())
                .singleElement()
                .satisfies(
                        port -> assertThat(ports).contains(port.getTargetPort().getStrVal()));
        assertFinds(
                manifests
                        .one(PodDisruptionBudget.class, Manifests.SERVER)
                        .getSpec()
                        .getSelector(),
                pod);
        assertThat(manifests.pod().getTopologySpreadConstraints())
                .extracting(spread -> spread.getTopologyKey())
                .containsExactly("topology.kubernetes.io/zone", "kubernetes.io/hostname");
        manifests.pod().getTopologySpreadConstraints().forEach(spread -> assertFinds(spread.getLabelSelector(), pod));

        ServiceMonitor monitor = manifests.one(ServiceMonitor.class, Manifests.SERVER);
        assertFinds(monitor.getSpec().getSelector(), service.getMetadata().getLabels());
        assertThat(monitor.getSpec().getEndpoints())
                .singleElement()
                .satisfies(endpoint -> assertThat(service.getSpec().getPorts())
                        .extracting(port -> port.getName())
                        .contains(endpoint.getPort()));
        assertThat(manifests.pod().getServiceAccountName())
                .isEqualTo(manifests
                        .one(ServiceAccount.class, Manifests.SERVER)
                        .getMetadata()
                        .getName());
        manifests
                .all(KafkaNodePool.class)
                .forEach(pool -> assertThat(manifests.all(Kafka.class))
                        .extracting(kafka -> kafka.getMetadata().getName())
                        .contains(pool.getMetadata().getLabels().get("strimzi.io/cluster")));
    }

    private static void assertFinds(LabelSelector selector, Map<String, String> labels) {
        assertThat(selector.getMatchExpressions()).isNullOrEmpty();
        assertThat(selector.getMatchLabels()).isNotEmpty();
        assertThat(labels).containsAllEntriesOf(selector.getMatchLabels());
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void whatIsReferredToIsThereOrMadeByAnOperatorOrOptional(Manifests manifests) {
        List<String> maps = manifests.all(ConfigMap.class).stream()
                .map(map -> map.getMetadata().getName())
                .toList();
        Set<String> secrets = new HashSet<>(manifests.generatedSecrets());
        manifests
                .all(Secret.class)
                .forEach(secret -> secrets.add(secret.getMetadata().getName()));
        List<String> needed = new ArrayList<>();
        manifests.container().getEnvFrom().forEach(from -> {
            if (from.getConfigMapRef() != null) {
                assertThat(maps).contains(from.getConfigMapRef().getName());
            } else if (!Boolean.TRUE.equals(from.getSecretRef().getOptional())) {
                needed.add(from.getSecretRef().getName());
            }
        });
        manifests.container().getEnv().stream()
                .map(EnvVar::getValueFrom)
                .filter(Objects::nonNull)
                .filter(from -> from.getSecretKeyRef() != null)
                .forEach(from -> needed.add(from.getSecretKeyRef().getName()));
        manifests.pod().getVolumes().stream()
                .map(Volume::getSecret)
                .filter(Objects::nonNull)
                .filter(secret -> !Boolean.TRUE.equals(secret.getOptional()))
                .forEach(secret -> needed.add(secret.getSecretName()));
        manifests.all(Models.TriggerAuthentication.class).forEach(authentication -> {
            authentication.spec().secretTargetRef().forEach(ref -> needed.add(ref.name()));
            authentication
                    .spec()
                    .configMapTargetRef()
                    .forEach(ref -> assertThat(
                                    manifests.one(ConfigMap.class, ref.name()).getData())
                            .containsKey(ref.key()));
        });
        assertThat(needed)
                .hasSizeGreaterThan(3)
                .allSatisfy(name -> assertThat(secrets).contains(name));
    }

    @Test
    void noSecretHasItsValueInGitButThePlaceholdersOfDevelopment() {
        assertThat(PRODUCTION.all(Secret.class)).isEmpty();
        assertThat(DEV.all(Secret.class)).singleElement().satisfies(secret -> {
            assertThat(secret.getData()).isNullOrEmpty();
            assertThat(secret.getStringData().values()).allMatch(value -> value.startsWith("development-only"));
        });
        for (Manifests manifests : overlays()) {
            assertThat(manifests.environment().keySet())
                    .as("of the ConfigMap of %s", manifests)
                    .filteredOn(name -> name.contains("PASSWORD") || name.contains("SECRET") || name.contains("JAAS"))
                    .containsExactlyInAnyOrder(
                            "THREADWRIGHT_POSTGRES_PASSWORD",
                            "KAFKA_SASL_JAAS_CONFIG",
                            "THREADWRIGHT_SECRETS_DIRECTORY");
            assertThat(manifests.container().getEnv())
                    .allSatisfy(variable -> assertThat(variable.getValue()).isNull());
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void theServerCanStartWithItsConfiguration(Manifests manifests) throws IOException {
        List<String> mounts = manifests.container().getVolumeMounts().stream()
                .map(VolumeMount::getMountPath)
                .toList();
        // Directories are there in the pod and not here.
        assertThat(ConfigCheck.problems(manifests.config()))
                .filteredOn(
                        problem -> mounts.stream().noneMatch(path -> problem.contains("is " + path + ", which is no")))
                .isEmpty();
        // Found under the names that the server reads, so that nothing is left to its own servers or to a default.
        ThreadwrightConfig config = manifests.config();
        assertThat(config.postgres().url()).isPresent();
        assertThat(config.postgres().username()).isPresent();
        assertThat(config.postgres().password()).isPresent();
        assertThat(config.instance().name()).isPresent();
        assertThat(manifests.configuration().getValue("kafka.bootstrap.servers", String.class))
                .isNotBlank();
        assertThat(manifests.configuration().getValue("quarkus.http.host", String.class))
                .isEqualTo("0.0.0.0");
        assertThat(manifests.container().getPorts())
                .singleElement()
                .satisfies(port -> assertThat(port.getContainerPort())
                        .isEqualTo(manifests.configuration().getValue("quarkus.http.port", Integer.class)));
    }

    /** Of an environment, the server takes what it knows and passes over the rest. */
    @ParameterizedTest
    @MethodSource("overlays")
    void everyVariableIsAKeyOfTheServers(Manifests manifests) {
        Set<String> known =
                ConfigKeys.all().stream().map(key -> variable(key.name())).collect(Collectors.toSet());
        assertThat(manifests.environment().keySet())
                .filteredOn(name -> name.startsWith("THREADWRIGHT_"))
                .hasSizeGreaterThan(7)
                .allSatisfy(name -> assertThat(known).contains(name));
        manifests
                .all(Secret.class)
                .forEach(secret -> assertThat(secret.getStringData().keySet())
                        .allSatisfy(name -> assertThat(known).contains(name)));
    }

    @Test
    void inProductionCallersSayWhoTheyAreAndInDevelopmentNobodyHasTo() throws IOException {
        ThreadwrightConfig.Identity production = PRODUCTION.config().identity();
        assertThat(production.enabled()).hasValue(true);
        assertThat(production.oidc().issuer()).isPresent();
        assertThat(production.oidc().audience()).isPresent();
        assertThat(DEV.config().identity().enabled())
                .as("said, since a server of others asks for it")
                .hasValue(false);
        // Prometheus has no credentials there.
        for (Manifests manifests : overlays()) {
            assertThat(manifests
                            .one(ServiceMonitor.class, Manifests.SERVER)
                            .getSpec()
                            .getEndpoints())
                    .allSatisfy(
                            endpoint -> assertThat(endpoint.getAuthorization()).isNull());
            assertThat(manifests.config().identity().openMetrics()).isTrue();
        }
    }

    private static String variable(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void theAddressesAreThoseOfTheServersThatOperatorsMake(Manifests manifests) throws IOException {
        Kafka kafka = manifests.all(Kafka.class).getFirst();
        GenericKafkaListener listener =
                kafka.getSpec().getKafka().getListeners().getFirst();
        String bootstrap = kafka.getMetadata().getName() + "-kafka-bootstrap:" + listener.getPort();
        assertThat(listener.isTls()).isTrue();
        assertThat(listener.getAuth().getType()).isEqualTo("scram-sha-512");
        assertThat(manifests.configuration().getValue("kafka.bootstrap.servers", String.class))
                .isEqualTo(bootstrap);
        Models.PostgresCluster postgres =
                manifests.all(Models.PostgresCluster.class).getFirst();
        String address = "postgresql://%s-rw:5432/%s"
                .formatted(
                        postgres.metadata().getName(),
                        postgres.spec().bootstrap().initdb().database());
        assertThat(manifests.config().postgres().url().orElseThrow())
                .startsWith("jdbc:" + address + "?")
                .contains("sslmode=verify-full");
        // Both clients take it from that: PostgresConfigSourceTest, DeployedServerIT.
        assertThat(manifests.environment().keySet()).noneMatch(name -> name.startsWith("QUARKUS_DATASOURCE_"));
        // The owner may make no roles.
        assertThat(postgres.spec().bootstrap().initdb().postInitApplicationSql())
                .containsExactly(
                        "create role threadwright_reader nologin",
                        "grant threadwright_reader to "
                                + postgres.spec().bootstrap().initdb().owner());
        manifests.all(Models.ScaledObject.class).stream()
                .flatMap(scaled -> scaled.spec().triggers().stream())
                .filter(trigger -> trigger.type().equals("kafka"))
                .forEach(trigger -> assertThat(trigger.metadata()).containsEntry("bootstrapServers", bootstrap));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void aPodIsGivenTheTimeThatItTakesToEnd(Manifests manifests) throws IOException {
        ThreadwrightConfig.Shutdown shutdown = manifests.config().shutdown();
        // Below it, endpoints are told too late, and callers are refused.
        assertThat(shutdown.delay()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(30));
        assertThat(Duration.ofSeconds(manifests.pod().getTerminationGracePeriodSeconds()))
                .isGreaterThanOrEqualTo(shutdown.delay().plus(shutdown.drain()).plus(TO_END));
        var strategy = manifests.deployment().getSpec().getStrategy();
        assertThat(strategy.getType()).isEqualTo("RollingUpdate");
        assertThat(strategy.getRollingUpdate().getMaxUnavailable().getIntVal()).isZero();
        assertThat(strategy.getRollingUpdate().getMaxSurge().getIntVal()).isOne();
        // Two processes of one static id throw each other out, and a new pod comes before the old one goes.
        assertThat(manifests.config().instance().staticId()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void oneIsTakenAwayAtATime(Manifests manifests) {
        var budget = manifests.one(PodDisruptionBudget.class, Manifests.SERVER).getSpec();
        assertThat(budget.getMaxUnavailable().getIntVal()).isOne();
        assertThat(budget.getMinAvailable()).isNull();
    }

    @Test
    void inProductionWhoScalesSaysHowManyThereAre() throws IOException {
        Models.ScaledObject scaled = PRODUCTION.one(Models.ScaledObject.class, Manifests.SERVER);
        assertThat(scaled.spec().scaleTargetRef().kind()).isEqualTo("Deployment");
        assertThat(scaled.spec().scaleTargetRef().name())
                .isEqualTo(PRODUCTION.deployment().getMetadata().getName());
        // Else each time it is applied it would be set back.
        assertThat(PRODUCTION.deployment().getSpec().getReplicas()).isNull();
        assertThat(scaled.spec().minReplicaCount()).isGreaterThan(1);
        assertThat(scaled.spec().maxReplicaCount())
                .isLessThanOrEqualTo(PRODUCTION.config().partitions());
        assertThat(scaled.spec().triggers())
                .extracting(Models.ScaledObject.Trigger::type)
                .containsExactly("kafka", "kafka", "kafka", "cpu");
        ThreadwrightConfig config = PRODUCTION.config();
        List<Models.ScaledObject.Trigger> lags = scaled.spec().triggers().stream()
                .filter(trigger -> trigger.type().equals("kafka"))
                .toList();
        assertThat(lags)
                .extracting(trigger -> trigger.metadata().get("topic"))
                .containsExactly(
                        config.topics().input(),
                        config.topics().commands(),
                        config.topics().results());
        assertThat(lags)
                .extracting(Models.ScaledObject.Trigger::name)
                .doesNotHaveDuplicates()
                .allMatch(Optional::isPresent);
        String authentication = PRODUCTION
                .all(Models.TriggerAuthentication.class)
                .getFirst()
                .metadata()
                .getName();
        assertThat(lags).allSatisfy(trigger -> {
            assertThat(trigger.metadata())
                    .containsEntry("consumerGroup", config.group().id());
            assertThat(trigger.authenticationRef().orElseThrow().name()).isEqualTo(authentication);
        });
        assertThat(DEV.deployment().getSpec().getReplicas()).isOne();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void nothingGoesInOrOutButWhatIsListed(Manifests manifests) throws IOException {
        var denied = manifests.one(NetworkPolicy.class, "default-deny").getSpec();
        assertThat(denied.getPodSelector().getMatchLabels()).isNullOrEmpty();
        assertThat(denied.getPodSelector().getMatchExpressions()).isNullOrEmpty();
        assertThat(denied.getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
        assertThat(denied.getIngress()).isNullOrEmpty();
        assertThat(denied.getEgress()).isNullOrEmpty();

        var server = manifests.one(NetworkPolicy.class, Manifests.SERVER).getSpec();
        assertFinds(
                server.getPodSelector(),
                manifests.deployment().getSpec().getTemplate().getMetadata().getLabels());
        int http = manifests.configuration().getValue("quarkus.http.port", Integer.class);
        assertThat(server.getIngress())
                .allSatisfy(rule -> assertThat(rule.getFrom()).isNotEmpty())
                .flatExtracting(NetworkPolicyIngressRule::getPorts)
                .allSatisfy(port -> assertThat(port.getPort().getIntVal()).isEqualTo(http));
        int kafka = manifests
                .all(Kafka.class)
                .getFirst()
                .getSpec()
                .getKafka()
                .getListeners()
                .getFirst()
                .getPort();
        assertThat(server.getEgress())
                .allSatisfy(rule -> assertThat(rule.getTo()).isNotEmpty())
                .flatExtracting(NetworkPolicyEgressRule::getPorts)
                .extracting(port -> port.getPort().getIntVal())
                .containsExactlyInAnyOrder(kafka, 5432, 443);
        // What the server may reach is let in there, too.
        for (String to : List.of("kafka", "postgres")) {
            NetworkPolicy policy = manifests.one(NetworkPolicy.class, to);
            assertThat(policy.getSpec().getIngress())
                    .as(to)
                    .anySatisfy(rule -> assertThat(rule.getFrom())
                            .anySatisfy(
                                    from -> assertThat(from.getPodSelector()).isEqualTo(server.getPodSelector())));
            assertThat(server.getEgress())
                    .anySatisfy(rule -> assertThat(rule.getTo())
                            .anySatisfy(peer -> assertThat(peer.getPodSelector())
                                    .isEqualTo(policy.getSpec().getPodSelector())));
        }
    }

    /** With {@code -Dgolden.write=true} it is made from that file. */
    @Test
    void theAlertsAreThoseOfTheFile() throws IOException {
        Path manifest = Manifests.ROOT.resolve("base").resolve("prometheus-rule.yaml");
        JsonNode groups = Yaml.documents(ALERTS).getFirst().get("groups");
        if (Boolean.getBoolean("golden.write")) {
            ObjectNode rule = Yaml.documents(manifest).getFirst();
            ((ObjectNode) rule.get("spec")).set("groups", groups);
            Files.writeString(
                    manifest,
                    "# Made from docker/observability/prometheus/alerts.yaml by ManifestsTest (-Dgolden.write=true).\n"
                            + Yaml.written(rule));
        }
        assertThat(Yaml.documents(manifest).getFirst().at("/spec/groups")).isEqualTo(groups);
        assertThat(PRODUCTION.all(PrometheusRule.class)).hasSize(1);
    }

    private static void objects(String path, JsonNode node, BiConsumer<String, ObjectNode> each) {
        if (node instanceof ObjectNode object) {
            each.accept(path, object);
            List.copyOf(object.properties())
                    .forEach(entry -> objects(path + "." + entry.getKey(), entry.getValue(), each));
        } else if (node instanceof ArrayNode items) {
            Collection<JsonNode> all = new ArrayList<>();
            items.forEach(all::add);
            all.forEach(item -> objects(path + "[]", item, each));
        }
    }
}
