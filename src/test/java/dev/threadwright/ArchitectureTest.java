package dev.threadwright;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls of the house: who may know whom. Packages are those of the picture in the README. */
@AnalyzeClasses(packages = "dev.threadwright", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String THREAD = "dev.threadwright.thread..";
    private static final String WORKFLOW = "dev.threadwright.workflow..";
    private static final String ACTOR = "dev.threadwright.actor..";
    private static final String JOURNAL = "dev.threadwright.journal..";
    private static final String STEP = "dev.threadwright.step..";
    private static final String INGRESS = "dev.threadwright.ingress..";
    private static final String RELAY = "dev.threadwright.relay..";
    private static final String QUERY = "dev.threadwright.query..";
    private static final String HTTP = "dev.threadwright.http..";
    private static final String CATALOG = "dev.threadwright.catalog..";
    private static final String LIVE = "dev.threadwright.live..";
    private static final String CONTRACT = "dev.threadwright.contract..";
    private static final String STREAM = "dev.threadwright.stream..";
    private static final String EXPRESSION = "dev.threadwright.expression..";
    private static final String SCHEMA = "dev.threadwright.schema..";
    private static final String ENDING = "dev.threadwright.ending..";
    private static final String OUTBOUND = "dev.threadwright.outbound..";
    private static final String SECRET = "dev.threadwright.secret..";
    private static final String LIMIT = "dev.threadwright.limit..";
    private static final String OPS = "dev.threadwright.ops..";
    private static final String TABLES = "dev.threadwright.tables..";
    private static final String STORE = "dev.threadwright.store..";
    private static final String ASSISTANT = "dev.threadwright.assistant..";
    private static final String CRON = "dev.threadwright.cron..";
    private static final String DEAD_LETTER = "dev.threadwright.deadletter..";
    private static final String MODEL = "dev.threadwright.model..";
    private static final String CALLBACK = "dev.threadwright.callback..";
    private static final String SECURITY = "dev.threadwright.security..";
    private static final String AUDIT = "dev.threadwright.audit";
    private static final String AUDIT_STORE = "dev.threadwright.audit.store..";
    private static final String SEALING = "dev.threadwright.sealing..";
    private static final String ERASURE = "dev.threadwright.erasure..";
    private static final String EMBEDDED = "dev.threadwright.embedded..";

    @ArchTest
    static final ArchRule the_thread_core_is_pure = onlyKnows(THREAD, "java..", "org.jspecify..", WORKFLOW);

    @ArchTest
    static final ArchRule the_workflow_core_is_pure_and_does_not_know_threads =
            onlyKnows(WORKFLOW, "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule the_core_has_neither_clock_nor_randomness_nor_threads_nor_files = noClasses()
            .that()
            .resideInAnyPackage(THREAD, WORKFLOW)
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Random")
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.util.concurrent..",
                    "java.util.random..",
                    "java.io..",
                    "java.nio.file..",
                    "java.net..",
                    "java.sql..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule what_comes_in_does_not_know_what_goes_out_or_is_read =
            keepsApart(INGRESS, RELAY, QUERY, HTTP, STEP);

    @ArchTest
    static final ArchRule http_sends_commands_and_reads_rows = keepsApart(HTTP, RELAY, STEP);

    @ArchTest
    static final ArchRule the_loop_does_not_know_its_edges = keepsApart(ACTOR, INGRESS, HTTP, QUERY);

    @ArchTest
    static final ArchRule the_relay_publishes_committed_data_only = keepsApart(RELAY, INGRESS, HTTP, QUERY, STEP);

    @ArchTest
    static final ArchRule the_read_side_reads_committed_data_only =
            keepsApart(QUERY, ACTOR, INGRESS, RELAY, HTTP, STEP);

    @ArchTest
    static final ArchRule the_journal_serves_and_does_not_call =
            keepsApart(JOURNAL, ACTOR, INGRESS, RELAY, QUERY, HTTP, STEP);

    @ArchTest
    static final ArchRule steps_do_not_decide = keepsApart(STEP, JOURNAL, INGRESS, RELAY, QUERY, HTTP);

    @ArchTest
    static final ArchRule limits_know_attempts_and_not_what_they_are = keepsApart(
            LIMIT, JOURNAL, INGRESS, RELAY, QUERY, HTTP, STEP, CATALOG, EXPRESSION, CONTRACT, STREAM, MODEL, OPS);

    @ArchTest
    static final ArchRule the_engine_knows_limits_by_its_ports_only = onlyKnownIn(LIMIT, LIMIT, HTTP, OPS);

    @ArchTest
    static final ArchRule models_are_asked_by_a_step_like_any_other =
            keepsApart(MODEL, ACTOR, JOURNAL, INGRESS, RELAY, QUERY, HTTP, CATALOG, EXPRESSION, CONTRACT, STREAM, OPS);

    @ArchTest
    static final ArchRule only_their_step_knows_how_models_are_asked = onlyKnownIn(MODEL, MODEL, OPS);

    @ArchTest
    static final ArchRule what_is_live_is_told_and_kept_nowhere =
            keepsApart(LIVE, ACTOR, JOURNAL, INGRESS, RELAY, QUERY, HTTP, STEP, CATALOG);

    @ArchTest
    static final ArchRule what_clients_are_shown_is_made_of_the_core_alone =
            onlyKnows(CONTRACT, "java..", "org.jspecify..", THREAD, WORKFLOW, "dev.threadwright.json..");

    @ArchTest
    static final ArchRule streams_tell_committed_data_only =
            keepsApart(STREAM, INGRESS, RELAY, HTTP, STEP, CATALOG, EXPRESSION, OPS);

    @ArchTest
    static final ArchRule streams_are_for_those_who_ask_over_http = onlyKnownIn(STREAM, STREAM, HTTP, OPS);

    @ArchTest
    static final ArchRule what_follows_the_end_of_a_run_reads_and_deletes_by_its_ports_only =
            keepsApart(ENDING, ACTOR, JOURNAL, INGRESS, RELAY, QUERY, HTTP, STEP, CATALOG, OPS);

    @ArchTest
    static final ArchRule the_engine_does_not_know_what_follows_the_end_of_a_run =
            onlyKnownIn(ENDING, ENDING, QUERY, HTTP, OPS);

    @ArchTest
    static final ArchRule what_sends_does_not_know_for_whom = keepsApart(
            OUTBOUND, THREAD, WORKFLOW, ACTOR, JOURNAL, INGRESS, RELAY, QUERY, HTTP, STEP, CATALOG, ENDING, SECRET,
            OPS);

    @ArchTest
    static final ArchRule only_who_needs_to_sends = onlyKnownIn(OUTBOUND, OUTBOUND, ENDING, STEP, OPS);

    @ArchTest
    static final ArchRule secrets_are_known_to_steps_and_their_names_to_documents =
            onlyKnownIn(SECRET, SECRET, STEP, CATALOG, OPS);

    @ArchTest
    static final ArchRule sealing_knows_whose_something_is_and_not_what =
            onlyKnows(SEALING, "java..", "javax.crypto..", "org.jspecify..", THREAD);

    @ArchTest
    static final ArchRule only_who_stores_and_reads_seals_and_opens =
            onlyKnownIn(SEALING, SEALING, JOURNAL, QUERY, ENDING, ERASURE, HTTP, OPS);

    @ArchTest
    static final ArchRule erasure_knows_rows_and_deletes_by_its_port_only =
            keepsApart(ERASURE, ACTOR, JOURNAL, INGRESS, RELAY, QUERY, HTTP, STEP, CATALOG, ENDING, OPS);

    @ArchTest
    static final ArchRule callbacks_know_the_core_and_not_where_they_go = onlyKnows(
            CALLBACK, "java..", "javax.crypto..", "org.jspecify..", THREAD, WORKFLOW, "dev.threadwright.json..");

    @ArchTest
    static final ArchRule who_starts_work_makes_callbacks_and_who_is_called_reads_them =
            onlyKnownIn(CALLBACK, CALLBACK, STEP, CATALOG, HTTP, OPS);

    @ArchTest
    static final ArchRule callers_are_known_without_the_rest_of_the_server =
            onlyKnows(SECURITY, "java..", "org.jspecify..", "org.jose4j..", "org.jboss.logging..");

    @ArchTest
    static final ArchRule who_asks_is_the_business_of_those_who_are_asked = onlyKnownIn(SECURITY, SECURITY, HTTP, OPS);

    @ArchTest
    static final ArchRule what_is_recorded_is_known_without_where = onlyKnows(AUDIT, "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule the_engine_records_in_its_commits_alone =
            onlyKnownIn(AUDIT_STORE, AUDIT_STORE, ERASURE, HTTP, OPS);

    @ArchTest
    static final ArchRule the_catalog_knows_documents_and_not_what_runs_them =
            keepsApart(CATALOG, ACTOR, JOURNAL, INGRESS, RELAY, QUERY, HTTP, OPS);

    @ArchTest
    static final ArchRule the_loop_and_the_core_know_the_catalog_by_its_port_only =
            onlyKnownIn(CATALOG, CATALOG, ASSISTANT, HTTP, OPS);

    @ArchTest
    static final ArchRule expressions_know_the_core_and_not_where_they_stand =
            keepsApart(EXPRESSION, CATALOG, ACTOR, JOURNAL, STEP, INGRESS, RELAY, QUERY, HTTP, OPS);

    @ArchTest
    static final ArchRule schemas_know_the_core_and_not_where_they_stand =
            keepsApart(SCHEMA, CATALOG, EXPRESSION, ACTOR, JOURNAL, STEP, INGRESS, RELAY, QUERY, HTTP, OPS);

    @ArchTest
    static final ArchRule the_core_knows_schemas_by_its_port_only = onlyKnownIn(SCHEMA, SCHEMA, CATALOG, MODEL, OPS);

    @ArchTest
    static final ArchRule what_is_no_thread_does_not_know_how_threads_work = noClasses()
            .that()
            .resideInAnyPackage(TABLES, STORE, ASSISTANT, CRON, DEAD_LETTER, AUDIT_STORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ACTOR, INGRESS, RELAY, QUERY, HTTP, STEP, LIVE, OPS, THREAD)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule tables_know_no_rows =
            keepsApart(TABLES, STORE, ASSISTANT, CRON, DEAD_LETTER, CATALOG, JOURNAL, WORKFLOW);

    @ArchTest
    static final ArchRule the_engine_does_not_know_what_is_no_thread = noClasses()
            .that()
            .resideInAnyPackage(THREAD, WORKFLOW, ACTOR, JOURNAL, INGRESS, RELAY, STEP, CATALOG)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(TABLES, STORE, ASSISTANT, CRON, DEAD_LETTER, AUDIT_STORE);

    @ArchTest
    static final ArchRule only_the_entrance_knows_the_embedded_servers =
            onlyKnownIn(EMBEDDED, "dev.threadwright", EMBEDDED);

    @ArchTest
    static final ArchRule the_embedded_servers_are_plain_java = noClasses()
            .that()
            .resideInAPackage(EMBEDDED)
            .should()
            .dependOnClassesThat(resideInAPackage("io.quarkus..").or(resideInAPackage("jakarta..")));

    @ArchTest
    static final ArchRule the_engine_does_not_know_who_measures_it = noClasses()
            .that()
            .resideInAnyPackage(THREAD, WORKFLOW, ACTOR, JOURNAL, INGRESS, RELAY, STEP)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "io.opentelemetry..");

    @ArchTest
    static final ArchRule names_are_nouns_from_the_glossary = noClasses()
            .should()
            .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)")
            .orShould()
            .haveSimpleName("Thread");

    private static ArchRule onlyKnows(String room, String... others) {
        String[] known = new String[others.length + 1];
        System.arraycopy(others, 0, known, 0, others.length);
        known[others.length] = room;
        return classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(known)
                .allowEmptyShould(true);
    }

    private static ArchRule onlyKnownIn(String room, String... rooms) {
        return classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage(rooms);
    }

    private static ArchRule keepsApart(String room, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .allowEmptyShould(true);
    }
}
