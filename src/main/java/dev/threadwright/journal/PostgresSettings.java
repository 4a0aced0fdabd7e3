package dev.threadwright.journal;

/**
 * Where the journal's database is, and for how long anything may wait there. A claim waits for {@code lockTimeoutMs} at
 * most; a session that stops in the middle of a transaction is ended by the server after {@code transactionTimeoutMs}.
 *
 * @param url a JDBC URL; what it sets itself wins over everything here
 * @param connectTimeoutMs until a connection is made
 * @param lockTimeoutMs until a lock is had
 * @param statementTimeoutMs until a statement has finished
 * @param transactionTimeoutMs until a transaction has finished, including the client's part in it
 * @param socketTimeoutMs until an answer arrives; longer than the others, so that it is the server that gives up
 * @param deadLetterBytes how much of a dead letter is kept to be looked at and sent again; what is larger is cut
 */
public record PostgresSettings(
        String url,
        String user,
        String password,
        int connectTimeoutMs,
        int lockTimeoutMs,
        int statementTimeoutMs,
        int transactionTimeoutMs,
        int socketTimeoutMs,
        int deadLetterBytes) {

    static final int DEFAULT_DEAD_LETTER_BYTES = 1 << 20;

    public PostgresSettings {
        if (lockTimeoutMs < 1
                || connectTimeoutMs < 1
                || statementTimeoutMs < lockTimeoutMs
                || transactionTimeoutMs < statementTimeoutMs
                || socketTimeoutMs < transactionTimeoutMs) {
            throw new IllegalArgumentException(
                    "Postgres time-outs must be positive, and lock <= statement <= transaction <= socket");
        }
        if (deadLetterBytes < 0) {
            throw new IllegalArgumentException("Dead letters cannot be kept with " + deadLetterBytes + " bytes");
        }
    }

    public PostgresSettings(
            String url,
            String user,
            String password,
            int connectTimeoutMs,
            int lockTimeoutMs,
            int statementTimeoutMs,
            int transactionTimeoutMs,
            int socketTimeoutMs) {
        this(
                url,
                user,
                password,
                connectTimeoutMs,
                lockTimeoutMs,
                statementTimeoutMs,
                transactionTimeoutMs,
                socketTimeoutMs,
                DEFAULT_DEAD_LETTER_BYTES);
    }

    public PostgresSettings withDeadLetterBytes(int bytes) {
        return new PostgresSettings(
                url,
                user,
                password,
                connectTimeoutMs,
                lockTimeoutMs,
                statementTimeoutMs,
                transactionTimeoutMs,
                socketTimeoutMs,
                bytes);
    }

    public static PostgresSettings of(String url, String user, String password) {
        return new PostgresSettings(url, user, password, 5_000, 5_000, 20_000, 25_000, 30_000);
    }

    /** Without the password, which may be a parameter of the URL, too. */
    @Override
    public String toString() {
        int parameters = url.indexOf('?');
        return user + " at " + (parameters < 0 ? url : url.substring(0, parameters));
    }
}
