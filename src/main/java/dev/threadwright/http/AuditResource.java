package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.audit.Act;
import dev.threadwright.audit.Entry;
import dev.threadwright.audit.Finding;
import dev.threadwright.audit.Head;
import dev.threadwright.audit.store.AuditLog;
import dev.threadwright.audit.store.AuditLog.Filter;
import dev.threadwright.audit.store.AuditVerifier;
import dev.threadwright.audit.store.AuditVerifier.Place;
import dev.threadwright.security.Role;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Who did what: read, and held against itself. */
@Path("/audit")
@Needs(Role.OPERATE)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Audit", description = "Who did what, in chains of hashes. Nothing is ever taken away.")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class AuditResource {

    /** Of entries that one request verifies. */
    static final int DEFAULT_VERIFIED = 1_000;

    static final int MAX_VERIFIED = 10_000;

    /** Of heads that one request is held against. */
    static final int MAX_EXPECTED = 100;

    private final AuditLog log;
    private final AuditVerifier verifier;

    AuditResource(AuditLog log, AuditVerifier verifier) {
        this.log = log;
        this.verifier = verifier;
    }

    @Schema(name = "AuditHead", description = "Where a chain ends.")
    record HeadView(
            @Schema(required = true) String tenant,
            @Schema(required = true) String chain,
            @Schema(required = true) long number,
            @Schema(required = true) String hash,

            @Schema(
                    required = true,
                    description = "All that as one text, which verifying takes as `expect`.",
                    examples = "default/requests:17:5f0c...")
            String head) {

        static HeadView of(Head head) {
            return new HeadView(head.tenant(), head.chain(), head.number(), head.hash(), head.toString());
        }
    }

    @Schema(name = "AuditHeads")
    record HeadsView(@Schema(required = true) List<HeadView> heads) {}

    @Schema(name = "AuditFinding", description = "Where a chain is not as it was written.")
    record FindingView(
            @Schema(required = true) String tenant,
            @Schema(required = true) String chain,

            @Schema(required = true, description = "The first entry of which that is so.")
            long number,

            @Schema(
                    required = true,
                    enumeration = {"altered", "missing", "unlinked", "truncated"})
            String kind,

            @Schema(required = true) String message) {

        static FindingView of(Finding finding) {
            return new FindingView(
                    finding.tenant(),
                    finding.chain(),
                    finding.number(),
                    finding.kind().word(),
                    finding.message());
        }
    }

    @Schema(name = "VerifiedAudit")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record VerifiedView(
            @Schema(required = true, description = "How many were verified.")
            long entries,

            @Schema(required = true) List<FindingView> findings,

            @Schema(required = true, nullable = true, description = "Where to go on; null at the end.") @Nullable String next) {}

    @GET
    @Audited(Act.AUDIT_READ)
    @Operation(operationId = "listAudit", summary = "Who did what, page by page")
    @APIResponse(
            responseCode = "200",
            description = "A page of the tenant's entries, and of what was done to the whole server",
            content = @Content(schema = @Schema(implementation = AuditPage.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    public Uni<AuditPage> list(
            @Parameter(description = "What was done to this thread.") @RestQuery("thread_id") @Nullable String threadId,
            @Parameter(description = "What this caller did.") @RestQuery("caller") @Nullable String caller,
            @Parameter(
                            description = "Acts of this kind.",
                            schema = @Schema(type = SchemaType.STRING, examples = "interrupt.resolve"))
                    @RestQuery("act")
                    @Nullable String act,
            @Parameter(
                            description = "Recorded at this time or later.",
                            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
                    @RestQuery("since")
                    @Nullable String since,
            @Parameter(
                            description = "Recorded before this time.",
                            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
                    @RestQuery("until")
                    @Nullable String until,
            @Parameter(
                            description = "Which comes first.",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"newest", "oldest"},
                                            defaultValue = "newest"))
                    @RestQuery("order")
                    @Nullable String order,
            @BeanParam PageQuery.OfMany page) {
        Filter filter = new Filter(
                QueryTexts.read("thread_id", threadId),
                QueryTexts.read("caller", caller),
                act(act),
                time("since", since),
                time("until", until));
        boolean newestFirst = QueryTexts.isFirst("order", order, "newest", "oldest");
        Paging<Entry, AuditLog.Place> paging = page.of(AuditPage.cursor(newestFirst));
        return log.page(CurrentCaller.tenant(), filter, newestFirst, paging.after(), paging.wanted())
                .map(found -> AuditPage.of(paging.page(found)));
    }

    @GET
    @Path("/head")
    @Audited(Act.AUDIT_HEAD)
    @Operation(
            operationId = "getAuditHeads",
            summary = "Where the chains end",
            description = "To be kept where nobody can change it who can change the database.")
    @APIResponse(
            responseCode = "200",
            description = "The tenant's chains, and those of the whole server",
            content = @Content(schema = @Schema(implementation = HeadsView.class)))
    public Uni<HeadsView> heads() {
        return log.heads(CurrentCaller.tenant())
                .map(heads -> new HeadsView(heads.stream().map(HeadView::of).toList()));
    }

    @GET
    @Path("/verify")
    @Audited(Act.AUDIT_VERIFY)
    @Operation(
            operationId = "verifyAudit",
            summary = "Hold the audit log against itself, and against where it ended once",
            description = "Go on at `next` until it is null.")
    @APIResponse(
            responseCode = "200",
            description = "What was found",
            content = @Content(schema = @Schema(implementation = VerifiedView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    public Uni<VerifiedView> verify(
            @Parameter(
                            description = "Heads that were taken before, as many as " + MAX_EXPECTED
                                    + ": what was there then must still be there. Looked at with the first page.")
                    @RestQuery("expect")
                    List<String> expect,
            @Parameter(description = "`next` of the page before.") @RestQuery("after") @Nullable String after,
            @Parameter(
                            description = "How many entries at most.",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "" + MAX_VERIFIED,
                                            defaultValue = "" + DEFAULT_VERIFIED))
                    @RestQuery("limit")
                    @Nullable String limit) {
        String tenant = CurrentCaller.tenant();
        List<Head> expected = expected(tenant, expect);
        Place place = after == null ? null : place(tenant, after);
        int most = (int) QueryNumbers.read("limit", limit, 1, MAX_VERIFIED, DEFAULT_VERIFIED);
        return (place == null
                        ? verifier.expected(tenant, expected)
                        : Uni.createFrom().item(List.<Finding>of()))
                .flatMap(missed -> verifier.page(tenant, place, most).map(page -> {
                    List<Finding> findings = new ArrayList<>(missed);
                    findings.addAll(page.findings());
                    Place next = page.next();
                    return new VerifiedView(
                            page.entries(),
                            findings.stream().map(FindingView::of).toList(),
                            next == null ? null : text(next));
                }));
    }

    private static List<Head> expected(String tenant, List<String> texts) {
        if (texts.size() > MAX_EXPECTED) {
            throw QueryTexts.wrong("expect", "may be there " + MAX_EXPECTED + " times");
        }
        List<Head> heads = new ArrayList<>();
        for (String text : texts) {
            Head head = Head.parse(text);
            if (head == null) {
                throw QueryTexts.wrong("expect", "must be a head as /audit/head tells it: tenant/chain:number:hash");
            }
            if (!head.tenant().equals(tenant) && !head.tenant().equals(Entry.SERVER)) {
                throw QueryTexts.wrong("expect", "is of another tenant than the caller");
            }
            heads.add(head);
        }
        return heads;
    }

    /** A head without a hash would do, but nobody reads it; so it is one, and tells which entry came last. */
    private static String text(Place next) {
        return new Head(next.tenant(), next.chain(), next.number(), Entry.NO_HASH).toString();
    }

    private static Place place(String tenant, String text) {
        Head head = Head.parse(text);
        if (head == null || !head.tenant().equals(tenant) && !head.tenant().equals(Entry.SERVER)) {
            throw QueryTexts.wrong("after", "must be the `next` of a page");
        }
        return new Place(head.tenant(), head.chain(), head.number());
    }

    private static @Nullable String act(@Nullable String word) {
        if (word != null && Act.ofWord(word) == null) {
            throw QueryTexts.wrong("act", "is no act that is recorded; docs/audit.md lists them");
        }
        return word;
    }

    private static @Nullable Long time(String name, @Nullable String text) {
        try {
            return text == null ? null : (Long) Instant.parse(text).toEpochMilli();
        } catch (DateTimeParseException | ArithmeticException e) {
            throw QueryTexts.wrong(name, "must be a time of ISO 8601, in UTC: 2026-01-31T12:00:00Z");
        }
    }
}
