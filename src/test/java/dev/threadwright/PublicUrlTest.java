package dev.threadwright;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PublicUrlTest {

    private static SmallRyeConfig config(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(values, "test", 100))
                .build();
    }

    @Test
    void it_is_the_loopback_address_and_the_port_that_was_configured() {
        assertThat(PublicUrl.derived(config(Map.of("quarkus.http.port", "18390"))))
                .isEqualTo("http://127.0.0.1:18390");
    }

    @Test
    void what_somebody_has_said_stays_and_a_port_that_is_drawn_is_not_known() {
        assertThat(PublicUrl.derived(
                        config(Map.of("quarkus.http.port", "8080", PublicUrl.KEY, "https://threads.example"))))
                .isNull();
        assertThat(PublicUrl.derived(config(Map.of("quarkus.http.port", "0")))).isNull();
    }
}
