package dev.threadwright.faults.campaign;

/** Whom a server talks to. */
enum Target {
    POSTGRES,
    KAFKA;

    String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
