package dev.threadwright.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalSchema;
import dev.threadwright.journal.PostgresJournal;
import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.json.JsonText;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.testing.TestServers;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Decider;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ServerSettings;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.RollbackPolicy;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs, their legs and what is to be done at their ends, as batches leave them in Postgres, however those are cut. */
class LegRowsTest {

    private static final ThreadKey THREAD = new ThreadKey("default", "t");

    private static final Workflow WORK = workflow("work")
            .start("work")
            .action("work", "worker", Step.View::trigger, step -> step)
            .build();
    private static final Workflow PURE = workflow("pure")
            .start("note")
            .pure("note", view -> List.of(new Write("last", view.trigger())), step -> step)
            .build();
    private static final Workflow ASK = workflow("ask")
            .start("ask")
            .interrupt(
                    "ask",
                    view -> Prompt.of("question", Json.of("well?"), null),
                    step -> step.result((view, answer) -> Step.Outcome.of(List.of(new Write("last", answer)))))
            .build();

    private static final Workflow WORK_AND_NOTE = workflow("work-and-note")
            .start("work")
            .action("work", "worker", Step.View::trigger, step -> step.to("note"))
            .pure("note", view -> List.of(new Write("last", view.trigger())), step -> step)
            .build();
    private static final Workflow ASK_AND_WORK = workflow("ask-and-work")
            .start("ask")
            .interrupt("ask", view -> Prompt.of("question", Json.NULL, null), step -> step.to("work"))
            .action("work", "worker", Step.View::trigger, step -> step)
            .build();

    private static PostgresSettings settings;

    private final Decider decider = new Decider(
            new ServerSettings(InterruptPolicy.DEFAULT, "work", 10, 100),
            new Workflows(List.of(WORK, PURE, ASK, WORK_AND_NOTE, ASK_AND_WORK)),
            LoopHarness.NO_JUDGES,
            new JsonSchemas());
    private Journal journal;
    private Connection admin;
    private CommittedBatches batches;
    private long nowMs = 1_000;
    private int lastId;

    private static WorkflowBuilder workflow(String name) {
        return WorkflowBuilder.workflow(name, 1).channel("last", Reducer.LAST_WRITE_WINS);
    }

    @BeforeAll
    static void createDatabase() {
        String url = TestServers.createDatabase("leg_rows");
        settings = new PostgresSettings(
                url, TestServers.user(), TestServers.password(), 5_000, 5_000, 20_000, 20_000, 30_000);
        JournalSchema.migrate(settings);
    }

    @BeforeEach
    void open() throws SQLException {
        admin = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
        try (Statement statement = admin.createStatement()) {
            statement.execute("truncate partition_claim, consumed_offset, decision, outbox, snapshot, outcome, owed,"
                    + " thread, run, leg, leg_ending, interrupt");
        }
        journal = new PostgresJournal(settings);
        batches = new CommittedBatches(journal, decider);
    }

    @AfterEach
    void close() throws SQLException {
        journal.close();
        admin.close();
    }

    // What is asked for

    private Command.Header header(String type) {
        String id = "i" + ++lastId;
        nowMs += 10;
        return new Command.Header(
                THREAD, nowMs, new Identity("/test", id), String.format("%064x", lastId), type, "ann", "http");
    }

    private Command run(String leg, String workflow) {
        return run(leg, workflow, null, Bounds.NONE, 0);
    }

    private Command run(String leg, String workflow, Policy strategy, Bounds bounds, long afterMs) {
        Command.Header header = header("run.request");
        return new Command.RequestRun(
                header,
                new RunId(leg),
                request(leg),
                true,
                Set.of(),
                strategy,
                workflow,
                new Input(header.identity(), Input.Type.USER_INPUT, null, Json.of("hello " + leg)),
                null,
                List.of(),
                null,
                Json.NULL,
                null,
                bounds,
                afterMs);
    }

    private static Json.Obj request(String leg) {
        return (Json.Obj) JsonText.parse("{\"for\":\"%s\",\"ending\":{\"webhook\":\"%s\"}}".formatted(leg, leg));
    }

    private Command resume(String leg, String answer) {
        return new Command.RequestRun(
                header("run.request"),
                new RunId(leg),
                request(leg),
                false,
                Set.of(),
                null,
                null,
                null,
                answer == null ? null : JsonText.parse(answer),
                List.of(),
                null,
                Json.NULL,
                null,
                Bounds.NONE,
                0);
    }

