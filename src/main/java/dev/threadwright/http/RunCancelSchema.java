package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "RunCancel")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record RunCancelSchema(
        @Nullable String threadId,
        @Nullable List<String> runIds,

        @Schema(enumeration = {"pending", "running", "all"}) @Nullable String status) {}
