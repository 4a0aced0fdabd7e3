package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.Stage;
import dev.threadwright.audit.store.AuditLog;
import dev.threadwright.audit.store.AuditVerifier;
import dev.threadwright.tables.Tables;
import dev.threadwright.testing.LogTail;
import dev.threadwright.testing.TestDatabase;
import dev.threadwright.workflow.Json;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

class AuditHeadsTest {

    @Test
    void whatHasGoneOnIsTold() {
        Tables tables = TestDatabase.migrated("audit_heads").tables();
        AuditVerifier verifier = new AuditVerifier(tables);
        AuditHeads heads = new AuditHeads(verifier);
        append(tables, "acme");
        append(tables, "globex");
        assertThat(told(heads)).containsExactlyElementsOf(lines(verifier)).hasSize(2);
        assertThat(told(heads)).isEmpty();
        append(tables, "globex");
        assertThat(told(heads)).singleElement().isEqualTo(lines(verifier).getLast());
    }

    private static List<String> lines(AuditVerifier verifier) {
        return verifier.headsNow().stream()
                .map(head -> "The audit log ends at " + head)
                .toList();
    }

    private static List<String> told(AuditHeads heads) {
        try (LogTail log = LogTail.from(Level.INFO)) {
            heads.tell();
            return log.lines().stream()
                    .filter(line -> line.startsWith("The audit log ends at "))
                    .toList();
        }
    }

    private static void append(Tables tables, String tenant) {
        new AuditLog(tables)
                .append(new AuditLog.New(tenant, "ann", "key", Act.AUDIT_READ, Stage.LOOKED, "", "", Json.EMPTY_OBJECT))
                .await()
                .atMost(Duration.ofSeconds(20));
    }
}
