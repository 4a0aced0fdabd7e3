package dev.threadwright.workflow;

/** One version of a named workflow; a run keeps the one that it started with. Written {@code echo@1}. */
public record WorkflowRef(String name, int version) {

    public WorkflowRef {
        if (name.isBlank() || version < 1) {
            throw new IllegalArgumentException("Not a workflow version: " + name + "@" + version);
        }
    }

    /** @throws IllegalArgumentException if the text is not {@code name@version} */
    public static WorkflowRef parse(String text) {
        int at = text.lastIndexOf('@');
        if (at < 0) {
            throw new IllegalArgumentException("Not a workflow version (name@version): " + text);
        }
        return new WorkflowRef(text.substring(0, at), Integer.parseInt(text.substring(at + 1)));
    }

    @Override
    public String toString() {
        return name + "@" + version;
    }
}
