package dev.threadwright.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.threadwright.ops.ConfigCheck;
import dev.threadwright.ops.ThreadwrightConfig;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files in {@code docker}, as far as they can be held against the project without a container engine. */
class ContainersTest {

    private static final Path DOCKER = Path.of("docker");
    private static final Path OPTIONS = DOCKER.resolve("java.options");
    private static final Path PROPERTIES = Path.of("src", "main", "resources", "application.properties");

    /** A name of one's registry, if need be, and a tag that is a version. */
    private static final String TAGGED =
            "[a-z0-9.:-]+(/[a-z0-9_.-]+)*:v?\\d+\\.\\d+[A-Za-z0-9._-]*(@sha256:[0-9a-f]{64})?";

    private record Compose(
            String name,
            @JsonProperty("x-limits") ObjectNode limits,
            Map<String, ServiceOf> services,
            Map<String, ObjectNode> volumes) {}

    private record ServiceOf(
            String image,
            Optional<Build> build,
            Optional<String> restart,
            @JsonProperty("security_opt") List<String> securityOpt,
            @JsonProperty("cap_drop") Optional<List<String>> capDrop,
            @JsonProperty("read_only") boolean readOnly,
            Optional<List<String>> tmpfs,
            @JsonProperty("stop_grace_period") Optional<String> stopGracePeriod,
            Optional<Map<String, String>> environment,
            Optional<List<String>> command,
            Optional<List<String>> ports,
            Optional<List<String>> volumes,
            Optional<Healthcheck> healthcheck,
            @JsonProperty("depends_on") Optional<JsonNode> dependsOn,
            Deploy deploy) {}

    private record Build(String context, String dockerfile) {}

    private record Healthcheck(
            List<String> test,
            String interval,
            String timeout,
            int retries,
            @JsonProperty("start_period") String startPeriod) {}

    private record Deploy(Resources resources) {}

    private record Resources(LimitsOf limits) {}

    private record LimitsOf(String memory) {}

