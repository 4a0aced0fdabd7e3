package dev.threadwright.secret;

/** A value that is sent and never shown: its text is its name. */
public final class Secret {

    private final String name;
    private final String value;

    /** One that was not looked up: it is made for a single request. */
    public Secret(String name, String value) {
        this.name = name;
        this.value = value;
    }

    public String name() {
        return name;
    }

    /** For the wire alone. */
    public String value() {
        return value;
    }

    @Override
    public String toString() {
        return "[secret " + name + "]";
    }
}
