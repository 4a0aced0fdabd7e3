package dev.threadwright.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightTest {

    private static final ThreadKey T = new ThreadKey("default", "t");
    private static final int ROUNDS = 150;
    private static final int LARGE = 100_000;

    @Test
    void a_state_is_never_taken_for_less_than_half_of_what_is_written_of_it() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            ThreadState state = new RandomModel(random(seed)).state(T);
            assertThat(Weight.KEPT.of(state))
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo(half(SnapshotCodec.write(state)));
        }
    }

    /** Another place each time: what is left out of the weight would be nearly all that is written. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "é", "語", "😀"})
    void wherever_a_large_text_stands_in_a_state_it_is_weighed(String letter) {
        int placed = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            ThreadState state = withOneLarge(seed, letter).state(T);
            String written = SnapshotCodec.write(state);
            assertThat(Weight.KEPT.of(state)).as("seed %d", seed).isGreaterThanOrEqualTo(half(written));
            placed += bytes(written) > LARGE ? 1 : 0;
        }
        assertThat(placed).isGreaterThan(ROUNDS / 2);
    }

    @Test
    void wherever_a_large_text_stands_in_an_event_it_is_weighed_about_as_it_is_written() {
        int placed = 0;
        for (Class<?> type : Event.class.getPermittedSubclasses()) {
            for (int seed = 0; seed < 20; seed++) {
                Event event = withOneLarge(seed, "a").event(type);
                long written = bytes(EventCodec.write(event));
                long weight = Weight.WRITTEN.of(event);
                if (written > LARGE) {
                    placed++;
                    assertThat(weight).as("%s, seed %d", type, seed).isBetween(written / 2, written * 5 / 2);
                }
            }
        }
        assertThat(placed).isGreaterThan(100);
    }

    /** By the declared types, so that none is found out by a thread that happens to have it. */
    @Test
    void all_that_a_state_an_event_a_command_or_an_outcome_may_hold_has_a_weight() {
        Set<Class<?>> seen = new HashSet<>();
        Set<String> without = new TreeSet<>();
        Stream.of(ThreadState.class, Event.class, Command.class, Outcome.class)
                .forEach(type -> collect(type, seen, without));
        assertThat(without).isEmpty();
        assertThat(seen).hasSizeGreaterThan(150);
    }

    @Test
    void what_is_no_value_of_the_model_is_refused_by_name() {
        assertThatThrownBy(() -> Weight.KEPT.of(List.of(new Object())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("There is no weight for a java.lang.Object");
    }

    @Test
    void every_part_of_a_json_value_counts() {
        Json small = Json.object("list", Json.array(List.of(Json.of("x"), Json.of(1), Json.TRUE, Json.NULL)));
        Json large =
                Json.object("list", Json.array(List.of(Json.of("x".repeat(LARGE)), Json.of(1), Json.TRUE, Json.NULL)));
        assertThat(Weight.WRITTEN.of(large) - Weight.WRITTEN.of(small)).isEqualTo(LARGE - 1);
        assertThat(Weight.KEPT.of(large) - Weight.KEPT.of(small)).isEqualTo(2 * (LARGE - 1));
        assertThat(Weight.WRITTEN.of(Json.object("k".repeat(LARGE), Json.NULL))).isGreaterThan(LARGE);
        assertThat(Weight.WRITTEN.of(new Json.Num(new java.math.BigDecimal("1".repeat(LARGE)))))
                .isGreaterThan(LARGE);
    }

    private static void collect(Type type, Set<Class<?>> seen, Set<String> without) {
        switch (type) {
            case ParameterizedType generic -> {
                collect(generic.getRawType(), seen, without);
                for (Type argument : generic.getActualTypeArguments()) {
                    collect(argument, seen, without);
                }
            }
            case WildcardType any -> collect(any.getUpperBounds()[0], seen, without);
            case Class<?> plain -> collect(plain, seen, without);
            default -> without.add(type.toString());
        }
    }

    private static void collect(Class<?> type, Set<Class<?>> seen, Set<String> without) {
        if (!seen.add(type) || isSimple(type)) {
            return;
        }
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                collect(permitted, seen, without);
            }
        } else if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                collect(component.getGenericType(), seen, without);
            }
        } else {
            without.add(type.getName());
        }
    }

    private static boolean isSimple(Class<?> type) {
        return type.isPrimitive()
                || type.isEnum()
                || type == String.class
                || type == Boolean.class
                || type == java.math.BigDecimal.class
                || Number.class.isAssignableFrom(type)
                || Collection.class.isAssignableFrom(type)
                || Map.class.isAssignableFrom(type);
    }

    /** A model of which one text, another one with each seed, is large, and all others are short. */
    private static RandomModel withOneLarge(int seed, String letter) {
        RandomGenerator random = random(seed);
        int[] left = {random.nextInt(seed % 2 == 0 ? 3 : 60)};
        Supplier<String> texts = () -> left[0]-- == 0 ? letter.repeat(LARGE) : "t" + random.nextInt(100);
        return new RandomModel(random, false, texts);
    }

    private static long half(String written) {
        return bytes(written) / 2;
    }

    private static long bytes(String written) {
        return written.getBytes(StandardCharsets.UTF_8).length;
    }

    private static RandomGenerator random(int seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}