    /** One instruction with its arguments; continued lines are one. */
    private record Instruction(String name, String arguments) {}

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile", "worker.Dockerfile"})
    void imagesAreBuiltFromTagsThatStayAndAreNoRoot(String file) throws IOException {
        List<Instruction> all = instructions(file);
        Map<String, String> arguments = new HashMap<>();
        all.stream()
                .filter(each -> each.name().equals("ARG") && each.arguments().contains("="))
                .forEach(each -> {
                    String[] parts = each.arguments().split("=", 2);
                    arguments.put(parts[0], parts[1]);
                });
        List<String> stages = new ArrayList<>();
        int last = 0;
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).name().equals("FROM")) {
                last = i;
                String[] words = all.get(i).arguments().split("\\s+");
                Matcher named = Pattern.compile("\\$\\{(\\w+)}").matcher(words[0]);
                assertThat(named.matches() ? arguments.get(named.group(1)) : words[0])
                        .matches(TAGGED);
                stages.add(words[0]);
            }
            assertThat(all.get(i).name())
                    .isIn(List.of(
                            "ARG",
                            "FROM",
                            "RUN",
                            "COPY",
                            "WORKDIR",
                            "USER",
                            "LABEL",
                            "ENV",
                            "EXPOSE",
                            "HEALTHCHECK",
                            "ENTRYPOINT"));
        }
        assertThat(stages).isNotEmpty();
        List<Instruction> shipped = all.subList(last, all.size());
        assertThat(shipped)
                .filteredOn(each -> each.name().equals("USER"))
                .singleElement()
                .satisfies(user -> assertThat(user.arguments()).matches("[1-9]\\d{3,}:[1-9]\\d{3,}"));
        // A shell in between would keep the signal to itself.
        assertThat(shipped)
                .filteredOn(each -> each.name().equals("ENTRYPOINT"))
                .singleElement()
                .satisfies(entry -> assertThat(Yaml.STRICT.readValue(entry.arguments(), String[].class))
                        .hasSizeGreaterThan(1));
    }

    @Test
    void whatTheImageIsMadeOfIsThereAndSentToTheBuild() throws IOException {
        List<String> sent = Files.readAllLines(Path.of(".dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        List<String> sources = instructions("Dockerfile").stream()
                .filter(each -> each.name().equals("COPY") && !each.arguments().contains("--from="))
                .flatMap(each -> {
                    List<String> words = Stream.of(each.arguments().split("\\s+"))
                            .filter(word -> !word.startsWith("--"))
                            .toList();
                    return words.subList(0, words.size() - 1).stream();
                })
                .toList();
        assertThat(sources).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(sources).allSatisfy(source -> assertThat(Path.of(source)).exists());
        assertThat(DOCKER.resolve("train.sh").toFile().canExecute()).isTrue();
    }

    @Test
    void theImageHasNoServersOfItsOwn() throws IOException {
        assertThat(instructions("Dockerfile"))
                .filteredOn(
                        each -> each.name().equals("RUN") && each.arguments().contains("mvnw"))
                .singleElement()
                .satisfies(build -> assertThat(build.arguments())
                        .contains("-Dembedded.scope=provided")
                        .contains("mv target/quarkus-app /app"));
        List<Instruction> all = instructions("Dockerfile");
        int last = all.stream().map(Instruction::name).toList().lastIndexOf("FROM");
        assertThat(all.subList(last, all.size()))
                .hasSizeGreaterThan(1)
                .noneMatch(
                        each -> each.name().equals("COPY") && each.arguments().contains("/servers"));
    }

    /** The JVM of the tests takes every option as it stands, and says what it makes of them. */
    @Test
    void theOptionsOfTheJvmAreOnesThatItKnows() throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + OPTIONS,
                        "-XX:AOTMode=off",
                        "-XX:+PrintFlagsFinal",
                        "-version")
                .redirectErrorStream(true)
                .start();
        String said = new String(java.getInputStream().readAllBytes(), UTF_8);
        assertThat(java.waitFor()).as(said).isZero();
        assertThat(said)
                .containsPattern("MaxRAMPercentage\\s+= 65")
                .containsPattern("UseG1GC\\s+= true")
                .containsPattern("UseCompactObjectHeaders\\s+= true")
                .containsPattern("ExitOnOutOfMemoryError\\s+= true");
        // A cache is good for one collector and one layout of objects: the training run has to have the same options.
        assertThat(Files.readString(DOCKER.resolve("train.sh")))
                .contains("\"${options[@]}\" \"${learn[@]}\" -XX:AOTCacheOutput=");
        // As the server has them when it is not in a container.
        assertThat(Files.readAllLines(OPTIONS))
                .containsAll(Stream.of(
                                Files.readString(Path.of("bin", "threadwright")).split("\\s+"))
                        .filter(word -> word.startsWith("--") && word.contains("="))
                        .toList());
    }

    @Test
    void whatIsComposedIsPinnedBoundedAndMayNotBecomeMore() throws IOException {
        compose().services().forEach((name, service) -> {
            assertThat(service.image()).as(name).matches(TAGGED);
            assertThat(service.securityOpt()).as(name).contains("no-new-privileges:true");
            assertThat(service.deploy().resources().limits().memory()).as(name).isNotBlank();
            // Postgres' own image begins as root and gives it up, for which it needs capabilities.
            if (!name.equals("postgres")) {
                assertThat(service.capDrop()).as(name).contains(List.of("ALL"));
            }
            service.ports().orElse(List.of()).forEach(port -> assertThat(port).startsWith("127.0.0.1:"));
        });
    }

    @Test
    void whatIsMountedAndBuiltIsThere() throws IOException {
        Compose compose = compose();
        List<Path> files = new ArrayList<>();
        compose.services().forEach((name, service) -> {
            service.build().ifPresent(build -> {
                Path context = DOCKER.resolve(build.context());
                // Its path is within the context.
                files.add(context.resolve(build.dockerfile()).normalize());
            });
            for (String volume : service.volumes().orElse(List.of())) {
                String source = volume.substring(0, volume.indexOf(':'));
                if (source.startsWith(".")) {
                    files.add(DOCKER.resolve(source).normalize());
                    assertThat(volume).endsWith(":ro");
                } else {
                    assertThat(compose.volumes()).containsKey(source);
                }
            }
        });
        assertThat(files)
                .hasSizeGreaterThan(6)
                .allSatisfy(file -> assertThat(file).exists());
    }

    @Test
    void theComposedServerCanStartWithItsConfiguration() throws IOException {
        ServiceOf server = compose().services().get("threadwright");
        ThreadwrightConfig config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(ThreadwrightConfig.class)
                .withSources(
                        new PropertiesConfigSource(PROPERTIES.toUri().toURL(), 250),
                        new EnvConfigSource(server.environment().orElseThrow(), 300))
                .build()
                .getConfigMapping(ThreadwrightConfig.class);

        assertThat(ConfigCheck.problems(config))
                .filteredOn(problem -> !problem.contains("/etc/threadwright/workflows, which is no"))
                .isEmpty();
        assertThat(server.volumes().orElseThrow())
                .anyMatch(volume ->
                        volume.contains(":" + config.workflows().directory().orElseThrow() + "/"));
        assertThat(server.readOnly()).isTrue();
        assertThat(server.tmpfs().orElseThrow()).singleElement().asString().startsWith("/tmp:");
        assertThat(Duration.parse("PT" + server.stopGracePeriod().orElseThrow()))
                .isGreaterThanOrEqualTo(config.shutdown()
                        .delay()
                        .plus(config.shutdown().drain())
                        .plusSeconds(10));
        // Each dependency can say that it is healthy.
        assertThat(server.dependsOn().orElseThrow().properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("kafka", "postgres")
                .allSatisfy(name ->
                        assertThat(compose().services().get(name).healthcheck()).isPresent());
    }

    private static Compose compose() throws IOException {
        // Anchors are the parser's, `<<` is not.
        ObjectNode file = (ObjectNode) Yaml.STRICT.readTree(
                Files.readString(DOCKER.resolve("compose.yaml")).replace("<<: *limits", "x-merge: limits"));
        ObjectNode limits = (ObjectNode) file.get("x-limits");
        for (JsonNode service : file.get("services")) {
            if (((ObjectNode) service).remove("x-merge") != null) {
                limits.properties().forEach(entry -> {
                    if (!service.has(entry.getKey())) {
                        ((ObjectNode) service).set(entry.getKey(), entry.getValue());
                    }
                });
            }
        }
        return Yaml.STRICT.treeToValue(file, Compose.class);
    }

    private static List<Instruction> instructions(String file) throws IOException {
        List<Instruction> instructions = new ArrayList<>();
        String text = Files.readString(DOCKER.resolve(file))
                .replaceAll("(?m)^\\s*#.*\\n", "")
                .replaceAll("\\\\\\n\\s*", " ");
        for (String line : text.split("\\n")) {
            if (!line.isBlank()) {
                String[] parts = line.strip().split("\\s+", 2);
                instructions.add(new Instruction(parts[0], parts[1]));
            }
        }
        return instructions;
    }
}
