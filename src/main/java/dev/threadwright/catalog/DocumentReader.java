package dev.threadwright.catalog;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Documents as JSON values. YAML is read as the JSON that it could have been: no anchors, no tags, no second document. */
final class DocumentReader {

    /** Of a document's text. */
    static final int MAX_BYTES = 256 * 1024;

    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // YAML 1.1 takes on, off, yes and no for true and false; JSON could not have been that.
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(JsonText.MAX_DEPTH)
                    .maxNumberLength(JsonText.MAX_NUMBER_LENGTH)
                    .build())
            .build();

    private DocumentReader() {}

    /** @throws InvalidDocumentException if it is neither JSON nor YAML within the limits */
    static Json.Obj read(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw invalid("is too large: " + bytes + " bytes, at most " + MAX_BYTES);
        }
        // JSON by our own reader: YAML's takes less of it.
        String begin = text.stripLeading();
        Json value = begin.startsWith("{") || begin.startsWith("[") ? json(text) : yaml(text);
        if (value instanceof Json.Obj document) {
            return document;
        }
        throw invalid("must be an object with a name, channels and steps");
    }

    private static Json json(String text) {
        try {
            return JsonText.parse(text);
        } catch (InvalidJsonException e) {
            throw invalid("begins like JSON, and cannot be read as that: " + e.getMessage());
        }
    }

    private static Json yaml(String text) {
        try (JsonParser parser = new Plain(YAML.createParser(text))) {
            if (parser.nextToken() == null) {
                throw invalid("is empty");
            }
            Json value = JsonText.read(parser);
            if (parser.nextToken() != null) {
                throw invalid("goes on after its end: one document is one workflow");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw invalid("cannot be read as YAML: " + e.getOriginalMessage()
                    + (e.getLocation() == null
                            ? ""
                            : " (line " + e.getLocation().getLineNr() + ", column "
                                    + e.getLocation().getColumnNr() + ")"));
        } catch (InvalidJsonException | IOException e) {
            throw invalid("cannot be read as YAML: " + e.getMessage());
        }
    }

    private static InvalidDocumentException invalid(String message) {
        return new InvalidDocumentException(List.of(new DocumentProblem("", "The document " + message)));
    }

    /** Refuses what makes a YAML value another one than it looks. */
    private static final class Plain extends JsonParserDelegate {
        private final YAMLParser yaml;

        Plain(YAMLParser yaml) {
            super(yaml);
            this.yaml = yaml;
        }

        @Override
        public @Nullable JsonToken nextToken() throws IOException {
            JsonToken token = yaml.nextToken();
            if (token == null) {
                return null;
            }
            if (yaml.isCurrentAlias() || yaml.getObjectId() != null) {
                throw new IOException("anchors and aliases are not supported" + place());
            }
            if (yaml.getTypeId() != null) {
                throw new IOException("tags are not supported" + place());
            }
            return token;
        }

        private String place() {
            return " (line " + yaml.currentLocation().getLineNr() + ")";
        }
    }
}
