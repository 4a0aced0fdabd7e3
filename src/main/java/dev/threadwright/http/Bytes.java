package dev.threadwright.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "Bytes", description = "Bytes as they are, and as a text if they are one.")
@JsonInclude(JsonInclude.Include.NON_NULL)
record Bytes(
        @Schema(required = true) String base64,

        @Schema(description = "Absent if the bytes are no UTF-8.") @Nullable String text) {

    static @Nullable Bytes of(byte @Nullable [] bytes) {
        return bytes == null ? null : new Bytes(Base64.getEncoder().encodeToString(bytes), text(bytes));
    }

    private static @Nullable String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }
}
