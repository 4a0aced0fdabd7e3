package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.JournalSchema;
import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.journal.StoredSettings;
import dev.threadwright.journal.StoredSettings.SchemaScript;
import dev.threadwright.testing.TestServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PackagedSchemaTest {

    private final PostgresSettings migrated = database("packaged_schema");

    PackagedSchemaTest() {
        JournalSchema.migrate(migrated);
    }

    @Test
    void whatFlywayHasMadeIsIt() throws Exception {
        List<SchemaScript> scripts = scripts(migrated);
        assertThat(PackagedSchema.is(scripts)).isTrue();
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/db/migration"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            scripts.stream().map(SchemaScript::name).toList())
                    .hasSize(PackagedSchema.SCRIPTS);
        }
    }

    @Test
    void whatIsNotAllOfItOrFailedOrSaysSomethingElseIsNot() {
        List<SchemaScript> scripts = scripts(migrated);
        SchemaScript last = scripts.getLast();
        assertThat(PackagedSchema.is(List.of())).isFalse();
        assertThat(PackagedSchema.is(scripts.subList(0, scripts.size() - 1))).isFalse();
        assertThat(PackagedSchema.is(withLast(scripts, new SchemaScript(last.name(), last.checksum(), false))))
                .isFalse();
        assertThat(PackagedSchema.is(withLast(scripts, new SchemaScript(last.name(), last.checksum() + 1, true))))
                .isFalse();
        assertThat(PackagedSchema.is(withLast(scripts, new SchemaScript("V99__newer.sql", last.checksum(), true))))
                .isFalse();
        assertThat(PackagedSchema.is(withLast(scripts, new SchemaScript("<< baseline >>", null, true))))
                .isFalse();
    }

    @Test
    void aDatabaseWithoutAnyHasNoScripts() {
        assertThat(scripts(database("packaged_schema_none"))).isEmpty();
    }

    private static PostgresSettings database(String name) {
        return PostgresSettings.of(TestServers.createDatabase(name), TestServers.user(), TestServers.password());
    }

    private static List<SchemaScript> scripts(PostgresSettings postgres) {
        try (StoredSettings stored = new StoredSettings(postgres)) {
            return stored.schema();
        }
    }

    private static List<SchemaScript> withLast(List<SchemaScript> scripts, SchemaScript last) {
        List<SchemaScript> changed = new ArrayList<>(scripts.subList(0, scripts.size() - 1));
        changed.add(last);
        return changed;
    }
}
