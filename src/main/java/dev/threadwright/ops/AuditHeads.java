package dev.threadwright.ops;

import dev.threadwright.audit.Head;
import dev.threadwright.audit.store.AuditVerifier;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Writes where the chains of the audit log end to the server's log, of those that have gone on: logs are mostly kept where
 * nobody reaches them who can change the database.
 */
final class AuditHeads {

    static final Duration EVERY = Duration.ofHours(1);

    /** Lines at once; the next time has the others. */
    static final int MAX_LINES = 1_000;

    private static final Logger LOG = Logger.getLogger(AuditHeads.class);

    private final AuditVerifier verifier;

    /** By chain, the last number that was told: as many as there are chains. */
    private final Map<String, Long> told = new HashMap<>();

    AuditHeads(AuditVerifier verifier) {
        this.verifier = verifier;
    }

    void tell() {
        int lines = 0;
        for (Head head : verifier.headsNow()) {
            String chain = head.tenant() + "/" + head.chain();
            if (head.number() != told.getOrDefault(chain, 0L) && lines < MAX_LINES) {
                lines++;
                told.put(chain, head.number());
                LOG.infof("The audit log ends at %s", head);
            }
        }
    }
}
