package dev.threadwright.ops;

import dev.threadwright.journal.StoredSettings.SchemaScript;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The schema that this server was made for. Whether it is there already is all that most starts want to know, and to ask Flyway
 * takes a tenth of such a start.
 */
final class PackagedSchema {

    /** How many scripts there are. */
    static final int SCRIPTS = 10;

    private static final String PLACE = "/db/migration/";

    private PackagedSchema() {}

    /** Whether these are its scripts, all of them, as they are packaged. If in doubt, they are not: Flyway knows more. */
    static boolean is(List<SchemaScript> scripts) {
        return scripts.size() == SCRIPTS && scripts.stream().allMatch(PackagedSchema::isPackaged);
    }

    private static boolean isPackaged(SchemaScript script) {
        String name = script.name();
        Integer checksum = script.checksum();
        return script.isDone() && name != null && checksum != null && checksum.equals(checksum(name));
    }

    /** As Flyway makes it: of the lines, without what ends them. Null if there is no such script. */
    private static @Nullable Integer checksum(String script) {
        try (InputStream resource = PackagedSchema.class.getResourceAsStream(PLACE + script)) {
            if (resource == null) {
                return null;
            }
            CRC32 crc = new CRC32();
            BufferedReader lines = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                crc.update(line.getBytes(StandardCharsets.UTF_8));
            }
            return (int) crc.getValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
