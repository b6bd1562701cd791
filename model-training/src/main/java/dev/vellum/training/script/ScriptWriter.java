package dev.vellum.training.script;

/** Collects the statements of one TorchScript method and names its intermediate values. */
final class ScriptWriter {

    private final StringBuilder text = new StringBuilder();
    private int values;

    /** Starts a method; {@code signature} is everything between the name's start and the colon. */
    ScriptWriter(String name, String arguments, String result) {
        text.append("  def ").append(name).append('(').append(ScriptArchive.SELF);
        if (!arguments.isEmpty()) {
            text.append(", ").append(arguments);
        }
        text.append(") -> ").append(result).append(":\n");
    }

    /** Adds a statement. */
    void line(String statement) {
        text.append("    ").append(statement).append('\n');
    }

    /** Adds an assignment to a fresh name and returns that name. */
    String let(String expression) {
        String name = "v" + values++;
        line(name + " = " + expression);
        return name;
    }

    /** The method's source. */
    String text() {
        return text.toString();
    }
}
