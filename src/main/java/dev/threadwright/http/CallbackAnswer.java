package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What whoever calls back is told: the same, however often they tell the same. */
@Schema(name = "CallbackAnswer")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record CallbackAnswer(
        @Schema(
                required = true,
                enumeration = {"applied"})
        String outcome) {}
