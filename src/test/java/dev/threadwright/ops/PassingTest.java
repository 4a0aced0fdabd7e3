package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.tables.Tables;
import java.sql.SQLException;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a start waits for. */
class PassingTest {

    @ParameterizedTest
    @CsvSource({
        "      , true",
        "08001 , true",
        "25006 , true",
        "40P01 , true",
        "53300 , true",
        "55P03 , true",
        "57P03 , true",
        "58030 , true",
        "3D000 , true",
        "28P01 , false",
        "28000 , false",
        "42601 , false",
        "42501 , false",
        "42P07 , false",
        "23505 , false"
    })
    void aMigrationThatFailsIsTriedAgainIfWhatItFailedOnMayPass(String state, boolean isPassing) {
        SQLException inner = new SQLException("why", state);
        assertThat(Passing.is(migration("Script V3 failed", inner))).isEqualTo(isPassing);
        assertThat(Passing.is(migration("Script V3 failed", new SQLException("outer", "42601", inner))))
                .as("the innermost says what it was")
                .isEqualTo(isPassing);
    }

    @Test
    void aMigrationThatIsNotAsItWasIsNeverSound() {
        FlywayException changed = new FlywayException("Validate failed: a checksum differs");
        assertThat(Passing.is(changed)).isFalse();
        assertThat(Passing.words(changed)).isEqualTo("Validate failed: a checksum differs");
        assertThat(Passing.words(migration(
                        "\nScript V3 failed\n---\nSQL State: 42601", new SQLException("no such thing", "42601"))))
                .isEqualTo("Script V3 failed: no such thing");
        assertThat(Passing.is(migration("interrupted", new InterruptedException())))
                .isTrue();
    }

    @Test
    void whatIsAwayIsWaitedForAndDefectsAreNot() {
        assertThat(Passing.is(new KafkaUnavailableException("away", new IllegalStateException())))
                .isTrue();
        assertThat(Passing.is(new KafkaException("No resolvable bootstrap urls")))
                .isTrue();
        assertThat(Passing.is(Tables.failure(new SQLException("away", "08006"))))
                .isTrue();
        assertThat(Passing.is(Tables.failure(new SQLException("no such column", "42703"))))
                .isFalse();
        assertThat(Passing.is(new NullPointerException())).isFalse();
        assertThat(Passing.is(new IllegalStateException())).isFalse();
    }

    @Test
    void noTextThatIsShownHasWhatIsBehindAUrl() {
        String url = "jdbc:postgresql://h/db?user=tw&password=4711";
        assertThat(PostgresUrl.without("Unable to connect (" + url + ") for user 'tw'"))
                .isEqualTo("Unable to connect (jdbc:postgresql://h/db) for user 'tw'");
        assertThat(PostgresSettings.of(url, "u", "p")).hasToString("u at jdbc:postgresql://h/db");
    }

    @Test
    void parametersThatOneClientTakesAreNamed() {
        PostgresUrl url = PostgresUrl.of("jdbc:postgresql://h/db?user=a%20b&socketTimeout=3&sslmode=require");
        assertThat(url.address()).isEqualTo("jdbc:postgresql://h/db");
        assertThat(url.parameters()).isEqualTo(Map.of("user", "a b", "socketTimeout", "3", "sslmode", "require"));
        assertThat(url.ofOne()).containsExactly("socketTimeout");
    }

    private static FlywayException migration(String message, Exception cause) {
        return new FlywayException(message, cause);
    }
}