    private Command done(String run) {
        return new Command.CompleteAction(header("done"), new RunId(run), new ActionId(run + "-1"), 1, Json.of("done"));
    }

    private Command failed(String run) {
        return new Command.FailAction(
                header("failed"), new RunId(run), new ActionId(run + "-1"), 1, Failure.permanent("no"));
    }

    private Command cancel(String run, boolean rollback) {
        return new Command.CancelRun(header("run.cancel"), new RunId(run), rollback);
    }

    // What comes of it

    /** The same commands in one batch, or one batch each. */
    private void commit(boolean together, Command... commands) {
        if (together) {
            batches.commit(commands);
            return;
        }
        for (Command command : commands) {
            batches.commit(command);
        }
    }

    private List<String> rows(String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = admin.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            while (found.next()) {
                rows.add(found.getString(1));
            }
        }
        return rows;
    }

    private List<String> requested() throws SQLException {
        return rows(
                "select concat_ws(' ', leg, coalesce(run, '-'), status, request ->> 'for', error_type, error, output)"
                        + " from requested_run order by created_at_ms, leg");
    }

    private List<String> legs() throws SQLException {
        return rows("select concat_ws(' ', leg, coalesce(run, '-'), status) from leg order by leg");
    }

    private List<String> endings() throws SQLException {
        return rows("select leg || ' ' || (ending::json ->> 'webhook') || ' ' || attempts || ' '"
                + " || case when due_at_ms = ended_at_ms then 'due' else 'later' end from leg_ending order by leg");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_run_that_never_stops_is_its_only_leg(boolean together) throws SQLException {
        commit(together, run("r1", "work"), done("r1"));
        assertThat(requested()).containsExactly("r1 r1 success r1 {}");
        assertThat(legs()).isEmpty();
        assertThat(endings()).containsExactly("r1 r1 0 due");
    }

    @Test
    void while_it_runs_it_is_running_and_has_not_ended() throws SQLException {
        batches.commit(run("r1", "work"));
        assertThat(requested()).containsExactly("r1 r1 running r1");
        assertThat(endings()).isEmpty();
    }

    @Test
    void with_its_input_and_what_it_was_asked_for_with() throws SQLException {
        batches.commit(run("r1", "pure"));
        assertThat(rows("select request::text from requested_run"))
                .containsExactly("{\"for\":\"r1\",\"ending\":{\"webhook\":\"r1\"},\"input\":\"hello r1\"}");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_run_that_fails(boolean together) throws SQLException {
        commit(together, run("r1", "work"), failed("r1"));
        assertThat(requested()).containsExactly("r1 r1 error r1 no");
        assertThat(endings()).containsExactly("r1 r1 0 due");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_run_that_stops_is_resumed_and_completes_has_two_legs(boolean together) throws SQLException {
        commit(together, run("r1", "ask"), resume("r2", "true"));
        assertThat(requested()).containsExactly("r1 r1 success r1", "r2 r1 success r2 {\"last\":true}");
        assertThat(legs()).containsExactly("r1 r1 success", "r2 r1 success");
        assertThat(endings()).containsExactly("r1 r1 0 due", "r2 r2 0 due");
    }

    @Test
    void each_end_is_due_once_even_if_it_was_dealt_with_before_the_run_ended() throws SQLException {
        batches.commit(run("r1", "ask"));
        assertThat(endings()).containsExactly("r1 r1 0 due");
        admin.createStatement().execute("delete from leg_ending");
        batches.commit(resume("r2", null));
        assertThat(requested()).containsExactly("r1 r1 success r1", "r2 r1 success r2");
        assertThat(endings()).containsExactly("r2 r2 0 due");
        admin.createStatement().execute("delete from leg_ending");
        batches.commit(resume("r3", "1"));
        assertThat(endings()).containsExactly("r3 r3 0 due");
    }

    @Test
    void a_run_that_began_before_stops_and_ends_in_one_batch() throws SQLException {
        Bounds before = Bounds.at(new Breakpoints(Set.of("note"), Set.of()));
        batches.commit(run("r1", "work-and-note", null, before, 0));
        batches.commit(done("r1"), resume("r2", null));
        assertThat(requested()).containsExactly("r1 r1 success r1", "r2 r1 success r2 {\"last\":\"hello r1\"}");
        assertThat(endings()).containsExactly("r1 r1 0 due", "r2 r2 0 due");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_stopped_run_that_is_superseded_keeps_how_its_leg_ended(boolean together) throws SQLException {
        commit(together, run("r1", "ask"), run("r2", "pure"));
        assertThat(requested()).containsExactly("r1 r1 success r1", "r2 r2 success r2 {\"last\":\"hello r2\"}");
        assertThat(rows("select run || ' ' || status || ' ' || coalesce(cause, '-') from run order by run"))
                .containsExactly("r1 cancelled superseded", "r2 completed -");
        assertThat(endings()).containsExactly("r1 r1 0 due", "r2 r2 0 due");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_run_that_is_superseded_at_work_is_interrupted(boolean together) throws SQLException {
        commit(together, run("r1", "work"), run("r2", "pure", InterruptPolicy.DEFAULT, Bounds.NONE, 0));
        assertThat(requested()).containsExactly("r1 r1 interrupted r1", "r2 r2 success r2 {\"last\":\"hello r2\"}");
        assertThat(endings()).containsExactly("r1 r1 0 due", "r2 r2 0 due");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_is_rolled_back_is_not_listed(boolean together) throws SQLException {
        commit(together, run("r1", "work"), run("r2", "pure", new RollbackPolicy(), Bounds.NONE, 0));
        assertThat(requested()).containsExactly("r2 r2 success r2 {\"last\":\"hello r2\"}");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nor_is_a_later_leg(boolean together) throws SQLException {
        Command begin = run("r1", "ask-and-work");
        Command answer = resume("r2", "1");
        Command rollback = cancel("r1", true);
        if (together) {
            batches.commit(begin, answer, rollback);
        } else {
            batches.commit(begin);
            batches.commit(answer);
            assertThat(requested()).containsExactly("r1 r1 success r1", "r2 r1 running r2");
            batches.commit(rollback);
        }
        assertThat(requested()).containsExactly("r1 r1 success r1");
        assertThat(legs()).containsExactly("r1 r1 success", "r2 r1 rolled_back");
        assertThat(endings()).containsExactly("r1 r1 0 due", "r2 r2 0 due");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_refused_resume_is_a_leg_of_no_run_that_ended_in_error(boolean together) throws SQLException {
        commit(together, run("r1", "pure"), resume("r2", "true"));
        assertThat(requested())
                .containsExactly(
                        "r1 r1 success r1 {\"last\":\"hello r1\"}",
                        "r2 - error r2 UnknownInterruptError No run of the thread waits for anybody or is paused");
        assertThat(endings()).containsExactly("r1 r1 0 due", "r2 r2 0 due");
    }

    @Test
    void a_delayed_run_is_pending_and_cancelling_it_ends_it() throws SQLException {
        batches.commit(run("r1", "pure", null, Bounds.NONE, 5_000));
        assertThat(requested()).containsExactly("r1 r1 pending r1");
        assertThat(endings()).isEmpty();
        batches.commit(cancel("r1", false));
        assertThat(requested()).containsExactly("r1 r1 interrupted r1");
        assertThat(endings()).containsExactly("r1 r1 0 due");
    }

    @Test
    void what_was_not_asked_for_as_a_run_has_no_request_and_nothing_to_do_at_its_end() throws SQLException {
        batches.commit(LoopHarness.input(THREAD, "a", 5_000, null, "ask"));
        String run = rows("select run from run").getFirst();
        nowMs = 6_000;
        batches.commit(resume("r2", "true"));
        assertThat(requested())
                .containsExactly(run + " " + run + " success", "r2 " + run + " success r2 {\"last\":true}");
        assertThat(endings()).containsExactly("r2 r2 0 due");
    }

    @Test
    void a_request_may_hold_what_postgres_has_no_text_for() throws SQLException {
        Command.RequestRun plain = (Command.RequestRun) run("r1", "pure");
        Command zero = new Command.RequestRun(
                plain.header(),
                plain.leg(),
                (Json.Obj) JsonText.parse("{\"for\":\"\\u0000\",\"ending\":{\"webhook\":\"w\"}}"),
                true,
                Set.of(),
                null,
                "ask",
                plain.input(),
                null,
                List.of(),
                null,
                Json.NULL,
                null,
                Bounds.NONE,
                0);
        batches.commit(zero);
        batches.commit(resume("r2", "1"));
        assertThat(rows("select leg || ' ' || status from requested_run order by leg"))
                .containsExactly("r1 success", "r2 success");
    }
}
