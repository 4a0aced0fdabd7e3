package dev.threadwright.assistant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SystemAssistantsTest {

    /** A well-known one: what clients have stored for a graph called "agent" goes on working. */
    @Test
    void theIdOfAGraphIsWhatOtherAgentServersDerive() {
        assertThat(SystemAssistants.idOf("agent")).isEqualTo("fe096781-5601-53d2-b2f6-0d3403f7e9ca");
    }
}
