package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.http.VerifyResource.VerifiedView;
import dev.threadwright.journal.Verified;
import dev.threadwright.journal.Verifier;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.security.Role;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import javax.sql.DataSource;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** One thread's journal, held against itself and against what is stored beside it. */
@Path("/threads/{thread_id}/verify")
@Needs(Role.OPERATE)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Threads")
public class VerifyThreadResource {

    private final Verifier verifier;

    VerifyThreadResource(DataSource dataSource, Sealing sealing) {
        this.verifier = new Verifier(dataSource, sealing);
    }

    @GET
    @Audited(Act.JOURNAL_VERIFY)
    @Operation(
            operationId = "verifyThread",
            summary = "Recompute a thread from its journal",
            description =
                    "Executes nothing. Reports gaps, altered decisions, events of unknown versions, and differences"
                            + " from the snapshot and from what readers see.")
    @APIResponse(
            responseCode = "200",
            description = "What was found",
            content = @Content(schema = @Schema(implementation = VerifiedView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<VerifiedView> thread(@RestPath("thread_id") String threadId) {
        ThreadKey key = ThreadResource.key(threadId);
        return VerifyResource.blocking(() -> {
            Verified verified = verifier.verify(key);
            if (verified == null) {
                throw ThreadResource.noThread(key);
            }
            return VerifiedView.of(verified);
        });
    }
}
