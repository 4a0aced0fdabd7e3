package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.query.StoredAction;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How lists are gone on with. */
class CursorTest {

    private static final Cursor<String, String> NAMES =
            Cursor.of("<(.+)>", parts -> parts.group(1), name -> "<" + name + ">");

    @Test
    void aPageThatIsNotTheLastSaysWhereTheNextBegins() {
        Paging<String, String> first = NAMES.paging(null, "2", 10, 5);
        assertThat(first.after()).isNull();
        assertThat(first.wanted()).isEqualTo(3);
        Paging.Page<String> page = first.page(List.of("a", "b", "c"));
        assertThat(page.items()).containsExactly("a", "b");
        assertThat(NAMES.paging(page.next(), null, 10, 5)).isEqualTo(new Paging<>(NAMES, "b", 5));
        assertThat(first.page(List.of("c", "d")).next())
                .as("the last one, though it is full")
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"with\nlines", "ü", " ", "<>"})
    void whateverANameIsMadeOfItIsFoundAgain(String name) {
        assertThat(NAMES.paging(NAMES.text(name), null, 10, 5).after()).isEqualTo(name);
    }

    /** Handlers' names are anybody's words. */
    @Test
    void actionsAreGoneOnWithBehindAnIdOfSeveralLines() {
        StoredAction last = new StoredAction();
        last.sinceMs = 17;
        last.action = "a\nb-c";
        var place = ActionsPage.CURSOR
                .paging(ActionsPage.CURSOR.text(last), null, 10, 5)
                .after();
        assertThat(place.sinceMs()).isEqualTo(17);
        assertThat(place.action().value()).isEqualTo("a\nb-c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?", "bm9uZQ", "PD4"})
    void whatIsNoPagesEndIsRefused(String after) {
        assertThatThrownBy(() -> NAMES.paging(after, null, 10, 5))
                .isInstanceOf(ProblemException.class)
                .hasMessage("Query parameter after must be the `next` of a page of this list, in the same order");
    }

    @Test
    void aListInTheOtherOrderIsAnother() {
        Cursor<String, String> newest = Cursor.of(true, "(.+)", parts -> parts.group(1), name -> name);
        Cursor<String, String> oldest = Cursor.of(false, "(.+)", parts -> parts.group(1), name -> name);
        String after = newest.text("x");
        assertThat(newest.paging(after, null, 10, 5).after()).isEqualTo("x");
        assertThatThrownBy(() -> oldest.paging(after, null, 10, 5)).isInstanceOf(ProblemException.class);
    }
}
