package dev.threadwright;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracesConfigSourceTest {

    private static final int OF_APPLICATION_PROPERTIES = 250;

    @ParameterizedTest
    @ValueSource(strings = {TracesConfigSource.KEY, TracesConfigSource.STANDARD_KEY})
    void anAddressTurnsSpansOn(String key) {
        SmallRyeConfig config = config(Map.of(key, " http://collector:4317 "));

        assertThat(config.getRawValue(TracesConfigSource.DISABLED_KEY)).isEqualTo("false");
        assertThat(config.getRawValue(TracesConfigSource.EXPORTER_KEY)).isEqualTo("http://collector:4317");
    }

    @Test
    void ourOwnKeyCountsBeforeTheStandardOne() {
        SmallRyeConfig config = config(Map.of(
                TracesConfigSource.KEY, "http://ours:4317", TracesConfigSource.STANDARD_KEY, "http://else:4317"));

        assertThat(config.getRawValue(TracesConfigSource.EXPORTER_KEY)).isEqualTo("http://ours:4317");
    }

    @Test
    void withoutOneThereAreNone() {
        SmallRyeConfig config = config(Map.of(TracesConfigSource.KEY, " "));

        assertThat(config.getRawValue(TracesConfigSource.DISABLED_KEY)).isEqualTo("true");
        assertThat(config.getRawValue(TracesConfigSource.EXPORTER_KEY)).isNull();
    }

    private static SmallRyeConfig config(Map<String, String> set) {
        Map<String, String> values = new HashMap<>(set);
        values.put(TracesConfigSource.DISABLED_KEY, "true");
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(values, "application.properties", OF_APPLICATION_PROPERTIES))
                .withSources(new TracesConfigSource())
                .build();
    }
}
