package dev.threadwright.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.Sha256;
import dev.threadwright.http.Routes.Route;
import dev.threadwright.json.JsonText;
import dev.threadwright.security.Role;
import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.TestServers;
import dev.threadwright.workflow.Json;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.URLEncoder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who did what is in the audit log, whichever way they did it. */
@QuarkusTest
@TestProfile(Tenants.class)
class AuditOverHttpTest {

    /** Those without which nobody does what the log is about. */
    private static final Set<Role> RECORDED = Set.of(Role.RESOLVE, Role.OPERATE, Role.ADMINISTER);

    /**
     * Each route that needs one of these roles: what it is sent, and the entry that is there afterwards, with the thread and
     * the target that it names.
     */
    private static final String ROUTES = """
            POST /interrupts/{resolved}/resolve?wait=decision | {"answer": {"ok": true}} | interrupt.resolve done | {asking} | {resolved}
            POST /interrupts/{rejected}/reject?wait=decision | {"reason": "over-budget"} | interrupt.reject done | {refusing} | {rejected}
            POST /threads/{resuming}/resume?wait=decision | {"answer": {"ok": true}} | interrupt.resolve done | {resuming} | {answered}
            POST /threads/{moving}/resume?wait=decision | {"goto": ["second"]} | run.resume done | {moving} | {moved}
            POST /actions/{retried}/retry?wait=decision | {} | action.retry done | {working-1} | {retried}
            POST /actions/{completed}/complete?wait=decision | {"result": "secret-4711"} | action.complete done | {working-2} | {completed}
            POST /actions/{failed}/fail?wait=decision | {"error": "secret-4711"} | action.fail done | {working-3} | {failed}
            GET /dead-letters | | dead_letter.list looked | |
            GET /dead-letters/{letter} | | dead_letter.read looked | | {letter}
            POST /dead-letters/{letter}/replay | {"value": {"text": "secret-4711"}} | dead_letter.replay begun done | | {letter}
            GET /set-aside | | set_aside.list looked | |
            GET /set-aside/{aside} | | set_aside.read looked | {aside} |
            POST /set-aside/{aside}/release | {} | thread.release begun done | {aside} |
            GET /verify | | journal.verify looked | |
            GET /threads/{asking}/verify | | journal.verify looked | {asking} |
            POST /workflows | {"name": "{workflow}", "channels": {"mine": "last_write_wins"}, "start": "s", "steps": {"s": {"set": {"mine": "true"}}}} | workflow.register begun done | |
            POST /threads/{erasing}/erase | {"reason": "nobody needs it"} | erasure.request begun done | {erasing} |
            POST /erasures | {"reason": "nobody needs it", "thread_ids": ["{forgetting}"]} | erasure.request begun done | |
            GET /erasures/{erasure} | | erasure.read looked | | {erasure}
            GET /audit | | audit.read looked | |
            GET /audit/head | | audit.head looked | |
            GET /audit/verify | | audit.verify looked | |
            """;

    @Inject
    BeanManager beans;

    @Inject
    AgroalDataSource database;

    @TestHTTPResource("/")
    URI server;

    private TenantClient tenants;
    private final String thread = "audited-" + UUID.randomUUID();

    private record Row(
            String verb, String path, String body, String act, List<String> outcomes, String thread, String target) {

        static Row of(String line) {
            String[] columns = line.split(" *[|] ?", -1);
            String[] route = columns[0].strip().split(" ", 2);
            List<String> entry = List.of(columns[2].strip().split(" "));
            return new Row(
                    route[0],
                    route[1],
                    columns[1].strip(),
                    entry.getFirst(),
                    entry.subList(1, entry.size()),
                    columns[3].strip(),
                    columns[4].strip());
        }

        boolean isOf(Route route) {
            String asked = path.replaceAll("[?].*", "");
            return verb.equals(route.verb()) && asked.matches(route.path().replaceAll("\\{[^{}]*}", "[^/]+"));
        }
    }

