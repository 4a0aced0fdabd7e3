package dev.threadwright.faults.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.threadwright.faults.campaign.Findings.Kind;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;

/** What the journal says of itself when all is over; what is published was held against it before. */
final class JournalCheck {
    private final Site site;
    private final Findings findings;

    JournalCheck(Site site, Findings findings) {
        this.site = site;
        this.findings = findings;
    }

    void run() throws Exception {
        each(Kind.MISORDERED, """
                select format('partition %s has %s positions up to %s, and its row says %s',
                              c.partition, count(*), max(p.position), c.position)
                from partition_claim c
                     join (select partition, position from decision union all select partition, position from outbox) p
                         using (partition)
                group by c.partition, c.position
                having count(*) <> max(p.position) or max(p.position) <> c.position or min(p.position) <> 1
                """);
        each(Kind.MISORDERED, """
                select format('thread %s has %s events up to %s, and its row says %s',
                              t.thread, sum(d.count), max(d.first_seq + d.count - 1), t.seq)
                from thread t join decision d using (tenant, thread)
                group by t.thread, t.seq
                having sum(d.count) <> t.seq or max(d.first_seq + d.count - 1) <> t.seq
                """);
        each(Kind.SET_ASIDE, """
                select format('%s %s/%s: %s', kind, source_partition, source_offset, reason)
                from outbox where kind not in ('forward', 'action')
                """);
        each(Kind.DIFFERENT, """
                select format('run %s of %s has another receipt than the one that was accepted', c.run, c.thread)
                from (select thread, event->>'run' as run, event->'values'->>'receipt' as receipt
                      from event where thread like 'pays-%' and type = 'run.completed') c
                     left join (select event->>'run' as run, event->'result'->>'receipt' as receipt
                                from event where thread like 'pays-%' and type = 'action.succeeded') s using (run)
                where c.receipt is distinct from s.receipt
                """);
        each(Kind.STUCK, "select format('%s of %s is still owed', kind, thread) from owed");
        verify();
    }

    private void each(Kind kind, String sql) throws SQLException {
        site.postgres().query(sql).forEach(row -> findings.add(kind, row));
    }

    /** Every thread is recomputed from its journal. */
    private void verify() throws Exception {
        String after = "";
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (after != null) {
                URI page = URI.create(site.nodes().getFirst().url() + "/verify?limit=100"
                        + (after.isEmpty() ? "" : "&after=" + URLEncoder.encode(after, StandardCharsets.UTF_8)));
                HttpResponse<String> answer = http.send(
                        HttpRequest.newBuilder(page)
                                .timeout(Duration.ofSeconds(60))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 200) {
                    findings.add(Kind.BROKEN, page + " is answered with " + answer.statusCode() + ": " + answer.body());
                    return;
                }
                JsonNode body = new ObjectMapper().readTree(answer.body());
                body.path("unsound").forEach(thread -> findings.add(Kind.UNSOUND, thread.toString()));
                after = body.path("next").isNull() || body.path("next").isMissingNode()
                        ? null
                        : body.path("next").asText();
            }
        }
    }
}
