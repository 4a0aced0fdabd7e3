package dev.threadwright.http;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.jspecify.annotations.Nullable;

/** Corrects what the generator concludes from Java types and no annotation can take back. */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class ApiDocumentFilter implements OASFilter {

    /** A type beside a reference or alternatives narrows them: a policy could then not be just a name. */
    @Override
    public Schema filterSchema(Schema schema) {
        if (schema.getRef() != null) {
            schema.setType(null);
        } else if (schema.getOneOf() != null && isObject(schema.getType())) {
            if (schema.getType().contains(SchemaType.NULL)) {
                schema.addOneOf(OASFactory.createSchema().addType(SchemaType.NULL));
            }
            schema.setType(null);
        }
        return schema;
    }

    /** Those that may come without a body, which says no more than {}. */
    private static final Set<String> WITHOUT_BODY =
            Set.of("cancelRuns", "retryRun", "compactThread", "rejectInterrupt", "replayDeadLetter", "callBack");

    private static final Set<String> FOR_ANYBODY =
            Set.of("isOk", "getAsyncApi", "getWorkflowSchema", "callBack", "callBackFailure");

    /** After which one may come back in so many seconds. */
    private static final Set<String> PASSING = Set.of("LimitReached", "Unavailable");

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.getComponents().getResponses().forEach((name, response) -> {
            if (response.getContent() == null) {
                response.setContent(OASFactory.createContent()
                        .addMediaType(
                                Problem.MEDIA_TYPE,
                                OASFactory.createMediaType()
                                        .schema(OASFactory.createSchema().ref(ApiDocument.PROBLEM))));
            }
            if (PASSING.contains(name)) {
                response.addHeader(
                        HttpHeaders.RETRY_AFTER,
                        OASFactory.createHeader()
                                .description("Seconds")
                                .schema(OASFactory.createSchema().addType(SchemaType.INTEGER)));
            }
        });
    }

    @Override
    public Operation filterOperation(Operation operation) {
        if (WITHOUT_BODY.contains(String.valueOf(operation.getOperationId()))) {
            operation.getRequestBody().setRequired(false);
        }
        if (operation.getRequestBody() != null) {
            operation.getResponses().addAPIResponse("408", response("RequestTimeout"));
        }
        sort(operation.getResponses());
        if (!FOR_ANYBODY.contains(String.valueOf(operation.getOperationId()))) {
            operation.getResponses().addAPIResponse("401", response("Unauthenticated"));
            operation.getResponses().addAPIResponse("403", response("Forbidden"));
            // Either will do.
            for (String scheme : List.of(ApiDocument.API_KEY, ApiDocument.BEARER)) {
                operation.addSecurityRequirement(
                        OASFactory.createSecurityRequirement().addScheme(scheme));
            }
        }
        return operation;
    }

    /** Failures by their codes: those that a whole resource has would come before an operation's own. */
    private static void sort(APIResponses responses) {
        Map<String, APIResponse> sorted = new LinkedHashMap<>();
        responses.getAPIResponses().entrySet().stream()
                .sorted(Comparator.comparing(response -> isSuccess(response.getKey()) ? "" : response.getKey()))
                .forEach(response -> sorted.put(response.getKey(), response.getValue()));
        responses.setAPIResponses(sorted);
    }

    private static boolean isSuccess(String code) {
        return code.startsWith("2");
    }

    private static APIResponse response(String name) {
        return OASFactory.createAPIResponse().ref(name);
    }

    private static boolean isObject(@Nullable List<SchemaType> type) {
        return type != null && type.contains(SchemaType.OBJECT);
    }
}