    private static List<Row> rows() {
        return ROUTES.lines().map(Row::of).toList();
    }

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
        tenants = new TenantClient(server, database);
    }

    @AfterEach
    void close() throws SQLException {
        tenants.close();
    }

    @Test
    void everyRouteThatIsNotForReadersAndWritersIsRecordedAndHasARow() {
        List<Row> rows = rows();
        List<Route> recorded = Routes.all(beans).stream()
                .filter(route -> route.need() instanceof RoleCheck.Need.Of(Role role) && RECORDED.contains(role))
                .toList();
        assertThat(recorded).hasSizeGreaterThan(15).allSatisfy(route -> {
            Audited audited = route.method().getAnnotation(Audited.class);
            assertThat(audited)
                    .as(route.template() + " needs a role for which there is an audit log: say @Audited")
                    .isNotNull();
            assertThat(rows)
                    .as(route.template() + " has no row: say what is recorded of it")
                    .anyMatch(row ->
                            row.isOf(route) && row.act().equals(audited.value().word())
                                    // An answer says more than that a run was resumed.
                                    || row.isOf(route) && audited.value() == Act.RUN_RESUME);
        });
    }

    @Test
    void whatEachRouteDoesIsRecordedOnce() throws Exception {
        somethingOfEverything();
        List<String> wrong = new ArrayList<>();
        for (Row row : rows()) {
            // What was done before, by another test of this server, is there from then; what was looked at is not
            // recorded
            // again so soon.
            int before = entries(row).size();
            boolean isKnown = before > 0 && row.outcomes().equals(List.of("looked"));
            TenantClient.Answer answer = tenants.send(row.verb(), row.path(), Tenants.ACME, row.body());
            if (answer.status() >= 400) {
                wrong.add(row.verb() + " " + row.path() + ": " + answer);
            }
            List<String> all = entries(row);
            List<String> found = all.subList(before, all.size());
            if (!found.equals(isKnown ? List.of() : row.outcomes())) {
                wrong.add(row.verb() + " " + row.path() + ": " + row.act() + " is there as " + found);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(column("select count(*)::text from audit_entry where detail like '%secret-4711%' or detail like"
                        + " '%over-budget%'"))
                .as("nobody's data")
                .containsExactly("0");
        assertThat(verified()).isEmpty();
    }

    @Test
    void whatIsDoneOverKafkaIsRecordedAsWellAndOnce() throws Exception {
        String interrupt = asking(thread);
        String id = "record-" + UUID.randomUUID();
        for (int i = 0; i < 2; i++) {
            kafka("run.resume", id, interrupt, "{\"answer\": {\"ok\": true}}");
        }
        kafka("run.resume", "later-" + id, interrupt, "{\"answer\": {\"ok\": false}}");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(tenants.send("GET", "/interrupts/" + interrupt, Tenants.ACME, "")
                                .body())
                        .contains("\"status\":\"resolved\""));
        kafka("user.input", "end-" + id, null, "{}");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(tenants.send("GET", "/threads/" + thread + "/events", Tenants.ACME, "")
                                .body())
                        .contains("end-" + id));
        assertThat(column(
                        "select concat_ws(' ', chain like 'partition-%', caller, known, outcome, detail::json ->> 'source',"
                                + " detail::json ->> 'id', detail::json ->> 'answer_sha256') from audit_entry where tenant = 'acme'"
                                + " and act = 'interrupt.resolve' and target = '" + interrupt + "'"))
                .containsExactly("t kafka kafka done /people " + id + " " + Sha256.of("{\"ok\":true}"));
    }

    @Test
    void anActThatIsRefusedSaysSoBehindItsBeginning() throws Exception {
        String body = "{\"name\": \"" + thread + "\", \"nothing\": \"of-this-4712\"}";
        assertThat(tenants.send("POST", "/workflows", Tenants.ACME, body).status())
                .isEqualTo(422);
        List<String> found = column("select concat_ws(' ', number, caller, known, outcome, detail) from audit_entry"
                + " where tenant = 'acme' and chain = 'requests' and act = 'workflow.register' and (detail like '%"
                + Sha256.of(body)
                + "%' or number in (select number + 1 from audit_entry where tenant = 'acme' and chain ="
                + " 'requests' and detail like '%" + Sha256.of(body) + "%')) order by number");
        assertThat(found).hasSize(2);
        String number = found.getFirst().split(" ")[0];
        assertThat(found.getFirst())
                .isEqualTo(number + " acme-all key begun {\"body_sha256\":\"" + Sha256.of(body) + "\"}");
        assertThat(found.getLast())
                .endsWith(" acme-all key refused {\"begun\":" + number
                        + ",\"problem\":\"urn:threadwright:problem:invalid-workflow\"}");
        assertThat(column("select count(*)::text from audit_entry where detail like '%of-this-4712%'"))
                .containsExactly("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST /workflows", "GET /set-aside/{thread}", "POST /set-aside/{thread}/release"})
    void whatCannotBeRecordedIsNotDone(String route) throws Exception {
        tenants.setAside(thread, "x");
        boolean isLook = route.startsWith("GET");
        double before = failures(isLook ? "looked" : "begun");
        String[] parts = route.replace("{thread}", thread).split(" ");
        String body = isLook ? "" : """
                {"name": "%s", "channels": {"mine": "last_write_wins"}, "start": "s", "steps": {"s": {"set": {"mine": "true"}}}}
                """.formatted(thread);
        sql("alter table audit_head rename to audit_head_away");
        try {
            TenantClient.Answer answer = tenants.send(parts[0], parts[1], Tenants.ACME, body);
            assertThat(answer.status()).as(answer.body()).isEqualTo(503);
            assertThat(answer.body()).contains("nothing was done");
        } finally {
            sql("alter table audit_head_away rename to audit_head");
        }
        assertThat(tenants.send("GET", "/workflows/" + thread, Tenants.ACME, "").status())
                .isEqualTo(404);
        assertThat(tenants.send("GET", "/set-aside/" + thread, Tenants.ACME, "").status())
                .isEqualTo(200);
        assertThat(failures(isLook ? "looked" : "begun") - before).isEqualTo(1);
    }

    /** How many entries could not be written. */
    private double failures(String outcome) {
        String series = "threadwright_audit_failures_total{outcome=\"" + outcome + "\"} ";
        return tenants.send("GET", "/q/metrics", Tenants.ACME, "")
                .body()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .sum();
    }

    /** Nothing has such a name, and Postgres could not index it. */
    @Test
    void aNameThatIsTooLongIsCut() throws Exception {
        String long255 = (thread + "x".repeat(255)).substring(0, 255);
        assertThat(tenants.send("GET", "/set-aside/" + long255 + "y".repeat(3_000), Tenants.ACME, "")
                        .status())
                .isEqualTo(400);
        assertThat(entries("set_aside.read", long255 + "…", "")).containsExactly("looked");
    }

    /** An interrupt that is not recorded is not resolved: it is one commit. */
    @Test
    void anAnswerWaitsForTheLog() throws Exception {
        String interrupt = asking(thread);
        sql("alter table audit_head rename to audit_head_away");
        try {
            TenantClient.Answer answer = tenants.send(
                    "POST",
                    "/interrupts/" + interrupt + "/resolve?wait=decision&timeout=1500",
                    Tenants.ACME,
                    "{\"answer\": {\"ok\": true}}");
            assertThat(answer.status()).as(answer.body()).isIn(202, 503);
            assertThat(tenants.send("GET", "/interrupts/" + interrupt, Tenants.ACME, "")
                            .body())
                    .contains("\"status\":\"pending\"");
        } finally {
            sql("alter table audit_head_away rename to audit_head");
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(tenants.send("GET", "/interrupts/" + interrupt, Tenants.ACME, "")
                                .body())
                        .contains("\"status\":\"resolved\""));
        assertThat(entries("interrupt.resolve", thread, interrupt)).containsExactly("done");
    }

    @Test
    void whoMayNotIsRecordedAndNotAgainAndAgain() throws Exception {
        String without = Tenants.allBut(Role.OPERATE);
        for (int i = 0; i < 5; i++) {
            assertThat(tenants.send("POST", "/set-aside/denied-" + i + "/release", without, "")
                            .status())
                    .isEqualTo(403);
        }
        String query =
                "select time_ms::text from audit_entry where tenant = 'acme' and act = 'access.deny' and outcome = 'denied'"
                        + " and caller = 'acme-all-but-operate' and target = 'POST /set-aside/{thread_id}/release'"
                        + " and detail like '%\"missing_role\":\"operate\"%' order by time_ms";
        // They are written beside the answers; once one behind them is there, they are.
        assertThat(tenants.send("POST", "/set-aside/denied/release", Tenants.only(Role.WRITE), "")
                        .status())
                .isEqualTo(403);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(column("select target from audit_entry where act = 'access.deny'"
                                + " and caller = 'acme-only-write' and target = 'POST /set-aside/{thread_id}/release'"))
                        .isNotEmpty());
        List<Long> times = column(query).stream().map(Long::valueOf).toList();
        assertThat(times).isNotEmpty();
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).isGreaterThan(50_000);
        }
    }

    @Test
    void whoMayNotAnswerInWhateverWayIsRecorded() throws Exception {
        String without = Tenants.allBut(Role.RESOLVE);
        assertThat(tenants.send(
                                "POST",
                                "/threads/t/inputs",
                                without,
                                "{\"data\": 1, \"interrupt_id\": \"0123456789abcdef0123456789abcdef\"}")
                        .status())
                .isEqualTo(403);
        assertThat(tenants.send(
                                "POST",
                                "/threads/t/commands",
                                without,
                                "{\"id\": 1, \"method\": \"input.respond\", \"params\": {\"interrupt_id\": \"x\", \"response\": 1}}")
                        .body())
                .contains("role resolve");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(column("select distinct target from audit_entry where act = 'access.deny'"
                                        + " and caller = 'acme-all-but-resolve'"))
                                .contains("POST /threads/{thread_id}/inputs", "command input.respond"));
    }

    @Test
    void theLogIsReadByWhatIsAskedForPageByPage() throws Exception {
        String interrupt = asking(thread);
        tenants.send(
                "POST",
                "/interrupts/" + interrupt + "/resolve?wait=decision",
                Tenants.ACME,
                "{\"answer\": {\"ok\": true}}");
        Json.Obj page = page("/audit?thread_id=" + thread + "&act=interrupt.resolve");
        assertThat(list(page, "entries")).singleElement().satisfies(entry -> {
            assertThat(entry.get("caller")).isEqualTo(Json.of("acme-all"));
            assertThat(entry.get("known")).isEqualTo(Json.of("http"));
            assertThat(entry.get("target")).isEqualTo(Json.of(interrupt));
            assertThat(entry.get("thread_id")).isEqualTo(Json.of(thread));
        });
        for (int i = 0; i < 3; i++) {
            tenants.send("GET", "/set-aside/look-" + i + "-" + thread, Tenants.ACME, "");
        }
        for (String order : List.of("newest", "oldest")) {
            List<Json> paged = new ArrayList<>();
            String next = "";
            Json.Obj one;
            do {
                one = page("/audit?act=set_aside.read&caller=acme-all&limit=2&order=" + order + next);
                paged.addAll(list(one, "entries"));
                next = one.get("next") instanceof Json.Text(String after) ? "&after=" + after : "";
            } while (!next.isEmpty());
            assertThat(paged)
                    .hasSizeGreaterThanOrEqualTo(3)
                    .doesNotHaveDuplicates()
                    .isEqualTo(list(
                            page("/audit?act=set_aside.read&caller=acme-all&limit=1000&order=" + order), "entries"));
        }
        assertThat(list(page("/audit?until=2020-01-01T00:00:00Z"), "entries")).isEmpty();
        assertThat(list(page("/audit?since=2020-01-01T00:00:00Z&limit=1"), "entries"))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/audit?act=nothing.done",
                "/audit?since=yesterday",
                "/audit?order=random",
                "/audit?limit=0",
                "/audit?limit=1001",
                "/audit?after=nowhere",
                "/audit?thread_id=%00",
                "/audit/verify?after=nowhere",
                "/audit/verify?after=globex/requests:1:0000000000000000000000000000000000000000000000000000000000000000",
                "/audit/verify?expect=nothing",
                "/audit/verify?expect=globex/requests:1:0000000000000000000000000000000000000000000000000000000000000000",
                "/audit/verify?limit=10001"
            })
    void whatCannotBeMeantIsRefused(String path) {
        assertThat(tenants.send("GET", path, Tenants.ACME, "").status()).isEqualTo(400);
    }

    @Test
    void theLogIsHeldAgainstWhereItEndedOnce() throws Exception {
        asking(thread);
        tenants.send("GET", "/set-aside/something-" + thread, Tenants.ACME, "");
        List<Json.Obj> heads = list(page("/audit/head"), "heads");
        assertThat(heads).anySatisfy(head -> assertThat(head.get("chain")).isEqualTo(Json.of("requests")));
        StringBuilder expect = new StringBuilder();
        heads.forEach(head -> expect.append("&expect=").append(encoded(TenantClient.text(head, "head"))));
        tenants.send("GET", "/set-aside/something-else-" + thread, Tenants.ACME, "");
        assertThat(list(page("/audit/verify?limit=10000" + expect), "findings")).isEmpty();
        // In pages, too.
        String next = "";
        do {
            Json.Obj page = page("/audit/verify?limit=3" + next);
            assertThat(list(page, "findings")).isEmpty();
            next = page.get("next") instanceof Json.Text(String after) ? "&after=" + encoded(after) : "";
        } while (!next.isEmpty());
        String beyond = "acme/requests:999999:" + "0".repeat(64);
        assertThat(list(page("/audit/verify?expect=" + encoded(beyond)), "findings"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.get("kind")).isEqualTo(Json.of("truncated")));
    }

    // What there is to be done things to
    // -------------------------------------------------------------------------------

    private void somethingOfEverything() throws Exception {
        for (String name : List.of("asking", "refusing", "resuming", "moving")) {
            tenants.name(name, name + "-" + thread);
        }
        tenants.name("resolved", asking(tenants.filled("{asking}")));
        tenants.name("rejected", asking(tenants.filled("{refusing}")));
        tenants.name("answered", asking(tenants.filled("{resuming}")));
        asking(tenants.filled("{moving}"));
        tenants.name("moved", tenants.awaited("/threads/{moving}/runs", "", "run_id"));
        tenants.name("workflow", "of-" + thread);
        String charging = "charging-" + thread;
        tenants.expect("POST", "/workflows", """
                {"name": "%s", "channels": {"receipt": "last_write_wins"}, "start": "pay",
                 "steps": {"pay": {"work": "charge-%s", "input": "{}", "result": {"receipt": "result"}, "timeout": "1h"}}}
                """.formatted(charging, thread), 201);
        List<String> actions = List.of("retried", "completed", "failed");
        for (int i = 1; i <= actions.size(); i++) {
            String working = "working-" + i + "-" + thread;
            tenants.name("working-" + i, working);
            tenants.expect("POST", "/threads/" + working + "/inputs?wait=decision", """
                    {"workflow": "%s", "data": {}}""".formatted(charging), 200);
            tenants.name(actions.get(i - 1), tenants.awaited("/actions?thread_id=" + working, "actions", "action_id"));
        }
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.send(new ProducerRecord<>(
                            "tenants.input.acme", thread.getBytes(UTF_8), "{no JSON".getBytes(UTF_8)))
                    .get(30, TimeUnit.SECONDS);
        }
        tenants.name("letter", tenants.awaited("/dead-letters?thread_id=" + thread, "dead_letters", "dead_letter_id"));
        for (String name : List.of("erased", "erasing", "forgetting")) {
            tenants.name(name, name + "-" + thread);
            tenants.expect("POST", "/threads", tenants.filled("{\"thread_id\": \"{" + name + "}\"}"), 200);
        }
        tenants.name(
                "erasure",
                TenantClient.text(
                        tenants.expect("POST", "/threads/{erased}/erase", "{\"reason\": \"of old\"}", 202),
                        "erasure_id"));
        tenants.name("aside", "aside-" + thread);
        tenants.setAside(tenants.filled("{aside}"), "x");
    }

    /** Has the thread ask something; the interrupt. */
    private String asking(String id) {
        tenants.expect("POST", "/threads", "{\"thread_id\": \"" + id + "\"}", 200);
        tenants.expect("POST", "/threads/" + id + "/runs", "{\"assistant_id\": \"ask-twice\", \"input\": {}}", 200);
        return tenants.awaited("/interrupts?thread_id=" + id, "interrupts", "interrupt_id");
    }

    private void kafka(String type, String id, String interrupt, String data) throws Exception {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>("tenants.input.acme", thread.getBytes(UTF_8), data.getBytes(UTF_8));
        Map<String, String> headers = new HashMap<>(Map.of(
                "ce_specversion",
                "1.0",
                "ce_id",
                id,
                "ce_source",
                "/people",
                "ce_type",
                "dev.threadwright." + type + ".v1"));
        if (interrupt != null) {
            headers.put("ce_interruptid", interrupt);
        }
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.send(record).get(30, TimeUnit.SECONDS);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    // What was recorded
    // ------------------------------------------------------------------------------------------------

    private List<String> entries(Row row) throws SQLException {
        return entries(row.act(), tenants.filled(row.thread()), tenants.filled(row.target()));
    }

    /** The outcomes of what acme's caller did, in their order. */
    private List<String> entries(String act, String of, String target) throws SQLException {
        return column("select outcome from audit_entry where tenant = 'acme' and caller = 'acme-all' and act = '" + act
                + "' and thread = '" + of + "' and target = '" + target + "' order by time_ms, number");
    }

    private List<Json.Obj> verified() {
        return list(page("/audit/verify?limit=10000"), "findings");
    }

    private List<String> column(String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement executed = connection.createStatement()) {
            executed.execute(statement);
        }
    }

    // Asking
    // -----------------------------------------------------------------------------------------------------------

    private Json.Obj page(String path) {
        TenantClient.Answer answer = tenants.send("GET", path, Tenants.ACME, "");
        assertThat(answer.status()).as(path + " " + answer).isEqualTo(200);
        return (Json.Obj) JsonText.parse(answer.body());
    }

    private static List<Json.Obj> list(Json.Obj page, String name) {
        List<Json.Obj> items = new ArrayList<>();
        ((Json.Arr) page.get(name)).items().forEach(item -> items.add((Json.Obj) item));
        return items;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
