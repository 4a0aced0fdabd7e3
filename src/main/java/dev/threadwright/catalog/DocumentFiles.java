package dev.threadwright.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The documents of a directory, by their files.
 *
 * @param texts of those that could be read
 * @param problems of those that could not
 */
record DocumentFiles(Map<Path, String> texts, Map<Path, String> problems) {

    private static final List<String> ENDINGS = List.of(".yaml", ".yml", ".json");

    /** @throws IllegalArgumentException if it cannot be said which files there are */
    static DocumentFiles in(Path directory) {
        DocumentFiles found = new DocumentFiles(new TreeMap<>(), new TreeMap<>());
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(DocumentFiles::isDocument).forEach(found::read);
        } catch (IOException e) {
            throw new IllegalArgumentException("Cannot read the workflows in " + directory + ": " + e, e);
        }
        return found;
    }

    /** Whatever else it is: a link that leads nowhere is no file that was left out on purpose. */
    private static boolean isDocument(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return ENDINGS.stream().anyMatch(name::endsWith) && !Files.isDirectory(file);
    }

    private void read(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            byte[] bytes = stream.readNBytes(DocumentReader.MAX_BYTES + 1);
            if (bytes.length > DocumentReader.MAX_BYTES) {
                problems.put(file, "is too large: more than " + DocumentReader.MAX_BYTES + " bytes");
            } else {
                texts.put(
                        file,
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString());
            }
        } catch (CharacterCodingException e) {
            problems.put(file, "is not UTF-8");
        } catch (NoSuchFileException e) {
            problems.put(file, "cannot be read: there is no such file, or it leads to none");
        } catch (IOException e) {
            problems.put(file, "cannot be read: " + e);
        }
    }
}
