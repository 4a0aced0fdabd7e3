package dev.threadwright.http;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What is on the topics, as the OpenAPI document says what is over HTTP. */
@Path("/asyncapi")
@ForAnybody
@Tag(name = "Documents", description = "What the server speaks.")
public class AsyncApiResource {

    private static final String RESOURCE = "/asyncapi.yaml";

    private final String document = read();

    @GET
    @Produces("application/yaml")
    @Operation(
            operationId = "getAsyncApi",
            summary = "The AsyncAPI document: every record on every topic",
            description =
                    "But for those that servers have for themselves, with what they tell each other and how far"
                            + " they have published. The topics have their default names in it; other tenants' topics have the same records.")
    @APIResponse(
            responseCode = "200",
            description = "The document",
            content = @Content(schema = @Schema(implementation = String.class)))
    public String document() {
        return document;
    }

    private static String read() {
        try (InputStream resource = AsyncApiResource.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException("The server lacks its resource " + RESOURCE);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
