package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeadStartTest {

    @Test
    void itGoesAllTheWayThroughItsExample() {
        assertThat(HeadStart.compile(WorkflowFiles.example(HeadStart.EXAMPLE))).isTrue();
        assertThat(HeadStart.compile("name: broken\nstart: nowhere\nsteps: {}")).isFalse();
    }
}
