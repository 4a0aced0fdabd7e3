package dev.threadwright.http;

import dev.threadwright.cron.CronRuns;
import dev.threadwright.security.Role;
import dev.threadwright.tables.Tables;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Whether the server is there, and what it can do. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "System", description = "Whether the server is there, and what it can do.")
public class SystemResource {

    private final Tables tables;
    private final Instance<CronRuns> runs;
    private final String version;

    SystemResource(
            Tables tables,
            @Any Instance<CronRuns> runs,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.tables = tables;
        this.runs = runs;
        this.version = version;
    }

    @Schema(name = "Ok")
    record OkView(@Schema(required = true) boolean ok) {}

    @Schema(name = "ServerInfo")
    record InfoView(
            @Schema(required = true, examples = "0.1.0") String version,

            @Schema(required = true, description = "What the server can do; what is not named, it cannot.")
            Map<String, Boolean> flags,

            @Schema(required = true) Map<String, String> metadata) {}

    @GET
    @Path("/ok")
    @ForAnybody
    @Operation(operationId = "isOk", summary = "Whether the server is there", description = """
                    With `check_db=1` it also asks the database. Whether it takes in and runs what comes over Kafka is said by\
                     `/q/health/ready`.""")
    @APIResponse(
            responseCode = "200",
            description = "It is",
            content = @Content(schema = @Schema(implementation = OkView.class)))
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<OkView> ok(@RestQuery("check_db") @Nullable String checkDb) {
        OkView there = new OkView(true);
        return QueryNumbers.read("check_db", checkDb, 0, 1, 0) == 0
                ? Uni.createFrom().item(there)
                : tables.read(ThreadKey.DEFAULT_TENANT, sql -> sql.query("select 1", row -> row.getInt(1)))
                        .map(one -> there);
    }

    @GET
    @Path("/info")
    @Needs(Role.READ)
    @Operation(operationId = "getInfo", summary = "The server's version, and what it can do")
    @APIResponse(
            responseCode = "200",
            description = "Version and flags",
            content = @Content(schema = @Schema(implementation = InfoView.class)))
    public InfoView info() {
        return new InfoView(
                version,
                Map.of("assistants", true, "crons", runs.isResolvable(), "store", true),
                Map.of("server", "threadwright"));
    }
}
