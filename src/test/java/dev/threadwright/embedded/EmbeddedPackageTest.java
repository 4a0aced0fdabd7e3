package dev.threadwright.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EmbeddedPackageTest {

    private static final EmbeddedPackage WITHOUT = new EmbeddedPackage(false, false);

    @Test
    void thePackageOfTheBuildHasBoth() {
        EmbeddedPackage whole = EmbeddedPackage.of(getClass().getClassLoader());

        assertThat(whole).isEqualTo(new EmbeddedPackage(true, true));
        assertThat(whole.problems(true, true)).isEmpty();
    }

    @Test
    void oneThatWasBuiltWithoutThemHasNone() {
        assertThat(EmbeddedPackage.of(ClassLoader.getPlatformClassLoader())).isEqualTo(WITHOUT);
    }

    @Test
    void whatIsMissingIsSaidWithItsKeyAndAllAtOnce() {
        assertThat(WITHOUT.problems(true, true))
                .satisfiesExactly(
                        problem -> assertThat(problem).startsWith("threadwright.postgres.url is not set"),
                        problem -> assertThat(problem).startsWith("kafka.bootstrap.servers is not set"));
        assertThat(WITHOUT.problems(false, true)).hasSize(1);
        assertThat(WITHOUT.problems(true, false)).hasSize(1);
        assertThat(WITHOUT.problems(false, false)).isEmpty();
    }
}
