package dev.threadwright.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.threadwright.limit.TargetStatus;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

@JsonPropertyOrder({"target", "held", "under_way", "circuit"})
@Schema(name = "Target", description = "What attempts reach, and what this server does about it.")
public record TargetView(
        @Schema(
                required = true,
                description = "The name of an action, `http/` and a host, or `chat/` and a model.",
                examples = "http/api.example.com")
        String target,

        @Schema(required = true, description = "Attempts that wait for their turn.", minimum = "0")
        int held,

        @Schema(
                required = true,
                description = "Attempts that have begun; counted where there is a limit.",
                minimum = "0")
        @JsonProperty("under_way")
        int underWay,

        @Schema(
                required = true,
                description =
                        "`open`: it fails too often, and is left alone. `half_open`: it is tried whether it works again.",
                enumeration = {"closed", "open", "half_open"})
        String circuit) {

    @Schema(name = "Targets")
    public record Page(@Schema(required = true) List<TargetView> targets) {
        static Page of(List<TargetStatus> targets) {
            return new Page(targets.stream().map(TargetView::of).toList());
        }
    }

    static TargetView of(TargetStatus target) {
        return new TargetView(
                target.target(),
                target.held(),
                target.underWay(),
                target.circuit().name().toLowerCase(Locale.ROOT));
    }
}
