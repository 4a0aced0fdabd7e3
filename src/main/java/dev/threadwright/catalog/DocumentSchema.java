package dev.threadwright.catalog;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The shapes of documents: the JSON Schema that is published is the one that is held against them. */
public final class DocumentSchema {

    private static final String RESOURCE = "/workflows/workflow.schema.json";
    private static final String TEXT = text();
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(TEXT, InputFormat.JSON);

    private DocumentSchema() {}

    /** The JSON Schema. */
    public static String text() {
        try (InputStream resource = DocumentSchema.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException("The server lacks its resource " + RESOURCE);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<DocumentProblem> problems(Json document) {
        return SCHEMA.validate(JsonText.write(document), InputFormat.JSON).stream()
                .map(error ->
                        new DocumentProblem(error.getInstanceLocation().toString(), String.valueOf(error.getMessage())))
                .distinct()
                .toList();
    }
}
