package dev.threadwright.ingress;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Records as they come in when nothing is wrong, of every kind that there is: one in each file of the corpus. */
final class RecordCorpus {

    static final Path DIRECTORY = Path.of("src", "test", "resources", "corpus", "records");

    /**
     * @param name of its file
     * @param role of the topic that it is for
     * @param headers by name; the subject is added
     */
    record Valid(String name, TopicRole role, Map<String, Json> headers, String value) {

        Sent sent(String thread) {
            Sent sent = Sent.plain(value).key(thread).topic("threadwright." + role.word());
            headers.forEach((header, text) -> sent.header(header, ((Json.Text) text).value()));
            return headers.containsKey("ce_id") ? sent.ce("subject", thread) : sent;
        }
    }

    private RecordCorpus() {}

    static List<Valid> all() {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.sorted().map(RecordCorpus::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Valid read(Path file) {
        try {
            Json.Obj fields = (Json.Obj) JsonText.parse(Files.readString(file));
            return new Valid(
                    file.getFileName().toString(),
                    TopicRole.valueOf(((Json.Text) fields.fields().get("role")).value()),
                    ((Json.Obj) fields.fields().get("headers")).fields(),
                    ((Json.Text) fields.fields().get("value")).value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
