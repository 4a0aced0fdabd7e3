package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.journal.Finding;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.Verified;
import dev.threadwright.journal.Verifier;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.security.Role;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** All journals, held against themselves, and against what is stored beside them. */
@Path("/verify")
@Needs(Role.OPERATE)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Threads")
public class VerifyResource {

    static final int DEFAULT_LIMIT = 100;
    static final int MAX_LIMIT = 1_000;

    private final Verifier verifier;

    VerifyResource(DataSource dataSource, Sealing sealing) {
        this.verifier = new Verifier(dataSource, sealing);
    }

    @Schema(name = "VerifiedThread")
    record VerifiedView(
            @Schema(required = true) String thread,

            @Schema(required = true, description = "Whether nothing was found.")
            boolean sound,

            @Schema(required = true, description = "How many were folded.")
            long events,

            @Schema(
                    required = true,
                    description =
                            "Whether its key was destroyed: then its rows are held against their checksums alone.")
            boolean erased,

            @Schema(required = true) List<FindingView> findings) {
        static VerifiedView of(Verified verified) {
            return new VerifiedView(
                    verified.thread().thread(),
                    verified.findings().isEmpty(),
                    verified.events(),
                    verified.erased(),
                    verified.findings().stream().map(FindingView::of).toList());
        }
    }

    @Schema(name = "Finding")
    record FindingView(
            @Schema(
                    required = true,
                    enumeration = {"gap", "altered", "unreadable", "impossible", "difference"})
            String kind,

            @Schema(required = true, description = "The event; 0 for the thread as a whole.")
            long seq,

            @Schema(required = true) String message) {
        static FindingView of(Finding finding) {
            return new FindingView(finding.kind().name().toLowerCase(Locale.ROOT), finding.seq(), finding.message());
        }
    }

    @Schema(name = "VerifiedThreads")
    record VerifiedPage(
            @Schema(required = true, description = "How many were recomputed.")
            int threads,

            @Schema(required = true, description = "Those in which something was found.")
            List<VerifiedView> unsound,

            @Schema(required = true, nullable = true, description = "Where to go on; null at the end.") @Nullable String next) {}

    @GET
    @Audited(Act.JOURNAL_VERIFY)
    @Operation(
            operationId = "verifyThreads",
            summary = "Recompute all threads, page by page",
            description = "Go on at `next` until it is null.")
    @APIResponse(
            responseCode = "200",
            description = "What was found",
            content = @Content(schema = @Schema(implementation = VerifiedPage.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<VerifiedPage> threads(
            @Parameter(description = "Threads that follow this one.") @RestQuery("after") @Nullable String after,
            @Parameter(
                            description = "How many threads at most.",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "" + MAX_LIMIT,
                                            defaultValue = "" + DEFAULT_LIMIT))
                    @RestQuery("limit")
                    @Nullable String limit) {
        int most = (int) QueryNumbers.read("limit", limit, 1, MAX_LIMIT, DEFAULT_LIMIT);
        ThreadKey begin = after == null ? null : ThreadResource.key(after);
        String tenant = CurrentCaller.tenant();
        return blocking(() -> {
            List<ThreadKey> page = verifier.threads(tenant, begin, most);
            List<VerifiedView> unsound = new ArrayList<>();
            for (ThreadKey thread : page) {
                Verified verified = verifier.verify(thread);
                if (verified != null && !verified.findings().isEmpty()) {
                    unsound.add(VerifiedView.of(verified));
                }
            }
            return new VerifiedPage(
                    page.size(),
                    unsound,
                    page.size() < most ? null : page.getLast().thread());
        });
    }

    static <T> Uni<T> blocking(Supplier<T> work) {
        return Uni.createFrom()
                .item(() -> {
                    try {
                        return work.get();
                    } catch (JournalUnavailableException e) {
                        throw new ProblemException(
                                Problem.of(ProblemType.DATABASE_UNAVAILABLE, String.valueOf(e.getMessage())));
                    }
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }
}
