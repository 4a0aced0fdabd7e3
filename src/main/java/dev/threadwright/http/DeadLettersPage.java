package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "DeadLettersPage", description = "Dead letters, in the order that was asked for.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record DeadLettersPage(
        @Schema(required = true) List<DeadLetterView> deadLetters,

        @Schema(
                required = true,
                nullable = true,
                description = "What the next page comes after; null if this is the end, for now.")
        @Nullable String next) {}
