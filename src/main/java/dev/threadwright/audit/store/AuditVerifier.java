package dev.threadwright.audit.store;

import dev.threadwright.audit.ChainCheck;
import dev.threadwright.audit.Entry;
import dev.threadwright.audit.Finding;
import dev.threadwright.audit.Head;
import dev.threadwright.tables.Sql;
import dev.threadwright.tables.Tables;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks the chains, one after the other, so many entries at once, and says where one is not as it was written. That a chain
 * ends too early, or was written anew from somewhere on, tells only a head that was kept elsewhere.
 */
@ApplicationScoped
public class AuditVerifier {

    /** In one statement, so that the end is that of these entries, whatever is appended meanwhile. */
    private static final String AFTER = """
            select h.number as head_number, h.hash as head_hash, e.*
            from audit_head h
                 left join lateral (
                     select * from audit_entry i
                     where i.tenant = h.tenant and i.chain = h.chain and i.number > ?
                     order by i.number limit ?) e on true
            where h.tenant = ? and h.chain = ?
            order by e.number
            """;

    private static final String HASH = "select hash from audit_entry where tenant = ? and chain = ? and number = ?";

    /** From one tenant to the next in the index. */
    private static final String TENANTS = """
            with recursive one (tenant) as (
                (select min(tenant) from audit_entry)
                union all
                select (select min(e.tenant) from audit_entry e where e.tenant > one.tenant)
                from one where one.tenant is not null)
            select tenant from one where tenant is not null
            """;

    /** From one chain to the next in the index: there are few, and very many entries. */
    private static final String HEADLESS = """
            with recursive one (tenant, chain) as (
                select k.tenant, (select min(e.chain) from audit_entry e where e.tenant = k.tenant)
                from unnest(?::text[]) as k (tenant)
                union all
                select one.tenant,
                       (select min(e.chain) from audit_entry e where e.tenant = one.tenant and e.chain > one.chain)
                from one where one.chain is not null)
            select one.tenant, one.chain,
                   (select min(e.number) from audit_entry e where e.tenant = one.tenant and e.chain = one.chain)
            from one
            where one.chain is not null
              and not exists (select from audit_head h where h.tenant = one.tenant and h.chain = one.chain)
            order by one.tenant, one.chain limit 100
            """;

    private final Tables tables;

    public AuditVerifier(Tables tables) {
        this.tables = tables;
    }

    /** What is done: the chains before this one, and of this one what is up to this entry, or {@link #ALL} of it. */
    public record Place(String tenant, String chain, long number) {

        /** Beyond what any chain has; 18 digits. */
        static final long ALL = 999_999_999_999_999_999L;
    }

    /**
     * @param entries how many were looked at
     * @param next null if there is nothing left
     */
    public record Page(
            long entries, List<Finding> findings, @Nullable Place next) {}

    /** Of the tenant's chains, and of those of the whole server. @param after null to begin */
    public Uni<Page> page(String tenant, @Nullable Place after, int limit) {
        return tables.read(tenant, sql -> page(sql, List.of(tenant, Entry.SERVER), after, limit));
    }

    /** As {@link #page}, of all tenants; on this thread. */
    public Page pageNow(@Nullable Place after, int limit) {
        return tables.writeNow(sql ->
                page(sql, after == null ? sql.query(TENANTS, row -> row.getString(1)) : List.of(), after, limit));
    }

    /** What is not there any more of what was there when these heads were taken. */
    public Uni<List<Finding>> expected(String tenant, List<Head> heads) {
        return tables.read(tenant, sql -> expected(sql, heads));
    }

    /** As {@link #expected}, of all tenants; on this thread. */
    public List<Finding> expectedNow(List<Head> heads) {
        return tables.writeNow(sql -> expected(sql, heads));
    }

    /** Of all tenants; on this thread. */
    public List<Head> headsNow() {
        return tables.writeNow(AuditLog::heads);
    }

