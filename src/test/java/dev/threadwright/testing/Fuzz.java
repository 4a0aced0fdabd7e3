package dev.threadwright.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Seeded cases: the same ones each time, and as many as {@code -Dfuzz.cases=N} says. What fails names its seed, and {@code
 * -Dfuzz.seed=S} runs that one alone.
 */
public final class Fuzz {

    private static final String CASES = "fuzz.cases";
    private static final String SEED = "fuzz.seed";

    /** So many findings are enough for one run. */
    private static final int MAX_FAILURES = 10;

    private Fuzz() {}

    /** One case. */
    public interface Case {
        void run(long seed, RandomGenerator random) throws Exception;
    }

    /** @param otherwise how many cases there are if nobody says */
    public static void each(int otherwise, Case one) {
        Long alone = Long.getLong(SEED);
        long from = alone == null ? 0 : alone;
        long to = alone == null ? cases(otherwise) : alone + 1;
        List<AssertionError> failures = new ArrayList<>();
        for (long seed = from; seed < to && failures.size() < MAX_FAILURES; seed++) {
            try {
                one.run(seed, random(seed));
            } catch (Throwable e) {
                failures.add(new AssertionError("Seed " + seed + " (-Dfuzz.seed=" + seed + " runs it alone): " + e, e));
            }
        }
        if (!failures.isEmpty()) {
            AssertionError first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    /** How many cases to run. */
    public static int cases(int otherwise) {
        return Integer.getInteger(CASES, otherwise);
    }

    /** Whether all cases run, so that something can be said about all of them together. */
    public static boolean isWhole() {
        return Long.getLong(SEED) == null && Integer.getInteger(CASES) == null;
    }

    public static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}
