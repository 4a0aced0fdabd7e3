package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.store.AuditLog;
import dev.threadwright.security.Caller;
import dev.threadwright.tables.Tables;
import dev.threadwright.workflow.Json;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** That nobody looks at what is recorded before that is recorded. */
class AuditTrailTest {

    private static final AuditTrail.Doing LOOK =
            new AuditTrail.Doing(Caller.anybody("acme", "shop"), Act.DEAD_LETTER_READ, "", "3-12", Json.EMPTY_OBJECT);

    /** Entries that are being written. */
    private final List<UniEmitter<Object>> writing = new ArrayList<>();

    private final AuditTrail trail = new AuditTrail(new AuditLog(tables()), new SimpleMeterRegistry());

    @Test
    void whoLooksAgainWaitsForTheEntryOfTheFirstLook() {
        var first = looked();
        var second = looked();
        first.assertNotTerminated();
        second.assertNotTerminated();
        assertThat(writing).hasSize(1);
        writing.getFirst().complete(1L);
        first.assertCompleted();
        second.assertCompleted();
        looked().assertCompleted();
        assertThat(writing).as("once within the hour").hasSize(1);
    }

    @Test
    void whatCannotBeRecordedIsShownToNeitherAndTriedAgain() {
        var first = looked();
        var second = looked();
        writing.getFirst().fail(new IllegalStateException("away"));
        first.assertFailedWith(ProblemException.class);
        second.assertFailedWith(ProblemException.class);
        var third = looked();
        third.assertNotTerminated();
        writing.getLast().complete(2L);
        third.assertCompleted();
        assertThat(writing).hasSize(2);
    }

    private UniAssertSubscriber<Object> looked() {
        return trail.looked(LOOK).map(number -> (Object) true).subscribe().withSubscriber(UniAssertSubscriber.create());
    }

    private Tables tables() {
        return new Tables(new PGSimpleDataSource()) {
            @Override
            @SuppressWarnings("unchecked")
            public <T> Uni<T> write(Work<T> work) {
                return (Uni<T>) Uni.createFrom().emitter(writing::add);
            }
        };
    }
}