    /** @param tenants of all entries that there are for whoever asks; they are needed to begin */
    private static Page page(Sql sql, List<String> tenants, @Nullable Place after, int limit) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        if (after == null) {
            findings.addAll(headless(sql, tenants));
        }
        long entries = 0;
        // Chains without entries count, too: a page ends, however many there are.
        int left = limit;
        Place at = after;
        for (Head chain : AuditLog.heads(sql)) {
            if (at != null && isDone(chain, at)) {
                continue;
            }
            if (left <= 0) {
                return new Page(entries, findings, at);
            }
            Part part = part(sql, chain, at != null && isOf(chain, at) ? at.number() : 0, left);
            findings.addAll(part.check().findings());
            entries += part.entries();
            left -= part.entries() + 1;
            if (!part.isWhole()) {
                Place within =
                        new Place(chain.tenant(), chain.chain(), part.check().last());
                return new Page(entries, findings, within);
            }
            at = new Place(chain.tenant(), chain.chain(), Place.ALL);
        }
        return new Page(entries, findings, null);
    }

    /** @param isWhole whether it reaches the chain's end */
    private record Part(ChainCheck check, int entries, boolean isWhole) {}

    private record Row(Head head, @Nullable Entry entry) {}

    private static Part part(Sql sql, Head chain, long after, int limit) throws SQLException {
        ChainCheck check = behind(sql, chain, after);
        List<Row> rows = sql.query(
                AFTER,
                row -> new Row(
                        new Head(
                                chain.tenant(),
                                chain.chain(),
                                row.getLong("head_number"),
                                AuditLog.hex(row.getBytes("head_hash"))),
                        row.getObject("number") == null ? null : AuditLog.entry(row)),
                after,
                limit,
                chain.tenant(),
                chain.chain());
        int entries = 0;
        for (Row row : rows) {
            if (row.entry() != null) {
                check.add(row.entry());
                entries++;
            }
        }
        boolean isWhole = entries < limit;
        if (isWhole && !rows.isEmpty()) {
            check.end(rows.getFirst().head());
        }
        return new Part(check, entries, isWhole);
    }

    private static ChainCheck behind(Sql sql, Head chain, long number) throws SQLException {
        if (number == 0) {
            return ChainCheck.ofAll(chain.tenant(), chain.chain());
        }
        String hash = hash(sql, chain.tenant(), chain.chain(), number);
        // What was there a page ago is not: whatever stands behind it does not follow on nothing.
        return ChainCheck.behind(chain.tenant(), chain.chain(), number, hash == null ? "" : hash);
    }

    private static @Nullable String hash(Sql sql, String tenant, String chain, long number) throws SQLException {
        return sql.first(HASH, row -> AuditLog.hex(row.getBytes(1)), tenant, chain, number);
    }

    private static List<Finding> headless(Sql sql, List<String> tenants) throws SQLException {
        return sql.query(
                HEADLESS,
                row -> new Finding(
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        Finding.Kind.UNLINKED,
                        "The chain has entries, and nothing says where it ends"),
                (Object) tenants.toArray(String[]::new));
    }

    private static List<Finding> expected(Sql sql, List<Head> heads) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        for (Head head : heads) {
            if (head.number() == 0) {
                continue;
            }
            String hash = hash(sql, head.tenant(), head.chain(), head.number());
            if (hash == null) {
                findings.add(new Finding(
                        head.tenant(),
                        head.chain(),
                        head.number(),
                        Finding.Kind.TRUNCATED,
                        "The chain had this entry, and has it no more"));
            } else if (!hash.equals(head.hash())) {
                findings.add(new Finding(
                        head.tenant(),
                        head.chain(),
                        head.number(),
                        Finding.Kind.ALTERED,
                        "It has another hash than it had: the chain was written anew, from here or from before"));
            }
        }
        return findings;
    }

    private static boolean isDone(Head chain, Place at) {
        int byTenant = chain.tenant().compareTo(at.tenant());
        int order = byTenant == 0 ? chain.chain().compareTo(at.chain()) : byTenant;
        return order < 0 || order == 0 && at.number() == Place.ALL;
    }

    private static boolean isOf(Head chain, Place at) {
        return chain.tenant().equals(at.tenant()) && chain.chain().equals(at.chain());
    }
}
