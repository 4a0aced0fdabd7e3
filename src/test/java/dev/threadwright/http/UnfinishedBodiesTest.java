package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnfinishedBodiesTest {

    private final UnfinishedBodies bodies = new UnfinishedBodies(100);
    private final List<String> givenUp = new ArrayList<>();

    @Test
    void whatFitsStays() {
        body("a").grow(60);
        body("b").grow(40);

        assertThat(givenUp).isEmpty();
        assertThat(bodies.bytes()).isEqualTo(100);
    }

    @Test
    void theOldestGoWhoeverGrows() {
        UnfinishedBodies.Body a = body("a");
        UnfinishedBodies.Body b = body("b");
        UnfinishedBodies.Body c = body("c");
        b.grow(50);
        a.grow(40);
        c.grow(60);

        assertThat(givenUp).containsExactly("a", "b");
        assertThat(bodies.bytes()).isEqualTo(60);
    }

    @Test
    void whatIsTooMuchByItselfGoes() {
        body("a").grow(101);

        assertThat(givenUp).containsExactly("a");
        assertThat(bodies.bytes()).isZero();
    }

    @Test
    void whatHasEndedMakesRoomOnce() {
        UnfinishedBodies.Body a = body("a");
        a.grow(60);
        a.end();
        a.end();
        a.grow(60);
        body("b").grow(100);

        assertThat(givenUp).isEmpty();
        assertThat(bodies.bytes()).isEqualTo(100);
    }

    private UnfinishedBodies.Body body(String name) {
        return bodies.begin(() -> givenUp.add(name));
    }
}
