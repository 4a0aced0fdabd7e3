package dev.threadwright.query;

import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.thread.ThreadKey;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** What a run asks or asked, as of its thread's last commit. Times are milliseconds since 1970. */
@Entity
@Immutable
@Table(name = "interrupt")
@IdClass(StoredInterrupt.Key.class)
public class StoredInterrupt extends PanacheEntityBase implements SealedRow {

    @Id
    public String tenant;

    @Id
    public String thread;

    @Id
    public String interrupt;

    public String run;
    public String step;
    public String kind;

    /** {@code pending}, {@code resolved}, {@code rejected} or {@code expired}. */
    public String status;

    @Column(name = "created_at_ms")
    public long createdAtMs;

    @Column(name = "expires_at_ms")
    public @Nullable Long expiresAtMs;

    @Column(name = "settled_at_ms")
    public @Nullable Long settledAtMs;

    /** JSON object: payload and schema. */
    @Formula("cast(prompt as text)")
    public String prompt;

    /** JSON object of what became of it: answer, by, via, reason, expiry; null while it is pending. */
    @Formula("cast(settlement as text)")
    public @Nullable String settlement;

    @Override
    public void wants(Opening opening) {
        ThreadKey key = new ThreadKey(tenant, thread);
        opening.wants(key, prompt).wants(key, settlement);
    }

    @Override
    public void open(Opening opening) {
        ThreadKey key = new ThreadKey(tenant, thread);
        prompt = opening.open(new Cell(key, SealedColumn.PROMPT, interrupt), prompt);
        settlement = opening.openOrNull(new Cell(key, SealedColumn.SETTLEMENT, interrupt), settlement);
    }

    public record Key(String tenant, String thread, String interrupt) {}
}
